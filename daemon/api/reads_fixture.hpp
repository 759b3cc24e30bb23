// GET calls on a real engine and its store, for the tests of reads and traces.
#pragma once

#include <future>
#include <map>

#include <lotbridge/json.hpp>

#include "daemon/api/reads.hpp"
#include "daemon/engine/engine_fixture.hpp"

namespace lotbridge::api {

class ReadsTest : public engine::EngineTest {
 protected:
  engine::Settings settings() const override {
    engine::Settings out = engine::EngineTest::settings();
    out.warehouses[0].core.locations = {{0, "A-01", 20}, {0, "B-01", 10}, {0, "C-01", 10}};
    engine::WarehouseSettings second;
    second.core.name = "BCN1";
    second.time_zone = "Europe/Madrid";
    out.warehouses.push_back(second);
    return out;
  }

  void start() {
    open();
    auto readers = store::Readers::open(store_path());
    ASSERT_TRUE(readers.ok()) << readers.problem().detail;
    readers_ = std::move(*readers);
    table_ = RouteTable();
    ReadSettings reads;
    reads.owners = {"pure-fresh", "acme"};
    reads.connectors = [] {
      host::ConnectorHealth health;
      health.name = "shopify-eu";
      health.type = "shopify";
      health.state = "ready";
      health.owners = {"pure-fresh"};
      host::ConnectorHealth other = health;
      other.name = "acme-shop";
      other.owners = {"acme"};
      return std::vector<host::ConnectorHealth>{health, other};
    };
    add_reads(table_, *readers_, *engine_, reads);
  }
  void TearDown() override {
    engine_.reset();
    readers_.reset();
    engine::EngineTest::TearDown();
  }

  using Query = std::map<std::string, std::string>;
  Response get(const std::vector<std::string>& path, const Query& query = {}) {
    Request request;
    request.method = "GET";
    request.path = path;
    request.path.insert(request.path.begin(), "v1");
    request.query = query;
    request.caller = caller_;
    request.warehouses = warehouses_;
    if (!accept_.empty()) request.headers["accept"] = accept_;
    const RouteTable::Match match = table_.find("GET", request.path);
    if (match.route == nullptr) return Response{599, "", "no route", {}};
    auto promise = std::make_shared<std::promise<Response>>();
    auto future = promise->get_future();
    match.route->handler(std::move(request),
                         [promise](Response response) { promise->set_value(std::move(response)); });
    return future.get();
  }
  Json json(const std::vector<std::string>& path, const Query& query = {}) {
    const Response response = get(path, query);
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body);
  }
  std::vector<Json> rows(const std::vector<std::string>& path, const Query& query = {}) {
    return json(path, query)["data"].items_or_none();
  }
  int status(const std::vector<std::string>& path, const Query& query = {}) {
    return get(path, query).status;
  }
  // Everything of a list, page by page.
  std::vector<Json> all_pages(const std::vector<std::string>& path, Query query) {
    std::vector<Json> all;
    for (int page = 0; page < 1000; ++page) {
      const Json answer = json(path, query);
      for (const Json& row : answer["data"].items()) all.push_back(row);
      if (answer["next_cursor"].is_null()) return all;
      query["cursor"] = answer["next_cursor"].text();
    }
    ADD_FAILURE() << "the pages do not end";
    return all;
  }
  // Sees only one owner.
  void be(const std::string& owner) {
    caller_.all_owners = false;
    caller_.owners = {owner};
  }

  // Two places of the first lot, one of the second.
  void stock_places() {
    stock_dairy();
    const auto put = [&](const char* id, const char* lot, const char* place, int quantity) {
      const std::string text =
          R"({"id":")" + std::string(id) +
          R"(","warehouse":"MAD1","lines":[{"line":"1","sku":"GYP-500","quantity":)" +
          std::to_string(quantity) + R"(,"lot":")" + lot +
          R"(","expires_on":"2026-05-26","location":")" + place + R"("}]})";
      EXPECT_EQ(post(DocumentType::receipt, text).status, 200);
    };
    put("R-3", "LOT-A", "A-01", 20);
    put("R-4", "LOT-A", "B-01", 30);
    put("R-5", "LOT-A", "C-01", 5);
  }

  RouteTable table_;
  std::unique_ptr<store::Readers> readers_;
  engine::Caller caller_;
  std::vector<std::string> warehouses_;
  std::string accept_;
};

}  // namespace lotbridge::api
