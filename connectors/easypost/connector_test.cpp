// Where parcels are, in words that all carriers share; what a label says of its lots; and that the
// keys of the two modes are never mixed up.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "connectors/testing/contract.hpp"
#include "label.hpp"
#include "tracking.hpp"

namespace lotbridge::easypost {
namespace {

using contract::instruction;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string tracker(const std::string& id, const std::string& status,
                    const std::string& more = "") {
  return R"({"id":")" + id + R"(","object":"Tracker","mode":"production","tracking_code":"X)" + id +
         R"(","status":")" + status + R"(","carrier":"UPS","shipment_id":"shp_1",)" +
         R"("created_at":"2026-05-10T08:00:00Z","updated_at":"2026-05-15T08:00:00Z",)" +
         R"("est_delivery_date":"2026-05-17T00:00:00Z","is_return":false,"finalized":false,)" +
         R"("tracking_details":[])" + more + "}";
}

// The platform: what it answers to each method and path.
class Desk {
 public:
  testing::Answered answer(const HttpRequest& request) {
    asked.push_back(request);
    const std::string path = request.url.substr(std::string("https://api.easypost.com/v2").size());
    const std::string key = request.method + " " + path.substr(0, path.find('?'));
    if (lose_next_change && request.method != "GET") {
      lose_next_change = false;
      return lb_status{LB_RETRY};
    }
    const auto found = answers.find(key);
    return found == answers.end() ? HttpReply(404, {}, "{}") : HttpReply(200, {}, found->second);
  }
  std::unique_ptr<testing::Replay> connector(const std::string& more = "") {
    auto out =
        std::make_unique<testing::Replay>(EASYPOST_FILE, R"({"mode": "production")" + more + "}");
    out->on_http = [this](const HttpRequest& request) { return answer(request); };
    return out;
  }
  std::size_t count(const std::string& method) const {
    return static_cast<std::size_t>(std::count_if(
        asked.begin(), asked.end(), [&](const HttpRequest& one) { return one.method == method; }));
  }

  std::map<std::string, std::string> answers;
  std::vector<HttpRequest> asked;
  bool lose_next_change = false;
};

// ---------------------------------------------------------------- states

TEST(States, AreTheCommonOnes) {
  const std::map<std::string, std::string> wanted = {
      {"unknown", "unknown"},           {"pre_transit", "pre_transit"},
      {"in_transit", "in_transit"},     {"out_for_delivery", "out_for_delivery"},
      {"delivered", "delivered"},       {"available_for_pickup", "out_for_delivery"},
      {"return_to_sender", "returned"}, {"failure", "exception"},
      {"error", "exception"},           {"cancelled", "exception"},
      {"teleported", "unknown"}};
  for (const auto& [theirs, ours] : wanted) EXPECT_EQ(common_state(theirs, false), ours) << theirs;
  EXPECT_EQ(common_state("delivered", true), "returned");
}

TEST(Records, SayWhenItHappened) {
  std::string body = tracker("trk_1", "available_for_pickup");
  body.replace(body.find("[]"), 2,
               R"([{"datetime":"2026-05-14T10:00:00Z","message":"At the shop"},
                   {"datetime":"2026-05-12T10:00:00Z","message":"Left"}])");
  const Json told = Json::parse(tracking_record(Json::parse(body)));
  EXPECT_EQ(told["at"].text(), "2026-05-14T10:00:00Z");
  EXPECT_EQ(told["text"].text(), "At the shop");
  EXPECT_EQ(told["state"].text(), "out_for_delivery");
  EXPECT_EQ(told["sub_state"].text(), "available_for_pickup");
  EXPECT_EQ(told["estimated_on"].text(), "2026-05-17");
}

// ---------------------------------------------------------------- in

TEST(Pull, TellsWhatChangedAndRemembersWhatIsOnItsWay) {
  Desk desk;
  desk.answers["GET /trackers"] = R"({"trackers":[)" + tracker("trk_2", "delivered") + "," +
                                  tracker("trk_1", "in_transit") + R"(],"has_more":false})";
  const auto connector = desk.connector();
  const auto first = connector->pull("dispatches.pull/1");
  ASSERT_EQ(first.status, LB_OK) << first.text();
  EXPECT_THAT(first.emitted, SizeIs(2));
  EXPECT_EQ(first.emitted[0].kind, "tracking/1");
  EXPECT_THAT(first.cursors.at(0), HasSubstr(R"("from":"2026-05-10T08:00:00Z")"));
  const auto second = connector->pull("dispatches.pull/1");
  EXPECT_THAT(desk.asked.back().url, HasSubstr("start_datetime=2026-05-10"));
  EXPECT_THAT(second.emitted, SizeIs(2));  // the overlap; repeats change nothing
  connector->cursor = R"({"v":1,"from":"2026-05-10T08:00:00Z","high":"2026-05-15T09:00:00Z"})";
  EXPECT_THAT(connector->pull("dispatches.pull/1").emitted, SizeIs(0));
}

TEST(Pull, ReadsFurtherPages) {
  Desk desk;
  const auto connector = desk.connector();
  connector->on_http = [&](const HttpRequest& request) -> testing::Answered {
    desk.asked.push_back(request);
    const bool second = request.url.find("before_id=trk_2") != std::string::npos;
    return HttpReply(200, {},
                     R"({"trackers":[)" + tracker(second ? "trk_1" : "trk_2", "in_transit") +
                         R"(],"has_more":)" + (second ? "false}" : "true}"));
  };
  EXPECT_THAT(connector->pull("dispatches.pull/1").emitted, SizeIs(2));
  EXPECT_THAT(desk.asked, SizeIs(2));
  EXPECT_EQ(desk.asked[0].bucket, "lists");
}

TEST(Webhook, ATrackerIsTakenOthersAreNot) {
  Desk desk;
  const auto event = [&](const std::string& what, const std::string& mode) {
    return R"({"id":"evt_1","object":"Event","mode":")" + mode + R"(","description":")" + what +
           R"(","result":)" + tracker("trk_1", "delivered") + "}";
  };
  const auto connector = desk.connector();
  EXPECT_THAT(connector->webhook("*", event("tracker.updated", "production")).emitted, SizeIs(1));
  EXPECT_THAT(connector->webhook("*", event("batch.created", "production")).emitted, SizeIs(0));
  const auto test = connector->webhook("*", event("tracker.updated", "test"));
  EXPECT_EQ(test.status, LB_OK);
  EXPECT_THAT(test.emitted, SizeIs(0));
  EXPECT_THAT(test.logs, ::testing::Contains(HasSubstr("other mode")));
}

TEST(Modes, AKeyOfTheOtherModeStopsTheAccount) {
  Desk desk;
  desk.answers["GET /trackers"] =
      R"({"trackers":[)" + tracker("trk_1", "in_transit") + R"(],"has_more":false})";
  testing::Replay wrong(EASYPOST_FILE, R"({"mode": "test"})");
  wrong.on_http = [&](const HttpRequest& request) { return desk.answer(request); };
  const auto check = wrong.run("account.check/1");
  EXPECT_EQ(check.status, LB_CONFIG);
  EXPECT_EQ(check.path, "/mode");
  const auto pull = wrong.pull("dispatches.pull/1");
  EXPECT_EQ(pull.status, LB_CONFIG);
  EXPECT_THAT(pull.emitted, SizeIs(0));
  EXPECT_EQ(desk.connector()->run("account.check/1").result,
            R"x({"account":"EasyPost (production)"})x");
}

// ---------------------------------------------------------------- labels

TEST(Reference, FitsOrStandsForTheLots) {
  EXPECT_EQ(lot_reference("1001", {"L-22A", "L-22A"}, 30), "L-22A");
  const std::string key = lot_reference("1001", {"L2", "L1"}, 30);
  EXPECT_EQ(key.size(), 8u);
  EXPECT_EQ(key.substr(0, 2), "LB");
  EXPECT_EQ(lot_reference("1001", {"L1", "L2"}, 30), key);
  EXPECT_NE(lot_reference("1002", {"L1", "L2"}, 30), key);
  EXPECT_EQ(lot_reference("1001", {std::string(36, 'L')}, 35).size(), 8u);
  EXPECT_EQ(lot_reference("1001", {}, 30), "");
  EXPECT_EQ(printed_by("UPSDAP"), 35u);
  EXPECT_EQ(printed_by("FedEx"), 30u);
}

LotsPlan plan(const std::vector<std::string>& lots) {
  LotsPlan out;
  out.status = "allocated";
  PlannedLine line{"1", "GYP-500", Quantity::whole(3), {}};
  for (const std::string& lot : lots) {
    line.lots.push_back(
        {"GYP-500", LotCode{lot}, Quantity::whole(1), std::nullopt, "MAD1", std::nullopt});
  }
  out.lines.push_back(line);
  return out;
}

std::string shipment(const std::string& options, const std::string& more = "") {
  return R"({"id":"shp_1","mode":"production","reference":"1001","tracking_code":null,)"
         R"("to_address":{"id":"adr_1"},"from_address":{"id":"adr_2"},"parcel":{"id":"prcl_1"},)"
         R"("rates":[{"carrier":"UPS"},{"carrier":"USPS"}],"options":)" +
         options + more + "}";
}

TEST(Labels, TheUnboughtShipmentIsMadeAgainWithItsLots) {
  Desk desk;
  desk.answers["GET /shipments"] = R"({"shipments":[)" +
                                   shipment(R"({"currency":"USD","print_custom_1":"old"})") +
                                   R"(],"has_more":false})";
  desk.answers["POST /shipments"] = R"({"id":"shp_2","mode":"production"})";
  const auto connector = desk.connector(R"(, "label_code": "PC", "label_barcode": true)");
  const auto input = write_instruction(instruction("1001", plan({"L22A"})));
  const auto done = connector->run("lots.plan/1", input);
  ASSERT_EQ(done.status, LB_OK) << done.text();
  const Json sent = Json::parse(desk.asked.back().body)["shipment"];
  EXPECT_EQ(sent["options"].raw(),
            R"({"currency":"USD","print_custom_1":"L22A","print_custom_1_code":"PC",)"
            R"("print_custom_1_barcode":true})");
  EXPECT_EQ(sent["to_address"]["id"].text(), "adr_1");
  EXPECT_EQ(done.result, R"({"refs":{"easypost":{"shipment":"shp_2","reference":"L22A"}}})");
  // The newest has it: nothing to do.
  desk.answers["GET /shipments"] =
      R"({"shipments":[)" + shipment(R"({"print_custom_1":"L22A"})") + R"(],"has_more":false})";
  EXPECT_EQ(connector->run("lots.plan/1", input).status, LB_OK);
  EXPECT_EQ(desk.count("POST"), 1u);
}

TEST(Labels, ABoughtOneIsLeftAloneAndAMissingOneIsNoFault) {
  Desk desk;
  std::string bought = shipment("{}");
  bought.replace(bought.find(R"("tracking_code":null)"), 20, R"("tracking_code":"1Z9")");
  desk.answers["GET /shipments"] = R"({"shipments":[)" + bought + R"(],"has_more":false})";
  const auto done =
      desk.connector()->run("lots.plan/1", write_instruction(instruction("1001", plan({"L1"}))));
  EXPECT_EQ(done.status, LB_OK);
  EXPECT_EQ(desk.count("POST"), 0u);
}

TEST(Parcels, EachIsFollowedOnce) {
  Desk desk;
  desk.answers["POST /trackers"] = tracker("trk_7", "unknown");
  const auto connector = desk.connector();
  const auto stamp =
      contract::stamp_of("1", "GYP-500", "S-1", {contract::stamped("GYP-500", "L1", 3)});
  desk.lose_next_change = true;
  EXPECT_EQ(connector->run("lots.write/1", write_instruction(instruction("1001", stamp))).status,
            LB_RETRY);
  const auto done = connector->run("lots.write/1", write_instruction(instruction("1001", stamp)));
  EXPECT_EQ(done.result, R"({"refs":{"trackers":{"X1":"trk_7"}}})");
  const std::string refs = R"({"trackers":{"X1":"trk_7"}})";
  const std::size_t asked = desk.asked.size();
  EXPECT_EQ(
      connector->run("lots.write/1", write_instruction(instruction("1001", stamp, refs))).status,
      LB_OK);
  EXPECT_EQ(desk.asked.size(), asked);
}

TEST(Registration, MadeOnceAndSwitchedOnAgain) {
  Desk desk;
  const std::string input = R"({"url":"https://lots.example/hooks/ep"})";
  desk.answers["GET /webhooks"] = R"({"webhooks":[]})";
  desk.answers["POST /webhooks"] = R"({"id":"hook_1"})";
  desk.answers["PATCH /webhooks/hook_1"] = R"({"id":"hook_1"})";
  const auto connector = desk.connector();
  EXPECT_EQ(connector->run("webhook.register/1", input).status, LB_OK);
  EXPECT_THAT(desk.asked.back().body, HasSubstr("{{secret:webhook_secret}}"));
  const std::string standing =
      R"({"webhooks":[{"id":"hook_1","url":"https://lots.example/hooks/ep","disabled_at":)";
  desk.answers["GET /webhooks"] = standing + R"("2026-05-01T00:00:00Z"}]})";
  EXPECT_EQ(connector->run("webhook.register/1", input).status, LB_OK);
  desk.answers["GET /webhooks"] = standing + "null}]}";
  EXPECT_EQ(connector->run("webhook.register/1", input).status, LB_OK);
  EXPECT_EQ(desk.count("POST"), 1u);
  EXPECT_EQ(desk.count("PATCH"), 1u);
}

TEST(Refusals, SayTheirOwnWord) {
  Desk desk;
  const auto connector = desk.connector();
  connector->on_http = [](const HttpRequest&) {
    return HttpReply(
        422, {},
        R"({"error":{"code":"TRACKER.CREATE.ERROR","message":"no such code","errors":[]}})");
  };
  const auto stamp =
      contract::stamp_of("1", "GYP-500", "S-1", {contract::stamped("GYP-500", "L1", 3)});
  const auto told = connector->run("lots.write/1", write_instruction(instruction("1001", stamp)));
  EXPECT_EQ(told.status, LB_BAD_RECORD);
  EXPECT_EQ(told.vendor_code, "TRACKER.CREATE.ERROR");
  EXPECT_THAT(told.message, HasSubstr("no such code"));
}

// ---------------------------------------------------------------- recordings

const std::string kFolder = std::string(EASYPOST_FOLDER) + "/cassettes/";
const std::string kSettings = R"({"mode": "production"})";

std::vector<contract::Recorded> recordings() {
  const auto stamp =
      contract::stamp_of("1", "GYP-500", "S-1", {contract::stamped("GYP-500", "L1", 3)});
  return {
      {"account_check.yaml", "account.check/1", "{}"},
      {"webhook_register.yaml", "webhook.register/1", R"({"url":"https://lots.example/hooks/ep"})"},
      {"dispatches_pull.yaml", "dispatches.pull/1", R"({"cursor": null, "start_at": null})"},
      {"lots_plan.yaml", "lots.plan/1", write_instruction(instruction("1001", plan({"L1", "L2"})))},
      {"lots_write.yaml", "lots.write/1", write_instruction(instruction("1001", stamp))}};
}

TEST(Cassettes, EachIsPlayedToItsEnd) {
  if (std::getenv("EASYPOST_RECORD")) {
    Desk desk;
    desk.answers["GET /trackers"] = R"({"trackers":[)" + tracker("trk_2", "delivered") + "," +
                                    tracker("trk_1", "in_transit") + R"(],"has_more":false})";
    desk.answers["POST /trackers"] = tracker("trk_7", "unknown");
    desk.answers["GET /webhooks"] = R"({"webhooks":[]})";
    desk.answers["POST /webhooks"] = R"({"id":"hook_1"})";
    desk.answers["GET /shipments"] =
        R"({"shipments":[)" + shipment("{}") + R"(],"has_more":false})";
    desk.answers["POST /shipments"] = R"({"id":"shp_2","mode":"production"})";
    contract::record(EASYPOST_FILE, kFolder, kSettings, recordings(),
                     [&](const HttpRequest& request) { return desk.answer(request); });
  }
  contract::play_all(EASYPOST_FILE, kFolder, kSettings, recordings());
}

TEST(Cassettes, AFaultAtEachRequestHasItsClass) {
  contract::fault_all(EASYPOST_FILE, kFolder, kSettings, recordings());
}

}  // namespace
}  // namespace lotbridge::easypost
