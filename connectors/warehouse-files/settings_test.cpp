#include "settings.hpp"

#include <gmock/gmock.h>
#include <algorithm>
#include <fstream>
#include <lotbridge/failure.hpp>
#include <set>
#include <sstream>

#include "columns.hpp"
#include "values.hpp"

namespace lotbridge::warehouse_files {
namespace {

Settings read(const std::string& json) { return Settings(Json::parse(json)); }

// The place of the fault; "accepted" where there is none.
std::string fault(const std::string& json) {
  try {
    read(json);
  } catch (const Failure& failure) {
    return failure.status == LB_CONFIG ? failure.path
                                       : "not a fault of the settings: " + failure.message;
  }
  return "accepted";
}

TEST(WarehouseSettings, WorkWithoutAny) {
  const Settings settings = read(R"({"drop": {"folder": "/x"}})");
  EXPECT_EQ(settings.feed_of("receipts-20260518.csv")->kind, Kind::receipts);
  EXPECT_EQ(settings.feed_of("Shipments.CSV")->kind, Kind::shipments);
  EXPECT_EQ(settings.feed_of("returns1.csv")->kind, Kind::returns);
  EXPECT_EQ(settings.feed_of("counts_MAD1.csv")->kind, Kind::counts);
  EXPECT_EQ(settings.feed_of("orders.csv"), nullptr);
  EXPECT_EQ(settings.pick_delimiter(), ',');
}

TEST(WarehouseSettings, AFeedOverridesWhatStandsForAll) {
  const Settings settings =
      read(R"({"date_format": "DD/MM/YYYY", "decimal": ",", "utc_offset": "+01:00",
    "defaults": {"warehouse": "MAD1", "location": "DOCK"},
    "feeds": {"receipts": {"match": "WE_*.txt", "date_format": "YYYYMMDD", "delimiter": "tab",
                           "encoding": "latin-1", "columns": {"lot": "Charge"}, "defaults": {"warehouse": "BCN1"},
                           "values": {"status": {"OK": "available"}}},
              "counts": {"match": null}}})");
  const Feed& receipts = settings.feed(Kind::receipts);
  EXPECT_EQ(receipts.match, "WE_*.txt");
  EXPECT_EQ(receipts.date_format, "YYYYMMDD");
  EXPECT_EQ(receipts.delimiter, '\t');
  EXPECT_EQ(receipts.encoding, Encoding::windows_1252);
  EXPECT_EQ(receipts.columns.at("lot"), "Charge");
  EXPECT_EQ(receipts.defaults.at("warehouse"), "BCN1");
  EXPECT_EQ(receipts.defaults.at("location"), "DOCK");
  EXPECT_EQ(receipts.decimal, ',');
  EXPECT_EQ(receipts.offset_minutes, 60);
  const Feed& shipments = settings.feed(Kind::shipments);
  EXPECT_EQ(shipments.date_format, "DD/MM/YYYY");
  EXPECT_FALSE(shipments.defaults.contains("location")) << "shipments have no such field";
  EXPECT_EQ(settings.feed_of("counts.csv"), nullptr);
}

TEST(WarehouseSettings, FaultsNameTheirPlace) {
  EXPECT_EQ(fault(R"({"delimiter": "x"})"), "/delimiter");
  EXPECT_EQ(fault(R"({"encoding": "utf-16"})"), "/encoding");
  EXPECT_EQ(fault(R"({"date_format": "D.M.Y"})"), "/date_format");
  EXPECT_EQ(fault(R"({"decimal": "'"})"), "/decimal");
  EXPECT_EQ(fault(R"({"utc_offset": "CET"})"), "/utc_offset");
  EXPECT_EQ(fault(R"({"feeds": {"counts": {"columns": {"colour": "X"}}}})"),
            "/feeds/counts/columns/colour");
  EXPECT_EQ(fault(R"({"feeds": {"counts": {"values": {"colour": {"a": "b"}}}}})"),
            "/feeds/counts/values/colour");
  EXPECT_EQ(fault(R"({"feeds": {"returns": {"defaults": {"colour": "X"}}}})"),
            "/feeds/returns/defaults/colour");
  EXPECT_EQ(fault(R"({"picks": {"delimiter": "auto"}})"), "/picks/delimiter");
}

TEST(WarehouseSettings, SeveralCustomersNeedAColumnThatNamesThem) {
  EXPECT_EQ(fault(R"({"customers": ["ACME"]})"), "/feeds/receipts");
  EXPECT_EQ(fault(R"({"customers": ["ACME"], "owner_column": "Client"})"), "accepted");
  EXPECT_EQ(fault(R"({"customers": [], "owner_column": "Client"})"), "/owner_column");
  EXPECT_EQ(fault(R"({"customers": []})"), "accepted");
  EXPECT_EQ(fault(R"({"customers": ["ACME"], "defaults": {"owner": "ACME"}})"), "accepted");
}

// Aliases are compared as column_key() writes names, so one that is written otherwise could never
// match.
TEST(WarehouseColumns, AliasesAreKeysAndNoFieldHasAnothersName) {
  for (const Kind kind : kKinds) {
    for (const Field& field : fields_of(kind)) {
      for (const std::string_view alias : field.aliases)
        EXPECT_EQ(alias, column_key(alias)) << alias;
    }
  }
}

// The page that warehouses get must say what is understood.
TEST(WarehouseColumns, AreAllOnTheFormatPage) {
  std::ifstream in(LOTBRIDGE_SOURCE_DIR "/docs/format/warehouse-files.md");
  std::stringstream page;
  page << in.rdbuf();
  std::string section;
  std::set<std::string> rows;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) section = line.substr(3);
    rows.insert(section + " " + line);
  }
  for (const Kind kind : kKinds) {
    for (const Field& field : fields_of(kind)) {
      const std::string begin =
          std::string(kind_name(kind)) + " | `" + std::string(field.name) + "` |";
      const auto row = rows.lower_bound(begin);
      ASSERT_TRUE(row != rows.end() && row->starts_with(begin)) << begin;
      for (const std::string_view alias : field.aliases) {
        EXPECT_THAT(*row, testing::HasSubstr(std::string(alias))) << begin;
      }
    }
  }
  std::ifstream readme(LOTBRIDGE_SOURCE_DIR "/connectors/warehouse-files/README.md");
  std::string text(std::istreambuf_iterator<char>(readme), {});
  std::replace(text.begin(), text.end(), '\n', ' ');
  EXPECT_THAT(text, testing::HasSubstr(date_formats()));
}

}  // namespace
}  // namespace lotbridge::warehouse_files
