// What the contract tests of the connectors share: instructions as the daemon writes them, and the
// faults that each recorded request must survive.
//
// For tests only. A connector's own folder holds its recordings; play_all() and fault_all() run
// them.
#pragma once

#include <gtest/gtest.h>
#include <lotbridge/instructions.hpp>
#include <lotbridge/records.hpp>
#include <lotbridge/testing.hpp>

#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lotbridge::contract {

struct Recorded {
  std::string file, operation, input;
};

inline Instruction instruction(const std::string& order, InstructionBody body,
                               std::string refs = "") {
  Instruction out;
  out.key = "key-1";
  out.version = 1;
  out.connector = "shop";
  out.owner = "pure-fresh";
  if (!order.empty()) out.order = {"shop", order, "1001"};
  out.refs = std::move(refs);
  out.body = std::move(body);
  return out;
}

inline StampedLot stamped(const std::string& sku, const std::string& lot, std::int64_t units,
                          StampEvidence evidence = StampEvidence::scanned) {
  StampedLot out;
  out.sku = sku;
  if (!lot.empty()) out.lot = LotCode{lot};
  out.quantity = Quantity::whole(units);
  if (!lot.empty()) out.expires_on = Date::parse("2026-05-30");
  out.evidence = evidence;
  return out;
}

// One line, shipped at once in the given lots.
inline LotsWrite stamp_of(const std::string& line, const std::string& sku,
                          const std::string& dispatch, std::vector<StampedLot> lots) {
  StampedDispatch shipped;
  shipped.dispatch = dispatch;
  shipped.tracking_number = "X1";
  shipped.at = *Timestamp::parse("2026-05-18T15:00:00Z");
  for (const StampedLot& lot : lots) shipped.quantity += lot.quantity;
  shipped.lots = std::move(lots);
  StampedLine out;
  out.line = line;
  out.sku = sku;
  out.quantity = shipped.quantity;
  out.dispatches = {shipped};
  return {{out}};
}

inline FulfillmentsCreate left(const std::string& dispatch, const Maybe<std::string>& tracking,
                               std::vector<std::pair<std::string, std::int64_t>> lines) {
  FulfilledDispatch out;
  out.id = dispatch;
  out.uid = "uid-" + dispatch;
  out.warehouse = "MAD1";
  if (tracking) out.carrier = "Correos";
  out.tracking_number = tracking;
  out.at = *Timestamp::parse("2026-05-18T15:00:00Z");
  for (const auto& [line, units] : lines) {
    out.lines.push_back({line, "GYP-500", Quantity::whole(units)});
  }
  return {out};
}

inline StockWrite may_sell(const std::string& sku, std::int64_t units) {
  StockWrite out;
  out.channel = "shop";
  out.sku = sku;
  out.available = Quantity::whole(units);
  out.warehouses = {{"MAD1", Quantity::whole(units)}};
  return out;
}

// What goes wrong with an answer, and the statuses that a connector may end with: whatever it was
// asking, nothing of these is a broken connector.
struct Fault {
  const char* name;
  testing::Answered answer;
  std::set<lb_status> right;
};

inline std::vector<Fault> faults() {
  const std::set<lb_status> passing = {LB_RETRY};
  const std::set<lb_status> gone = {LB_CONFIG, LB_CONFLICT, LB_BAD_RECORD};
  const std::set<lb_status> refused = {LB_CONFIG, LB_CONFLICT, LB_BAD_RECORD, LB_RETRY};
  const std::string page = "<!DOCTYPE html><html><body>502</body></html>";
  return {{"no connection", lb_status{LB_RETRY}, passing},
          {"400", HttpReply(400, {}, R"({"message":"no"})"), refused},
          {"401", HttpReply(401, {}, "{}"), {LB_AUTH}},
          {"402", HttpReply(402, {}, "{}"), {LB_CONFIG}},
          {"403", HttpReply(403, {}, "{}"), {LB_AUTH}},
          {"404", HttpReply(404, {}, "{}"), gone},
          {"409", HttpReply(409, {}, "{}"), refused},
          {"429", HttpReply(429, {{"retry-after", "2.0"}}, "{}"), {LB_RATE_LIMITED}},
          {"500", HttpReply(500, {}, ""), passing},
          {"503 with a page", HttpReply(503, {}, page), passing},
          {"200 and nothing", HttpReply(200, {}, ""), passing},
          {"200 with a page", HttpReply(200, {}, page), passing},
          {"half an object", HttpReply(200, {}, R"({"data":{"ord)"), passing},
          {"half an array", HttpReply(200, {}, R"([{"id":1)"), passing},
          {"a number", HttpReply(200, {}, "7"), passing},
          {"a text", HttpReply(200, {}, R"("ok")"), passing}};
}

// Makes the recordings anew against `platform`, one after the other; of what writes also its second
// run, which finds everything done.
inline void record(const std::string& file, const std::string& folder, const std::string& settings,
                   const std::vector<Recorded>& recordings,
                   const std::function<testing::Answered(const HttpRequest&)>& platform) {
  for (const Recorded& one : recordings) {
    Cassette cassette;
    cassette.operation = one.operation;
    cassette.settings = settings;
    cassette.input = one.input;
    testing::Replay replay(file, settings);
    cassette.now = replay.now.text();
    const auto take = [&](std::vector<Exchange>& exchanges) {
      replay.on_http = [&](const HttpRequest& request) {
        auto answered = platform(request);
        const auto& reply = std::get<HttpReply>(answered);
        Exchange exchange{request, {}, reply.code(), reply.headers(), reply.body()};
        exchange = redacted(std::move(exchange));
        exchange.request = request;  // made up by the test, and needed as it is to be found again
        std::erase_if(exchange.request.headers, [](const HttpHeader& header) {  // a session's token
          return header.name == "Authorization" && header.value.find("{{") == std::string::npos;
        });
        exchanges.push_back(std::move(exchange));
        return answered;
      };
      const auto run = replay.run(one.operation, one.input);
      ASSERT_EQ(run.status, LB_OK) << one.file << run.text();
    };
    take(cassette.exchanges);
    const bool writes = one.operation == "lots.write/1" || one.operation == "lots.plan/1" ||
                        one.operation == "pick.send/1" || one.operation == "stock.write/1" ||
                        one.operation == "fulfillments.create/1" ||
                        one.operation == "webhook.register/1";
    if (writes) take(cassette.again);
    std::ofstream(folder + one.file, std::ios::binary) << cassette.write();
  }
}

// Plays each recording to its end.
inline void play_all(const std::string& file, const std::string& folder,
                     const std::string& settings, const std::vector<Recorded>& recordings) {
  for (const Recorded& one : recordings) {
    testing::Replay replay(file, settings);
    replay.play(folder + one.file);
    const auto run = replay.run(one.operation, one.input);
    EXPECT_EQ(run.status, LB_OK) << one.file << run.text();
    EXPECT_EQ(replay.unplayed(), "") << one.file;
    EXPECT_TRUE(run.unreadable.empty()) << one.file << run.text();
  }
}

// Each fault at each request of each recording: the right class, a sentence for the operator, and
// nothing stored that a checkpoint did not cover. `softened` names what a connector goes round:
// "FILE REQUEST FAULT" may also end well.
inline void fault_all(const std::string& file, const std::string& folder,
                      const std::string& settings, const std::vector<Recorded>& recordings,
                      const std::set<std::string>& softened = {}) {
  std::set<std::string> unused = softened;
  for (const Recorded& one : recordings) {
    const auto cassette = Cassette::load(folder + one.file);
    ASSERT_TRUE(cassette.ok()) << one.file;
    for (std::size_t at = 0; at < cassette->exchanges.size(); ++at) {
      for (const Fault& fault : faults()) {
        testing::Replay replay(file, settings);
        replay.play(folder + one.file);
        replay.faults.emplace(at, fault.answer);
        const auto run = replay.run(one.operation, one.input);
        const std::string where = one.file + " " + std::to_string(at) + " " + fault.name;
        unused.erase(where);
        if (run.status == LB_OK && softened.contains(where)) continue;
        EXPECT_TRUE(fault.right.contains(run.status)) << where << run.text();
        EXPECT_NE(run.message, "") << where;
        if (run.cursors.empty()) {
          EXPECT_TRUE(run.documents.empty()) << where << run.text();
        }
      }
    }
  }
  EXPECT_TRUE(unused.empty()) << *unused.begin() << " never happened";
}

}  // namespace lotbridge::contract
