#include "values.hpp"

#include <gtest/gtest.h>

namespace lotbridge::warehouse_files {
namespace {

std::string date(std::string_view text, std::string_view format) {
  const auto read = read_date(text, format);
  return read ? read->text() : "refused";
}

TEST(Dates, EachFormatReadsItsOwn) {
  const std::pair<const char*, const char*> same_day[] = {
      {"2026-05-30", "YYYY-MM-DD"}, {"2026/05/30", "YYYY/MM/DD"},   {"2026.05.30", "YYYY.MM.DD"},
      {"20260530", "YYYYMMDD"},     {"30/05/2026", "DD/MM/YYYY"},   {"30.05.2026", "DD.MM.YYYY"},
      {"30-05-2026", "DD-MM-YYYY"}, {"05/30/2026", "MM/DD/YYYY"},   {"05-30-2026", "MM-DD-YYYY"},
      {"30/05/26", "DD/MM/YY"},     {"30.05.26", "DD.MM.YY"},       {"05/30/26", "MM/DD/YY"},
      {"260530", "YYMMDD"},         {"30-May-2026", "DD-MMM-YYYY"}, {"30 MAY 2026", "DD MMM YYYY"}};
  for (const auto& [text, format] : same_day) {
    EXPECT_TRUE(is_date_format(format)) << format;
    EXPECT_EQ(date(text, format), "2026-05-30") << format;
    EXPECT_EQ(date("2026-05-30", format), "2026-05-30") << "ISO besides " << format;
  }
  EXPECT_FALSE(is_date_format("D/M/Y"));
  EXPECT_FALSE(is_date_format(""));
}

TEST(Dates, NothingIsGuessed) {
  EXPECT_EQ(date("30/05/2026", "YYYY-MM-DD"), "refused");
  EXPECT_EQ(date("05/30/2026", "DD/MM/YYYY"), "refused");
  EXPECT_EQ(date("03/04/2026", "DD/MM/YYYY"), "2026-04-03");
  EXPECT_EQ(date("03/04/2026", "MM/DD/YYYY"), "2026-03-04");
  EXPECT_EQ(date("2026-02-30", "YYYY-MM-DD"), "refused");
  EXPECT_EQ(date("29/02/2027", "DD/MM/YYYY"), "refused");
  EXPECT_EQ(date("29/02/2028", "DD/MM/YYYY"), "2028-02-29");
  EXPECT_EQ(date("2026-13-01", "YYYY-MM-DD"), "refused");
  EXPECT_EQ(date("2026-05-301", "YYYY-MM-DD"), "refused");
  EXPECT_EQ(date("30/05/26", "DD/MM/YYYY"), "refused");
  EXPECT_EQ(date("30/05/2026", "DD/MM/YY"), "refused");
  EXPECT_EQ(date("46172", "YYYYMMDD"), "refused") << "a spreadsheet's own day number";
  EXPECT_EQ(date("May-26", "DD-MMM-YYYY"), "refused");
  EXPECT_EQ(date("", "YYYY-MM-DD"), "refused");
  EXPECT_EQ(date("30-Mai-2026", "DD-MMM-YYYY"), "refused");
}

TEST(Dates, SeparatedPartsMayLackTheirZero) {
  EXPECT_EQ(date("3/4/2026", "DD/MM/YYYY"), "2026-04-03");
  EXPECT_EQ(date("2026-5-3", "YYYY-MM-DD"), "2026-05-03");
  EXPECT_EQ(date("2026530", "YYYYMMDD"), "refused");
}

TEST(Dates, ATimeOfDayIsDroppedAndNeverShiftsTheDay) {
  EXPECT_EQ(date("2026-05-30 00:00:00", "YYYY-MM-DD"), "2026-05-30");
  EXPECT_EQ(date("2026-05-30T23:30:00+02:00", "YYYY-MM-DD"), "2026-05-30");
  EXPECT_EQ(date("2026-05-30T23:30:00.000Z", "YYYY-MM-DD"), "2026-05-30");
  EXPECT_EQ(date("30/05/2026 23:59", "DD/MM/YYYY"), "2026-05-30");
  EXPECT_EQ(date("2026-05-30 25:00", "YYYY-MM-DD"), "refused");
  EXPECT_EQ(date("2026-05-30 soon", "YYYY-MM-DD"), "refused");
}

std::string moment(std::string_view text, std::string_view format = "YYYY-MM-DD", int offset = 0) {
  const auto read = read_moment(text, format, offset);
  return read ? read->text() : "refused";
}

TEST(Moments, WithAndWithoutAZone) {
  EXPECT_EQ(moment("2026-05-18T15:00:00Z", "YYYY-MM-DD", 120), "2026-05-18T15:00:00Z");
  EXPECT_EQ(moment("2026-05-18T15:00:00+02:00"), "2026-05-18T13:00:00Z");
  EXPECT_EQ(moment("2026-05-18 15:00"), "2026-05-18T15:00:00Z");
  EXPECT_EQ(moment("2026-05-18 15:00", "YYYY-MM-DD", 120), "2026-05-18T13:00:00Z");
  EXPECT_EQ(moment("18/05/2026 15:00:30", "DD/MM/YYYY", -300), "2026-05-18T20:00:30Z");
  EXPECT_EQ(moment("2026-05-18", "YYYY-MM-DD", 120), "2026-05-18T21:59:59Z")
      << "the day's last moment there";
  EXPECT_EQ(moment("2026-05-18 24:00"), "refused");
  EXPECT_EQ(moment("2026-05-18 15"), "refused");
  EXPECT_EQ(moment("yesterday"), "refused");
}

std::string quantity(std::string_view text, char decimal = '.') {
  const auto read = read_quantity(text, decimal);
  return read ? read->text() : "refused";
}

TEST(Quantities, AreExactOrRefused) {
  EXPECT_EQ(quantity("120"), "120");
  EXPECT_EQ(quantity("007"), "7");
  EXPECT_EQ(quantity("0"), "0");
  EXPECT_EQ(quantity("+5"), "5");
  EXPECT_EQ(quantity("-1"), "-1");
  EXPECT_EQ(quantity("1.50"), "1.5");
  EXPECT_EQ(quantity("1,5", ','), "1.5");
  EXPECT_EQ(quantity("12.000000000"), "12");
  EXPECT_EQ(quantity("0.000001"), "0.000001");
  for (const char* bad : {"", "-", ".", "1.", ".5", "1,200", "1.200.000", "1e3", "1E5", "three",
                          "0x10", " 1", "1 ", "0.0000001", "9223372036854775808", "--1", "NaN"}) {
    EXPECT_EQ(quantity(bad), "refused") << bad;
  }
  EXPECT_EQ(quantity("1.200", ','), "refused") << "a group is no decimal";
}

TEST(Offsets, Read) {
  EXPECT_EQ(read_offset("Z"), 0);
  EXPECT_EQ(read_offset("+02:00"), 120);
  EXPECT_EQ(read_offset("-05:30"), -330);
  EXPECT_EQ(read_offset("+15:00"), std::nullopt);
  EXPECT_EQ(read_offset("2"), std::nullopt);
}

TEST(Columns, AreOneByTheirLettersAndDigits) {
  EXPECT_EQ(column_key("Batch No."), "batchno");
  EXPECT_EQ(column_key("batch_no"), "batchno");
  EXPECT_EQ(column_key("  "), "");
  EXPECT_EQ(column_key("Menge \xC3\x9C"), "menge\xC3\x9C");
}

TEST(Words, TrimmedAndUnderstood) {
  EXPECT_EQ(trimmed(" \xC2\xA0 a b\t"), "a b");
  EXPECT_EQ(trimmed("\xC2\xA0"), "");
  EXPECT_EQ(read_yes_no("YES"), true);
  EXPECT_EQ(read_yes_no("0"), false);
  EXPECT_EQ(read_yes_no("maybe"), std::nullopt);
}

TEST(Damage, IsWhatSpreadsheetsMakeOfCodes) {
  EXPECT_TRUE(looks_damaged("1.23457E+11"));
  EXPECT_TRUE(looks_damaged("9,5E+12"));
  EXPECT_FALSE(looks_damaged("GYP-260516-B01-MA"));
  EXPECT_FALSE(looks_damaged("1E5")) << "may be a code";
  EXPECT_FALSE(looks_damaged("E+1"));
}

TEST(Patterns, Match) {
  EXPECT_TRUE(matches("receipts*.csv", "receipts-20260518.csv"));
  EXPECT_TRUE(matches("receipts*.csv", "RECEIPTS.CSV"));
  EXPECT_FALSE(matches("receipts*.csv", "receipts.csv.bak"));
  EXPECT_TRUE(matches("?-*-*.txt", "a-b-c-d.txt"));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_FALSE(matches("a*b*c", "a-b-d"));
}

}  // namespace
}  // namespace lotbridge::warehouse_files
