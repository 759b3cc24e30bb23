// The recorded exchanges in cassettes/: each must be used up and end well, and each request must
// survive every fault. WOOCOMMERCE_RECORD=1 makes them anew against the shop in memory.
#include <gtest/gtest.h>

#include "connectors/testing/contract.hpp"
#include "test_site.hpp"

namespace lotbridge::woocommerce {
namespace {

const std::string kFolder = std::string(WOOCOMMERCE_FOLDER) + "/cassettes/";
const std::string kSettings =
    R"({"site": "shop.example.com", "consumer_key": "ck_test", "write_stock": true})";
const std::string kOrder = "101", kLine = "300";

std::vector<contract::Recorded> recordings() {
  const auto text = [](InstructionBody body, const std::string& order = kOrder) {
    return write_instruction(contract::instruction(order, std::move(body)));
  };
  return {
      {"account_check.yaml", "account.check/1", "{}"},
      {"webhook_register.yaml", "webhook.register/1",
       R"({"url": "https://lots.example/hooks/woo"})"},
      {"products_pull.yaml", "products.pull/1", R"({"cursor": null, "start_at": null})"},
      {"fulfillments_create.yaml", "fulfillments.create/1",
       text(contract::left("S-1", "X1", {{kLine, 3}}))},
      {"lots_write.yaml", "lots.write/1",
       text(contract::stamp_of(kLine, "GYP-500", "S-1", {contract::stamped("GYP-500", "L1", 3)}))},
      {"stock_write.yaml", "stock.write/1", text(contract::may_sell("GYP-500", 20), "")},
      {"orders_pull.yaml", "orders.pull/1",
       R"({"cursor": null, "start_at": "2026-05-16T00:00:00Z"})"}};
}

// What stands beside one order or product and is refused parks that one alone.
const std::set<std::string> kSoftened = {"products_pull.yaml 1 400", "orders_pull.yaml 1 400"};

TEST(Cassettes, EachIsPlayedToItsEnd) {
  if (std::getenv("WOOCOMMERCE_RECORD")) {
    Site site;
    site.order({{"GYP-500", 3}, {"GYP-750", 1}});
    const std::string refunded = site.order({{"GYP-500", 2}});
    site.refund(refunded, 0, 1, "2026-05-16T10:00:00");
    site.product("GYP-500");
    site.variation(site.product("GYP-SET"), "GYP-SET-L");
    contract::record(WOOCOMMERCE_FILE, kFolder, kSettings, recordings(),
                     [&](const HttpRequest& request) { return site.answer(request); });
  }
  contract::play_all(WOOCOMMERCE_FILE, kFolder, kSettings, recordings());
}

TEST(Cassettes, AFaultAtEachRequestHasItsClass) {
  contract::fault_all(WOOCOMMERCE_FILE, kFolder, kSettings, recordings(), kSoftened);
}

}  // namespace
}  // namespace lotbridge::woocommerce
