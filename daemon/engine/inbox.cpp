#include "inbox.hpp"

#include <simdjson.h>

#include "outbox.hpp"
#include "submit.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

// Where records came from, as a person would say it.
std::string origin_of(Workbench& bench, const ConnectorBatch& batch) {
  if (batch.inbox_id == 0) return batch.operation;
  auto rows = bench.store.query(Sql::select_inbox, batch.inbox_id);
  if (!rows.next()) return batch.operation;
  return "webhook " + std::string(rows.text(2)) + " " + std::string(rows.text(1));
}

// A record that is no document and has no problem: where a parcel is. Checked where it came in.
bool is_tracking(const Unreadable& record) {
  return record.kind == "tracking/1" && record.problem.code.empty();
}

void keep_tracking(Workbench& bench, const Unreadable& record) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view number, state, at;
  const bool read =
      parser.parse(record.raw.data(), record.raw.size(), true).get(root) == simdjson::SUCCESS &&
      root["tracking_number"].get(number) == simdjson::SUCCESS &&
      root["state"].get(state) == simdjson::SUCCESS && root["at"].get(at) == simdjson::SUCCESS;
  const auto moment = read ? Timestamp::parse(at) : std::nullopt;
  if (!moment) return;
  bench.store.run(Sql::upsert_tracking, record.source, record.id,
                  bench.state.owner_id(record.owner), number, state, moment->ms, record.raw);
}

}  // namespace

void store_webhook(Workbench& bench, const HookDelivery& delivery) {
  bench.store.run(Sql::insert_inbox, delivery.connector, delivery.delivery, delivery.topic,
                  delivery.headers_json, store::Blob{delivery.body}, bench.now.ms);
  bench.wake = true;
}

void take_batch(Workbench& bench, const ConnectorBatch& batch) {
  Caller caller;
  caller.token = batch.connector;
  SubmitOptions options;
  options.with_answer = false;
  options.park_refused = true;
  options.origin = origin_of(bench, batch);
  for (const Record& record : batch.records) {
    if (const auto* unreadable = std::get_if<Unreadable>(&record)) {
      if (is_tracking(*unreadable)) {
        keep_tracking(bench, *unreadable);
        continue;
      }
      park_unreadable(bench, *unreadable);
    } else {
      static_cast<void>(submit_document(bench, std::get<Document>(record), caller, options));
    }
  }
  if (batch.cursor) {
    bench.store.run(Sql::upsert_cursor, batch.connector, batch.operation, *batch.cursor,
                    bench.now.ms);
  }
  if (batch.token) {
    bench.store.run(Sql::upsert_token, batch.connector, batch.token->secret, batch.token->state,
                    bench.now.ms);
  }
  if (batch.inbox_id != 0) {
    bench.store.run(Sql::close_inbox, batch.inbox_id, "done", nullptr, bench.now.ms);
  }
}

void fail_webhook(Workbench& bench, std::int64_t id, bool retry, const std::string& error) {
  std::int64_t attempts = 0;
  Unreadable record;
  {
    auto rows = bench.store.query(Sql::select_inbox, id);
    if (!rows.next() || rows.text(5) != "pending") return;
    record.source = std::string(rows.text(0));
    record.id = std::string(rows.text(1));
    record.origin = "webhook " + std::string(rows.text(2)) + " " + record.id;
    record.raw = std::string(rows.blob(4));
    attempts = rows.integer(6);
  }
  const auto delay = retry_delay_ms(bench.settings, attempts);
  if (retry && delay) {
    bench.store.run(Sql::retry_inbox, id, bench.now.ms + *delay, error);
    return;
  }
  record.kind = "webhook";
  record.problem = Problem{"invalid_value", error, {}};
  for (const ConnectorRoute& route : bench.settings.connectors) {
    if (route.name == record.source && route.owners.size() == 1)
      record.owner = route.owners.front();
  }
  park_unreadable(bench, record);
  bench.store.run(Sql::close_inbox, id, "failed", error, bench.now.ms);
}

void purge_old(Workbench& bench) {
  constexpr std::int64_t kDay = 24LL * 60 * 60 * 1000;
  bench.store.run(Sql::purge_inbox, bench.now.ms - bench.settings.inbox_keep_days * kDay);
  bench.store.run(Sql::purge_events, bench.now.ms - bench.settings.event_keep_days * kDay);
}

}  // namespace lotbridge::engine
