#include "pick.hpp"

#include <gmock/gmock.h>
#include <lotbridge/csv.hpp>

namespace lotbridge::warehouse_files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Instruction order() {
  Instruction instruction;
  instruction.version = 3;
  instruction.owner = "pure-fresh";
  instruction.order = {"shopify-eu", "5123456789", "#1001"};
  PickSend pick;
  pick.status = "allocated";
  pick.warehouse = "MAD1";
  pick.ship_on = Date::parse("2026-05-18");
  Address address;
  address.name = "Ana \"Pan\" P\xC3\xA9rez";
  address.address1 = "=1+1";
  address.country = "ES";
  address.phone = "+34 600";
  pick.ship_to = address;
  const auto lot = [](const char* code, std::int64_t units) {
    return PlannedLot{"GYP-500", {code}, Quantity::whole(units), Date::parse("2026-05-30"),
                      "MAD1",    "A-01"};
  };
  pick.lines = {{"1", "GYP-500", Quantity::whole(3), {lot("L1", 2), lot("L2", 1)}},
                {"2", "KEF-1L", Quantity::whole(1), {}}};
  instruction.body = pick;
  return instruction;
}

std::vector<std::map<std::string, std::string>> rows(const std::string& text,
                                                     char delimiter = ',') {
  CsvReader reader(text, {.delimiter = delimiter});
  CsvRow header;
  EXPECT_TRUE(*reader.next(header));
  std::vector<std::map<std::string, std::string>> all;
  for (CsvRow row;;) {
    const auto more = reader.next(row);
    EXPECT_TRUE(more);
    if (!more || !*more) return all;
    EXPECT_EQ(row.cells.size(), header.cells.size());
    all.emplace_back();
    for (std::size_t i = 0; i < row.cells.size(); ++i) all.back()[header.cells[i]] = row.cells[i];
  }
}

TEST(PickFile, HasARowForEachLot) {
  const Instruction instruction = order();
  auto all = rows(pick_file(instruction, std::get<PickSend>(instruction.body), ','));
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0]["order"], "5123456789");
  EXPECT_EQ(all[0]["order_number"], "#1001");
  EXPECT_EQ(all[0]["version"], "3");
  EXPECT_EQ(all[0]["order_line"], "1");
  EXPECT_EQ(all[0]["lot"], "L1");
  EXPECT_EQ(all[0]["quantity"], "2");
  EXPECT_EQ(all[0]["expires_on"], "2026-05-30");
  EXPECT_EQ(all[0]["location"], "A-01");
  EXPECT_EQ(all[1]["lot"], "L2");
  EXPECT_EQ(all[2]["sku"], "KEF-1L");
  EXPECT_EQ(all[2]["lot"], "");
  EXPECT_EQ(all[2]["quantity"], "0") << "nothing of this line is to be picked";
  EXPECT_EQ(all[0]["name"], "Ana \"Pan\" P\xC3\xA9rez");
  EXPECT_EQ(all[0]["address1"], "'=1+1") << "no spreadsheet may run what a customer typed";
  EXPECT_EQ(all[0]["phone"], "+34 600");
}

TEST(PickFile, AnOrderWithoutLinesIsStillSaid) {
  Instruction instruction = order();
  PickSend pick;
  pick.status = "cancelled";
  auto all = rows(pick_file(instruction, pick, ';'), ';');
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["status"], "cancelled");
  EXPECT_EQ(all[0]["quantity"], "0");
}

TEST(PickFile, NamesAreDistinctAndPlain) {
  Instruction instruction = order();
  EXPECT_EQ(pick_file_name(instruction), "pick_pure-fresh_1001_5123456789_v3.csv");
  instruction.order.number = std::nullopt;
  EXPECT_EQ(pick_file_name(instruction), "pick_pure-fresh_5123456789_v3.csv");
  instruction.order.id = "../a/b";
  const std::string odd = pick_file_name(instruction);
  instruction.order.id = ".._a/b";
  EXPECT_NE(pick_file_name(instruction), odd);
  EXPECT_EQ(odd.find('/'), std::string::npos);
  instruction.order.id = std::string(300, 'x');
  EXPECT_LT(pick_file_name(instruction).size(), 200U);
}

}  // namespace
}  // namespace lotbridge::warehouse_files
