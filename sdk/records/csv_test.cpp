#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <lotbridge/csv.hpp>

namespace lotbridge {
namespace {

using ::testing::ElementsAre;

struct Read {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;
  std::vector<std::string> bad;  // "LINE: why"
};

Read read(std::string_view text, CsvOptions options = {}) {
  Read out;
  CsvReader reader(text, options);
  CsvRow row;
  for (;;) {
    const auto more = reader.next(row);
    if (!more) {
      out.bad.push_back(std::to_string(row.line) + ": " + more.problem().detail);
      continue;
    }
    if (!*more) return out;
    out.rows.push_back(row.cells);
    out.lines.push_back(row.line);
  }
}

TEST(Csv, ReadsPlainRowsWithAnyLineEnd) {
  for (const char* text : {"a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "a,b\nc,d"}) {
    EXPECT_THAT(read(text).rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d"))) << text;
  }
}

TEST(Csv, SkipsTheByteOrderMark) {
  EXPECT_THAT(read("\xEF\xBB\xBF"
                   "sku,qty\n")
                  .rows,
              ElementsAre(ElementsAre("sku", "qty")));
}

TEST(Csv, QuotesHoldDelimitersQuotesAndLineBreaks) {
  const Read out = read("\"a,1\",\"say \"\"hi\"\"\",\"two\nlines\"\nnext,row,x\n");
  EXPECT_THAT(out.rows, ElementsAre(ElementsAre("a,1", "say \"hi\"", "two\nlines"),
                                    ElementsAre("next", "row", "x")));
  EXPECT_THAT(out.lines, ElementsAre(1, 3));
}

TEST(Csv, EmptyCellsStay) {
  EXPECT_THAT(read(",\n,,x\n\n").rows,
              ElementsAre(ElementsAre("", ""), ElementsAre("", "", "x"), ElementsAre("")));
}

TEST(Csv, ABadRowCostsOnlyItself) {
  const Read out = read("a,b\n\"x\"y,1\nc,d\n");
  EXPECT_THAT(out.rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d")));
  EXPECT_THAT(out.bad, ElementsAre("2: text stands after a closing quote"));
}

TEST(Csv, AnOpenQuoteDoesNotSwallowTheRest) {
  const Read out = read("a,b\nc,\"d\ne,f\n");
  EXPECT_THAT(out.rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("e", "f")));
  EXPECT_THAT(out.bad, ElementsAre("2: a quoted cell is not closed"));
}

TEST(Csv, RefusesWhatIsNotUtf8AndNul) {
  const Read out = read(std::string_view("a\nM\xFCnchen\nb\0c\nd\n", 16));
  EXPECT_THAT(out.rows, ElementsAre(ElementsAre("a"), ElementsAre("d")));
  EXPECT_THAT(out.bad, ElementsAre("2: a cell is not UTF-8", "3: a cell holds a NUL byte"));
}

TEST(Csv, ARowIsKeptAsItStood) {
  CsvReader reader("a,\"b\nc\"\r\n\"x\"y,1\n\nz");
  CsvRow row;
  std::vector<std::string> raw;
  for (;;) {
    const auto more = reader.next(row);
    if (more && !*more) break;
    raw.emplace_back(row.raw);
  }
  EXPECT_THAT(raw, ElementsAre("a,\"b\nc\"", "\"x\"y,1", "", "z"));
}

TEST(Csv, LimitsHold) {
  EXPECT_EQ(read("123456789\n", {',', 8, 4}).bad.size(), 1U);
  EXPECT_EQ(read("12345678\n", {',', 8, 4}).bad.size(), 0U);
  EXPECT_EQ(read("1,2,3,4\n", {',', 8, 4}).bad.size(), 0U);
  EXPECT_EQ(read("1,2,3,4,5\nx\n", {',', 8, 4}).rows.size(), 1U);
}

TEST(Csv, GuessesTheDelimiterFromTheHeader) {
  EXPECT_EQ(guess_csv_delimiter("a;b;c,d\n1,2,3,4,5,6"), ';');
  EXPECT_EQ(guess_csv_delimiter("a\tb\n"), '\t');
  EXPECT_EQ(guess_csv_delimiter("\"x;y;z\",b\n"), ',');
  EXPECT_EQ(guess_csv_delimiter("one"), ',');
}

TEST(Csv, Utf8IsJudgedExactly) {
  EXPECT_TRUE(is_utf8("Grüße 漢字 😀"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));          // overlong
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  EXPECT_FALSE(is_utf8("abc\xE2\x82"));       // cut
}

}  // namespace
}  // namespace lotbridge
