// What values may be, what is the same content, what the limits are.
#include <lotbridge/records.hpp>

#include <gmock/gmock.h>

#include "documents_samples.hpp"

namespace lotbridge {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

std::string order_with(const std::string& lines) { return R"({"id":"1","lines":[)" + lines + "]}"; }

std::string first_pointer(const Result<Document>& read) {
  if (read.ok()) return "accepted";
  return read.problem().errors.empty() ? "no pointer" : read.problem().errors[0].pointer;
}

// ---------------------------------------------------------------- quantities

TEST(OrderedQuantity, AnImpossibleNumberStopsOnlyItsLine) {
  for (const std::string number : {"-1", "9223372036854775808", "1e30", "0.0000001", "-0.5",
                                   "1e400", "-9223372036854775809"}) {
    const auto read = read_document(DocumentType::order,
                                    order_with(R"({"line":"1","sku":"A","quantity":)" + number +
                                               R"(},{"line":"2","sku":"B","quantity":2})"));
    ASSERT_TRUE(read.ok()) << number;
    const auto& lines = std::get<Order>(read->body).lines;
    EXPECT_FALSE(lines[0].quantity) << number;
    EXPECT_EQ(lines[0].quantity_text, number);
    EXPECT_EQ(lines[1].quantity, Quantity::whole(2));
    const auto again = read_document(DocumentType::order, write_document(*read));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(*again, *read);
  }
}

TEST(OrderedQuantity, ReadsWhatMayBeAQuantity) {
  for (const char* number : {"0", "1.5", "3", "3.0", "30e-1"}) {
    const auto read = read_document(
        DocumentType::order,
        order_with(R"({"line":"1","sku":"A","quantity":)" + std::string(number) + "}"));
    ASSERT_TRUE(read.ok()) << number;
    EXPECT_EQ(std::get<Order>(read->body).lines[0].quantity, Quantity::parse(number));
  }
}

TEST(OrderedQuantity, AnotherTypeRefusesTheOrder) {
  for (const char* wrong : {"\"3\"", "null", "true", "[3]", "{}"}) {
    const auto read = read_document(
        DocumentType::order,
        order_with(R"({"line":"1","sku":"A","quantity":)" + std::string(wrong) + "}"));
    EXPECT_EQ(first_pointer(read), "/lines/0/quantity") << wrong;
  }
  for (const char* broken : {"01", "1.", "+1", "0x1", "1e", "NaN", "-", "nul", "tru"}) {
    const auto read = read_document(
        DocumentType::order,
        order_with(R"({"line":"1","sku":"A","quantity":)" + std::string(broken) + "}"));
    ASSERT_FALSE(read.ok()) << broken;
    EXPECT_EQ(read.problem().code, "bad_json") << broken;
  }
}

TEST(Movements, SayWhatMayMove) {
  const auto with = [](DocumentType type, std::string text, const std::string& number) {
    text.replace(text.find('#'), 1, number);
    return first_pointer(read_document(type, text));
  };
  const std::string line = R"("lines":[{"sku":"A","lot":"L","quantity":#}]})";
  const std::string receipt = R"({"id":"1","warehouse":"W",)" + line;
  EXPECT_EQ(with(DocumentType::receipt, receipt, "0"), "accepted");
  EXPECT_EQ(with(DocumentType::receipt, receipt, "-1"), "/lines/0/quantity");
  const std::string adjustment = R"({"id":"1","warehouse":"W","reason":"found",)" + line;
  EXPECT_EQ(with(DocumentType::adjustment, adjustment, "-1"), "accepted");
  EXPECT_EQ(with(DocumentType::adjustment, adjustment, "0"), "/lines/0/quantity");
  EXPECT_EQ(with(DocumentType::adjustment, adjustment, "-0.0"), "/lines/0/quantity");
  const std::string transfer =
      R"({"id":"1","from":{"warehouse":"W"},"to":{"warehouse":"V"},)" + line;
  EXPECT_EQ(with(DocumentType::transfer, transfer, "0.000001"), "accepted");
  EXPECT_EQ(with(DocumentType::transfer, transfer, "0"), "/lines/0/quantity");
  EXPECT_EQ(with(DocumentType::transfer, transfer, "1e30"), "/lines/0/quantity");
  EXPECT_EQ(with(DocumentType::transfer, transfer, "0.0000001"), "/lines/0/quantity");
  const std::string count =
      R"({"id":"1","warehouse":"W","lines":[{"sku":"A","lot":"L","counted":#}]})";
  EXPECT_EQ(with(DocumentType::count, count, "0"), "accepted");
  EXPECT_EQ(with(DocumentType::count, count, "-1"), "/lines/0/counted");
  const std::string dispatch = R"({"id":"1","order":"1","lines":[{"sku":"A","quantity":#}]})";
  EXPECT_EQ(with(DocumentType::dispatch, dispatch, "1"), "accepted");
  EXPECT_EQ(with(DocumentType::dispatch, dispatch, "0"), "/lines/0/quantity");
  EXPECT_EQ(with(DocumentType::dispatch, dispatch, "-1"), "/lines/0/quantity");
}

// ---------------------------------------------------------------- other values

TEST(Values, ImpossibleOnesAreNamed) {
  const auto order = [](const std::string& member) {
    return first_pointer(
        read_document(DocumentType::order, R"({"id":"1","lines":[],)" + member + "}"));
  };
  EXPECT_EQ(order(R"("ship_on":"2026-02-30")"), "/ship_on");
  EXPECT_EQ(order(R"("placed_at":"2026-02-30T00:00:00Z")"), "/placed_at");
  EXPECT_EQ(order(R"("placed_at":"2026-05-17")"), "/placed_at");
  EXPECT_EQ(order(R"("priority":1.5)"), "/priority");
  EXPECT_EQ(order(R"("priority":1.0)"), "accepted");
  EXPECT_EQ(order(R"("priority":1000001)"), "/priority");
  EXPECT_EQ(order(R"("version":9223372036854775807)"), "accepted");
  EXPECT_EQ(order(R"("version":9223372036854775808)"), "/version");
  EXPECT_EQ(order(R"("ship_to":{"country":"es"})"), "/ship_to/country");
  EXPECT_EQ(order(R"("policy":{"rotation":"FEFO"})"), "/policy/rotation");
  EXPECT_EQ(order(R"("policy":{"min_remaining_percent":101})"), "/policy/min_remaining_percent");
  EXPECT_EQ(order(R"("policy":{"max_lots":0})"), "/policy/max_lots");
  EXPECT_EQ(order(R"("policy":{"multiple":0})"), "/policy/multiple");
  EXPECT_EQ(order(R"("hold":"")"), "/hold");
  EXPECT_EQ(order(R"("number":"")"), "/number");
  EXPECT_EQ(order(R"("number":"a\nb")"), "/number");
  EXPECT_EQ(order(R"("number":")" + std::string(256, 'x') + "\""), "/number");
  EXPECT_EQ(order(R"("number":")" + std::string(255, 'x') + "\""), "accepted");
  EXPECT_EQ(order(R"("aliases":["a",null])"), "/aliases/1");
}

TEST(Values, LotCodesAreTrimmedAndLimited) {
  const auto hold = [](const std::string& lot) {
    return read_document(DocumentType::hold,
                         R"({"id":"1","code":"qa","lots":[{"sku":"A","lot":")" + lot + "\"}]}");
  };
  EXPECT_EQ(std::get<Hold>(hold("  007 ")->body).lots[0].lot.text, "007");
  EXPECT_EQ(first_pointer(hold("")), "/lots/0/lot");
  EXPECT_EQ(first_pointer(hold("   ")), "/lots/0/lot");
  EXPECT_EQ(first_pointer(hold(std::string(61, 'x'))), "/lots/0/lot");
  EXPECT_EQ(first_pointer(hold("a\\u0000b")), "/lots/0/lot");
}

TEST(Values, MoneyAndFactorsAreDecimalTexts) {
  const auto cost = [](const std::string& money) {
    return first_pointer(
        read_document(DocumentType::receipt,
                      R"({"id":"1","warehouse":"W","lines":[{"sku":"A","quantity":1,"unit_cost":)" +
                          money + "}]}"));
  };
  EXPECT_EQ(cost(R"({"amount":"0.82","currency":"EUR"})"), "accepted");
  EXPECT_EQ(cost(R"({"amount":0.82,"currency":"EUR"})"), "/lines/0/unit_cost/amount");
  EXPECT_EQ(cost(R"({"amount":"-1","currency":"EUR"})"), "/lines/0/unit_cost/amount");
  EXPECT_EQ(cost(R"({"amount":"1,5","currency":"EUR"})"), "/lines/0/unit_cost/amount");
  EXPECT_EQ(cost(R"({"amount":"1","currency":"euro"})"), "/lines/0/unit_cost/currency");
  EXPECT_EQ(cost(R"({"amount":"1"})"), "/lines/0/unit_cost/currency");
  const auto factor = [](const std::string& text) {
    return first_pointer(read_document(
        DocumentType::item, R"({"sku":"A","units":[{"code":"lb","factor":")" + text + "\"}]}"));
  };
  EXPECT_EQ(factor("0.45359237"), "accepted");
  for (const char* wrong : {"0", "0.0", "-1", "1e3", "", ".5", "5.", "01"})
    EXPECT_EQ(factor(wrong), "/units/0/factor") << wrong;
}

TEST(Values, LinesHaveNamesOfTheirOwn) {
  EXPECT_EQ(
      first_pointer(read_document(
          DocumentType::order,
          order_with(
              R"({"line":"1","quantity":1},{"line":"2","quantity":1},{"line":"1","quantity":1})"))),
      "/lines/2/line");
  // A receipt's lines are called by their place where nobody named them.
  const auto receipt = read_document(
      DocumentType::receipt,
      R"({"id":"1","warehouse":"W","lines":[{"sku":"A","quantity":1},{"sku":"A","quantity":1}]})");
  ASSERT_TRUE(receipt.ok());
  EXPECT_EQ(std::get<Receipt>(receipt->body).lines[1].line, "2");
}

// ---------------------------------------------------------------- content

TEST(Content, IsTheSameForTheSameMeaning) {
  const auto content = [](DocumentType type, const std::string& text) {
    const auto read = read_document(type, text);
    return read.ok() ? write_content(*read) : read.problem().detail;
  };
  const auto order = [&](const std::string& text) { return content(DocumentType::order, text); };
  const auto plain = order(R"({"id":"1","lines":[{"line":"1","sku":"A","quantity":3}]})");
  EXPECT_EQ(plain, order(R"({"owner":"o","source":"x","id":"1","at":"2026-05-16T08:00:00Z",
    "command":true,"number":null,"priority":0,"aliases":[],"policy":{},"attributes":{},
    "lines":[{"quantity":3.0,"sku":"A","line":"1","requires_shipping":true,"lot":null}]})"));
  EXPECT_NE(plain, order(R"({"id":"1","lines":[{"line":"1","sku":"A","quantity":4}]})"));
  EXPECT_NE(
      plain,
      order(R"({"id":"1","lines":[{"line":"1","sku":"A","quantity":3}],"attributes":{"a":1}})"));
  EXPECT_EQ(order(R"({"id":"1","lines":[],"attributes":{"b": [1, {}],"a":"\u0041"}})"),
            order(R"({"id":"1","lines":[],"attributes":{"a":"A","b":[1,{}]}})"));
  EXPECT_EQ(content(DocumentType::item, R"({"sku":"A"})"),
            content(DocumentType::item, R"({"sku":"A","unit":"each","decimals":0,"id":"A"})"));
}

TEST(Content, AnItemKeepsWhatItsSenderWrote) {
  const auto item = read_document(DocumentType::item, R"({"sku":"A","unit":"each","name":null})");
  ASSERT_TRUE(item.ok());
  EXPECT_EQ(item->id, "A");
  EXPECT_THAT(std::get<Item>(item->body).given, ElementsAre("unit"));
  EXPECT_EQ(write_document(*item), R"({"source":"api","id":"A","sku":"A","unit":"each"})");
}

TEST(Content, AReceiptKeepsWhetherItNamedAStatus) {
  const auto read = [](const std::string& status) {
    return read_document(
        DocumentType::receipt,
        R"({"id":"1","warehouse":"W","lines":[{"line":"1","sku":"A","quantity":1)" + status +
            "}]}");
  };
  EXPECT_FALSE(std::get<Receipt>(read("")->body).lines[0].status_given);
  EXPECT_TRUE(std::get<Receipt>(read(R"(,"status":"available")")->body).lines[0].status_given);
  EXPECT_NE(write_content(*read("")), write_content(*read(R"(,"status":"available")")));
}

TEST(Content, TextsKeepEveryCharacter) {
  const auto read = read_document(
      DocumentType::adjustment,
      R"({"id":"\u00e4\"\\/","warehouse":"W","reason":"lost","note":"a\u0001\n\t\u007f\ud83e\uddc0",)"
      R"("lines":[{"sku":"A","lot":"L","quantity":-1}]})");
  ASSERT_TRUE(read.ok()) << read.problem().detail;
  EXPECT_EQ(read->id, "ä\"\\/");
  EXPECT_EQ(std::get<Adjustment>(read->body).note, "a\x01\n\t\x7f\xF0\x9F\xA7\x80");
  EXPECT_EQ(*read_document(DocumentType::adjustment, write_document(*read)), *read);
}

// ---------------------------------------------------------------- limits and free data

TEST(Limits, DeepTextsAreRefused) {
  for (const std::size_t depth : {70u, 10'000u, 1'000'000u}) {
    for (const char* key : {"attributes", "lines", "zzz"}) {
      const auto text = R"({"id":"1",")" + std::string(key) + "\":" + std::string(depth, '[') +
                        std::string(depth, ']') + R"(,"lines":[]})";
      EXPECT_FALSE(read_document(DocumentType::order, text).ok()) << key << depth;
    }
    std::string objects;
    for (std::size_t i = 0; i < depth; ++i) objects += R"({"a":)";
    const auto text =
        R"({"id":"1","lines":[],"attributes":)" + objects + "1" + std::string(depth, '}') + "}";
    const auto read = read_document(DocumentType::order, text);
    ASSERT_FALSE(read.ok());
    EXPECT_THAT(read.problem().detail, HasSubstr("deep"));
  }
  EXPECT_FALSE(read_document(DocumentType::order, std::string(1'000'000, '[')).ok());
  EXPECT_FALSE(read_document(DocumentType::order, std::string(1'000'000, '{')).ok());
}

TEST(Limits, DepthIsCountedExactly) {
  const auto nested = [](std::size_t depth) {
    const std::size_t inside = depth - 2;  // the document and the attributes are the first two
    return read_document(DocumentType::order, R"({"id":"1","lines":[],"attributes":{"a":)" +
                                                  std::string(inside, '[') +
                                                  std::string(inside, ']') + "}}");
  };
  EXPECT_TRUE(nested(64).ok());
  EXPECT_FALSE(nested(65).ok());
}

TEST(Limits, LongListsAreRefused) {
  std::string lines;
  for (int i = 0; i < 4; ++i)
    lines += (i ? "," : "") + (R"({"quantity":1,"line":")" + std::to_string(i)) + "\"}";
  EXPECT_TRUE(read_document(DocumentType::order, order_with(lines), {.max_lines = 4}).ok());
  EXPECT_EQ(first_pointer(read_document(DocumentType::order, order_with(lines), {.max_lines = 3})),
            "/lines");
}

TEST(Limits, AtMostTwentyFaultsAreListed) {
  std::string lines;
  for (int i = 0; i < 30; ++i) lines += (i ? "," : "") + std::string(R"({"quantity":true})");
  const auto read = read_document(DocumentType::order, order_with(lines));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.problem().errors.size(), 20u);
  EXPECT_EQ(read.problem().errors[0].pointer, "/lines/0/quantity");
  EXPECT_EQ(read.problem().errors[1].pointer, "/lines/0/line");
  EXPECT_EQ(read.problem().errors[2].pointer, "/lines/1/quantity");
}

TEST(FreeData, MustBeJsonThroughout) {
  const auto attributes = [](const std::string& text) {
    return read_document(DocumentType::order, R"({"id":"1","lines":[],"attributes":)" + text + "}");
  };
  EXPECT_EQ(attributes(R"({ "b" : 1.50e3 , "a":[null,true,"x"] })")->attributes,
            R"({"a":[null,true,"x"],"b":1.50e3})");
  for (const char* broken :
       {R"({"a":01})", R"({"a":nul})", R"({"a":truE})", R"({"a":"\x"})", R"({"a":"\ud800"})",
        R"({"a":[1,]})", R"({"a":1,})", R"({a:1})", R"({"a" 1})", "{\"a\":\"\xff\"}",
        "{\"a\":\"\n\"}", R"({"a":1 2})", R"({"a":"x""y"})", R"({"a":[1}})", R"({"a":-})"}) {
    const auto read = attributes(broken);
    ASSERT_FALSE(read.ok()) << broken;
    EXPECT_EQ(read.problem().code, "bad_json") << broken;
  }
  EXPECT_EQ(first_pointer(attributes(R"({"a":{"b":1,"b":2}})")), "/attributes/a/b");
  EXPECT_EQ(first_pointer(attributes("[]")), "/attributes");
}

TEST(FreeData, WrongRootsAreNamed) {
  for (const char* text :
       {"", " ", "{", "}", "nul", "\xEF\xBB\xBF{}", "{}{}", "0{}", "\"id\": 1", "[1", "01",
        "true 1", "\\{}", R"({"id":"x": "y"})", R"({"id":"x"y})", R"({"id":"x",})"}) {
    const auto read = read_document(DocumentType::order, text);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.problem().code, "bad_json") << text;
    EXPECT_EQ(read_typed_document(text).problem().code, "bad_json") << text;
  }
  for (const char* text : {"[]", "1", "\"x\"", "null", "true"}) {
    const auto read = read_document(DocumentType::order, text);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.problem().code, "invalid_value") << text;
    EXPECT_EQ(first_pointer(read), "");
  }
}

TEST(TypedDocument, NeedsAKnownType) {
  EXPECT_EQ(first_pointer(read_typed_document(R"({"id":"1"})")), "/type");
  EXPECT_EQ(first_pointer(read_typed_document(R"({"type":7})")), "/type");
  EXPECT_EQ(first_pointer(read_typed_document(R"({"type":"orders"})")), "/type");
  EXPECT_TRUE(read_typed_document(R"({"id":"1","lines":[],"type":"order"})").ok());
  EXPECT_EQ(
      first_pointer(read_typed_document(R"({"type":"order","id":"1","lines":[],"type":"order"})")),
      "/type");
}

TEST(Policy, ReadsAndWrites) {
  const auto knobs = read_policy(R"({"rotation":"fifo","max_lots":null})");
  ASSERT_TRUE(knobs.ok());
  EXPECT_EQ(write_policy(*knobs), R"({"rotation":"fifo"})");
  EXPECT_TRUE(read_policy("{}")->empty());
  EXPECT_EQ(read_policy(R"({"x":1})").problem().code, "unknown_key");
}

}  // namespace
}  // namespace lotbridge
