// Every line of testdata/gs1_labels.tsv, read and written back; and what no table says.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include <lotbridge/gs1.hpp>

namespace lotbridge {
namespace {

std::vector<std::vector<std::string>> lines() {
  std::ifstream in(LOTBRIDGE_GS1_LABELS);
  std::vector<std::vector<std::string>> out;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    for (std::size_t at = 0; (at = line.find("<GS>", at)) != std::string::npos;) {
      line.replace(at, 4, "\x1d");
    }
    std::vector<std::string>& fields = out.emplace_back();
    for (std::size_t at = 0;;) {
      const std::size_t tab = line.find('\t', at);
      fields.push_back(line.substr(at, tab - at));
      if (tab == std::string::npos) break;
      at = tab + 1;
    }
  }
  return out;
}

Gs1Options options_of(const std::vector<std::string>& line) {
  Gs1Options options;
  options.need_symbology = line[1] == "scan";
  options.pad_gtins = line[0] == "padded";
  return options;
}

TEST(Gs1, LabelsReadAndWriteAsTheTableSays) {
  int seen = 0;
  for (const std::vector<std::string>& line : lines()) {
    SCOPED_TRACE(line[2]);
    if (line[0] == "key") {
      EXPECT_EQ(std::string(1, gs1_check_digit(line[2])), line[3]);
    } else if (line[0] == "year") {
      EXPECT_EQ(gs1_year(std::stoi(line[1]), std::stoi(line[2])), std::stoi(line[3]));
    } else if (line[0] == "bad") {
      const Gs1Label label = read_gs1(line[2], options_of(line));
      ASSERT_FALSE(label.ok());
      EXPECT_EQ(label.fault->word, line[3]) << label.fault->detail;
    } else {
      const Gs1Label label = read_gs1(line[2], options_of(line));
      ASSERT_TRUE(label.ok()) << label.fault->word << ": " << label.fault->detail;
      EXPECT_EQ(label.plain, line[3] == "-");
      if (label.plain) continue;
      EXPECT_EQ(gs1_bracketed(label.elements), line[3]);
      EXPECT_EQ(gs1_digital_link(label.elements).value_or("-"), line[5]);
      if (line[1] == "bracketed") {
        std::string symbol = "^" + gs1_element_string(label.elements);
        std::replace(symbol.begin(), symbol.end(), '\x1d', '^');
        EXPECT_EQ(symbol, line[4]);
      }
    }
    ++seen;
  }
  EXPECT_GE(seen, 120);
}

// What was read from one form and written in another reads as the same elements again.
TEST(Gs1, EveryFormReadsBackAsTheSame) {
  for (const std::vector<std::string>& line : lines()) {
    if (line[0] != "ok" || line[3] == "-") continue;
    SCOPED_TRACE(line[2]);
    const std::vector<Gs1Element> elements = read_gs1(line[2], options_of(line)).elements;
    EXPECT_EQ(read_gs1(gs1_bracketed(elements)).elements, elements);
    EXPECT_EQ(read_gs1("]d2" + gs1_element_string(elements)).elements, elements);
    const auto link = gs1_digital_link(elements);
    if (!link) continue;
    EXPECT_EQ(gs1_digital_link(read_gs1(*link).elements), link);
  }
}

TEST(Gs1, WhatIsPrintedNeedsNoSeparatorBeforeTheLot) {
  const std::vector<Gs1Element> elements =
      gs1_printing_order({{"01", "09521234000174"}, {"10", "L7"}, {"17", "250613"}});
  EXPECT_EQ(gs1_element_string(elements), "01095212340001741725061310L7");
}

TEST(Gs1, PlainCodesAreGtins) {
  const Gs1Label ean = read_gs1("]E09521234000174");
  ASSERT_TRUE(ean.ok());
  EXPECT_TRUE(ean.plain);
  EXPECT_EQ(ean.gtin(), "09521234000174");
  EXPECT_EQ(read_gs1("614141000739").gtin(), "00614141000739");
  EXPECT_FALSE(read_gs1("]E09521234000175").ok());
  EXPECT_FALSE(is_gtin("0000000000000"));
  EXPECT_FALSE(is_gtin("95212340001"));
  EXPECT_EQ(gtin14("not-a-gtin"), "not-a-gtin");
}

TEST(Gs1, DatesKnowTheirCenturyAndTheMonthsEnd) {
  EXPECT_EQ(gs1_date("250613", 2026)->text(), "2025-06-13");
  EXPECT_EQ(gs1_date("260200", 2026)->text(), "2026-02-28");
  EXPECT_EQ(gs1_date("280200", 2026)->text(), "2028-02-29");
  EXPECT_EQ(gs1_date("261200", 2026)->text(), "2026-12-31");
  EXPECT_EQ(gs1_date("2506131430", 2026)->text(), "2025-06-13");
  EXPECT_FALSE(gs1_date("260230", 2026));
  EXPECT_FALSE(gs1_date("261300", 2026));
  EXPECT_FALSE(gs1_date("2606", 2026));
}

TEST(Gs1, LotsThatTheLabelCanHold) {
  EXPECT_TRUE(gs1_holds_lot("ABCDEFGHIJKLMNOPQRST"));
  EXPECT_FALSE(gs1_holds_lot("ABCDEFGHIJKLMNOPQRSTU"));
  EXPECT_FALSE(gs1_holds_lot(""));
  EXPECT_FALSE(gs1_holds_lot("AB 1"));
  EXPECT_FALSE(gs1_holds_lot("LÖT"));
  EXPECT_FALSE(gs1_holds_lot("A#1"));
}

TEST(Gs1, LenientReadingAsksForNoCompany) {
  Gs1Options options;
  EXPECT_EQ(read_gs1("(10)L7").fault->word, "missing_requisite_ai");
  options.lenient = true;
  EXPECT_TRUE(read_gs1("(10)L7", options).ok());
  EXPECT_EQ(read_gs1("(01)09521234000174(37)2", options).fault->word, "invalid_pair");
}

TEST(Gs1, BrokenTextsAreRefusedNotGuessed) {
  for (const char* text : {"",
                           "]",
                           "]d2",
                           "(",
                           "(01",
                           "(01)",
                           ")",
                           "(a)b",
                           "https://",
                           "http://x/",
                           "https://x/01",
                           "https://x/01/",
                           "https://x?01=09521234000174",
                           "\x1d",
                           "0",
                           "01",
                           "]d2010952",
                           "%",
                           "https://x/01/%",
                           "]X9 0123"}) {
    EXPECT_FALSE(read_gs1(text).ok()) << text;
  }
}

}  // namespace
}  // namespace lotbridge
