// orders.pull and products.pull: pages, cursors, and what changes while they are read.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>

#include <set>

#include "test_site.hpp"

namespace lotbridge::woocommerce {
namespace {

using ::testing::SizeIs;

std::set<std::string> ids(const testing::Outcome& run) {
  std::set<std::string> out;
  for (const Document& document : run.documents) out.insert(document.id);
  return out;
}

TEST(Pull, ReadsAllPages) {
  Site site;
  for (int n = 0; n < 120; ++n) site.order({{"GYP-500", 1}});
  const auto connector = site.connector();
  const auto run = connector->pull("orders.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_THAT(ids(run), SizeIs(120));
  EXPECT_EQ(run.cursors.size(), 3u);
}

TEST(Pull, ManyChangesInOneSecondArePagedByNumber) {
  Site site;
  for (int n = 0; n < 120; ++n) {
    site.order({{"GYP-500", 1}}, R"({"date_modified_gmt":"2026-05-16T08:00:00"})");
  }
  const auto run = site.connector()->pull("orders.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_THAT(ids(run), SizeIs(120));
}

TEST(Pull, AnOrderThatChangesMeanwhileHidesNoOther) {
  Site site;
  std::string first;
  for (int n = 0; n < 80; ++n) {
    const std::string id = site.order({{"GYP-500", 1}});
    if (n == 0) first = id;
  }
  const auto connector = site.connector();
  std::size_t pages = 0;
  connector->on_http = [&](const HttpRequest& request) {
    if (++pages == 2) site.change(first, "{}");  // moves to the end, all others one place forward
    return site.answer(request);
  };
  const auto run = connector->pull("orders.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_THAT(ids(run), SizeIs(80));
}

TEST(Pull, GoesOnFromItsCursorWithAnOverlap) {
  Site site;
  for (int n = 0; n < 20; ++n) site.order({{"GYP-500", 1}});
  const auto connector = site.connector();
  ASSERT_EQ(connector->pull("orders.pull/1").status, LB_OK);
  const std::string late = site.order({{"GYP-500", 1}});
  const auto run = connector->pull("orders.pull/1");
  EXPECT_TRUE(ids(run).contains(late));
  EXPECT_LE(ids(run).size(), 7u);  // one a minute, five minutes
}

TEST(Pull, ACutRunGoesOnWhereItWas) {
  Site site;
  for (int n = 0; n < 120; ++n) site.order({{"GYP-500", 1}});
  const auto connector = site.connector();
  connector->faults.emplace(1, lb_status{LB_RETRY});
  const auto cut = connector->pull("orders.pull/1");
  EXPECT_EQ(cut.status, LB_RETRY);
  connector->faults.clear();
  const auto rest = connector->pull("orders.pull/1");
  auto all = ids(cut);
  EXPECT_THAT(all, SizeIs(50));
  all.merge(ids(rest));
  EXPECT_THAT(all, SizeIs(120));
  connector->cursor = R"({"v":9})";
  EXPECT_EQ(connector->pull("orders.pull/1").status, LB_CONFIG);
}

TEST(Pull, AWebhookAndAPollBringTheSame) {
  Site site;
  const std::string id = site.order({{"GYP-500", 2}});
  const auto connector = site.connector();
  const auto polled = connector->pull("orders.pull/1");
  const auto told =
      connector->webhook("order.created", std::string(site.json("orders/" + id).raw()));
  ASSERT_THAT(polled.documents, SizeIs(1));
  EXPECT_EQ(write_content(polled.documents[0]), write_content(told.documents[0]));
}

TEST(Pull, ABadOrderIsParkedAlone) {
  Site site;
  site.order({{"GYP-500", 1}});
  site.order({{"GYP-500", 1}}, R"({"status":7})");
  site.order({{"GYP-500", 1}});
  const auto run = site.connector()->pull("orders.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_THAT(run.documents, SizeIs(2));
  ASSERT_THAT(run.parked, SizeIs(1));
  EXPECT_EQ(run.parked[0].path, "/status");
}

TEST(Pull, ProductsAndTheirVariationsAreItems) {
  Site site;
  site.product("GYP-500");
  const std::string varied = site.product("");
  site.variation(varied, "GYP-500-L");
  const auto run = site.connector()->pull("products.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  ASSERT_THAT(run.documents, SizeIs(2));
  EXPECT_EQ(run.documents[0].id, "GYP-500");
  const auto& item = std::get<Item>(run.documents[1].body);
  EXPECT_EQ(item.sku, "GYP-500-L");
  EXPECT_EQ(item.name, "Item  - Large");
  EXPECT_EQ(item.gtins, std::vector<std::string>{"9506000134352"});
}

}  // namespace
}  // namespace lotbridge::woocommerce
