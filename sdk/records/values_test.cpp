#include <lotbridge/values.hpp>

#include <gtest/gtest.h>

namespace lotbridge {
namespace {

TEST(Date, ReadsAndWritesDaysThatExist) {
  for (const char* text : {"0001-01-01", "1969-12-31", "1970-01-01", "2000-02-29", "2024-02-29",
                           "2026-05-30", "9999-12-31"}) {
    const auto date = Date::parse(text);
    ASSERT_TRUE(date) << text;
    EXPECT_EQ(date->text(), text);
  }
  EXPECT_EQ(Date::parse("1970-01-01")->days, 0);
  EXPECT_EQ(Date::parse("1969-12-31")->days, -1);
  EXPECT_EQ(Date::parse("2026-05-16")->days, 20589);
}

TEST(Date, RefusesWhatIsNoDate) {
  for (const char* text :
       {"2026-02-30", "2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10",
        "2026-01-00", "0000-01-01", "2026-1-1", "26-01-01", "2026/01/01", "2026-01-01 ",
        " 2026-01-01", "2026-01-01T00:00:00Z", "", "2026-01-0a", "-026-01-01", "10000-01-01"})
    EXPECT_FALSE(Date::parse(text)) << text;
}

TEST(Date, EveryDayRoundTrips) {
  const int first = Date::parse("1600-01-01")->days;
  const int last = Date::parse("2400-12-31")->days;
  for (int day = first; day <= last; ++day) {
    const Date date{day};
    ASSERT_EQ(Date::parse(date.text())->days, day);
  }
}

TEST(Date, MonthsEndAtTheMonthsLastDay) {
  const auto plus = [](const char* text, int months) {
    return Date::parse(text)->plus_months(months).text();
  };
  EXPECT_EQ(plus("2026-01-31", 1), "2026-02-28");
  EXPECT_EQ(plus("2024-01-31", 1), "2024-02-29");
  EXPECT_EQ(plus("2026-01-30", 1), "2026-02-28");
  EXPECT_EQ(plus("2026-01-31", 3), "2026-04-30");
  EXPECT_EQ(plus("2026-11-30", 3), "2027-02-28");
  EXPECT_EQ(plus("2026-12-15", 1), "2027-01-15");
  EXPECT_EQ(plus("2026-01-15", -1), "2025-12-15");
  EXPECT_EQ(plus("2026-03-31", -13), "2025-02-28");
  EXPECT_EQ(Date::parse("2026-02-28")->plus_days(1).text(), "2026-03-01");
}

TEST(Timestamp, ReadsOffsetsAndFractions) {
  EXPECT_EQ(Timestamp::parse("1970-01-01T00:00:00Z")->ms, 0);
  EXPECT_EQ(Timestamp::parse("1970-01-01T00:00:00.001Z")->ms, 1);
  EXPECT_EQ(Timestamp::parse("1969-12-31T23:59:59.999Z")->ms, -1);
  EXPECT_EQ(Timestamp::parse("2026-05-16T10:00:00+02:00")->text(), "2026-05-16T08:00:00Z");
  EXPECT_EQ(Timestamp::parse("2026-05-16T00:30:00+01:00")->text(), "2026-05-15T23:30:00Z");
  EXPECT_EQ(Timestamp::parse("2026-05-16T08:00:00-05:30")->text(), "2026-05-16T13:30:00Z");
  EXPECT_EQ(Timestamp::parse("2026-05-16T08:00:00.5Z")->text(), "2026-05-16T08:00:00.500Z");
  EXPECT_EQ(Timestamp::parse("2026-05-16T08:00:00.123456789Z")->text(), "2026-05-16T08:00:00.123Z");
  EXPECT_EQ(Timestamp::parse("2026-05-16T08:00:00.000Z")->text(), "2026-05-16T08:00:00Z");
  EXPECT_EQ(Timestamp::parse("1969-12-31T23:59:59.999Z")->text(), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(Timestamp{-1}.utc_date().text(), "1969-12-31");
  EXPECT_EQ(Timestamp{-86'400'000}.utc_date().text(), "1969-12-31");
  EXPECT_EQ(Timestamp{86'399'999}.utc_date().text(), "1970-01-01");
}

TEST(Timestamp, RefusesWhatIsNotRfc3339) {
  for (const char* text :
       {"2026-05-16", "2026-05-16T08:00:00", "2026-05-16 08:00:00Z", "2026-05-16T08:00Z",
        "2026-05-16T24:00:00Z", "2026-05-16T08:60:00Z", "2026-05-16T08:00:60Z",
        "2026-02-30T08:00:00Z", "2026-05-16T08:00:00+0200", "2026-05-16T08:00:00+24:00",
        "2026-05-16T08:00:00+02:60", "2026-05-16T08:00:00.Z", "2026-05-16T08:00:00.1234567890Z",
        "2026-05-16T08:00:00Zx", "2026-05-16t08:00:00z", "2026-05-16T08:00:00z", "",
        "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"})
    EXPECT_FALSE(Timestamp::parse(text)) << text;
}

TEST(Quantity, ReadsNumbersExactly) {
  const auto micros = [](const char* text) { return Quantity::parse(text)->micros; };
  EXPECT_EQ(micros("3"), 3'000'000);
  EXPECT_EQ(micros("-3"), -3'000'000);
  EXPECT_EQ(micros("0"), 0);
  EXPECT_EQ(micros("-0"), 0);
  EXPECT_EQ(micros("1.5"), 1'500'000);
  EXPECT_EQ(micros("0.1"), 100'000);
  EXPECT_EQ(micros("0.000001"), 1);
  EXPECT_EQ(micros("-0.000001"), -1);
  EXPECT_EQ(micros("3e2"), 300'000'000);
  EXPECT_EQ(micros("3E+2"), 300'000'000);
  EXPECT_EQ(micros("3e-6"), 3);
  EXPECT_EQ(micros("1500e-3"), 1'500'000);
  EXPECT_EQ(micros("1.50000000000"), 1'500'000);
  EXPECT_EQ(micros("0e99999999999"), 0);
  EXPECT_EQ(micros("9223372036854.775807"), INT64_MAX);
  EXPECT_EQ(micros("-9223372036854.775808"), INT64_MIN);
}

TEST(Quantity, RefusesWhatItCannotHold) {
  for (const char* text : {"9223372036854.775808",
                           "-9223372036854.775809",
                           "9223372036854775808",
                           "1e30",
                           "1e99999999",
                           "1e-7",
                           "0.0000001",
                           "1.2345678",
                           "1e-99999999999",
                           "",
                           "-",
                           "+1",
                           "01",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "0x10",
                           "1 ",
                           " 1",
                           "NaN",
                           "Infinity",
                           "1,5",
                           "--1",
                           "1.5.2",
                           "\"1\""})
    EXPECT_FALSE(Quantity::parse(text)) << text;
}

TEST(Quantity, WritesTheShortestNumber) {
  for (const char* text : {"3", "0", "-3", "1.5", "-0.000001", "0.1", "123456.789012",
                           "9223372036854.775807", "-9223372036854.775808"})
    EXPECT_EQ(Quantity::parse(text)->text(), text);
}

TEST(Quantity, MultipliesExactlyOrNotAtAll) {
  EXPECT_EQ(Quantity::whole(3).times(Quantity::whole(12)), Quantity::whole(36));
  EXPECT_EQ(Quantity{1'500'000}.times(Quantity{500'000}), Quantity{750'000});
  EXPECT_EQ(Quantity::whole(-3).times(Quantity::whole(12)), Quantity::whole(-36));
  EXPECT_FALSE(Quantity{1}.times(Quantity{1}));
  EXPECT_FALSE(Quantity{INT64_MAX}.times(Quantity::whole(2)));
  EXPECT_EQ(Quantity{INT64_MAX}.times(Quantity::whole(1)), Quantity{INT64_MAX});
}

TEST(Money, ReadsDecimalsWithACurrency) {
  EXPECT_EQ(Money::parse("0.82", "EUR")->micros, 820'000);
  EXPECT_EQ(Money::parse("-1.5", "EUR")->amount_text(), "-1.50");
  EXPECT_EQ(Money::parse("0.82", "EUR")->amount_text(), "0.82");
  EXPECT_EQ(Money::parse("0.825", "EUR")->amount_text(), "0.825");
  EXPECT_EQ(Money::parse("5", "EUR")->amount_text(), "5.00");
  EXPECT_EQ(Money::parse("500", "JPY")->amount_text(), "500");
  EXPECT_EQ(Money::parse("999999999999.999999", "EUR")->amount_text(), "999999999999.999999");
  for (const char* amount : {"", "1,5", "1e2", "+1", "1.", ".5", "01", "1.1234567", "1.0000000",
                             "1000000000000", "NaN", "1 "})
    EXPECT_FALSE(Money::parse(amount, "EUR")) << amount;
  for (const char* currency : {"", "EU", "eur", "EURO", "E1R"})
    EXPECT_FALSE(Money::parse("1", currency)) << currency;
}

TEST(LotCode, TrimsAndKeepsTheRest) {
  EXPECT_EQ(LotCode::parse("GYP-260516-B01-MA")->text, "GYP-260516-B01-MA");
  EXPECT_EQ(LotCode::parse(" \t007\r\n")->text, "007");
  EXPECT_EQ(LotCode::parse("a b")->text, "a b");
  EXPECT_NE(LotCode::parse("l7"), LotCode::parse("L7"));
  EXPECT_TRUE(LotCode::parse(std::string(60, 'x')));
  EXPECT_TRUE(LotCode::parse(" " + std::string(60, 'x') + " "));
  EXPECT_FALSE(LotCode::parse(std::string(61, 'x')));
  std::string umlauts;
  for (int i = 0; i < 60; ++i) umlauts += "ä";
  EXPECT_TRUE(LotCode::parse(umlauts));
  EXPECT_FALSE(LotCode::parse(umlauts + "x"));
  for (const char* text : {"", " ", "\t\n", "a\tb", "a\nb", "a\x7f"})
    EXPECT_FALSE(LotCode::parse(text)) << text;
}

}  // namespace
}  // namespace lotbridge
