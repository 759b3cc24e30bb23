#include <gtest/gtest.h>
#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

namespace lotbridge {
namespace {

// What reading ended with: "" or "PATH: MESSAGE".
template <typename Read>
std::string fault(Read read) {
  try {
    read();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.status, LB_BAD_RECORD);
    return failure.path + ": " + failure.message;
  }
  return "";
}

TEST(Json, ReadsEveryTypeAtItsPlace) {
  const Json json =
      Json::parse(R"( {"a": "x\u00e9\n", "n": 12, "b": true, "z": null, "l": [1, {"k": "v"}] } )");
  EXPECT_EQ(json["a"].text(), "x\u00e9\n");
  EXPECT_EQ(json["n"].integer(), 12);
  EXPECT_TRUE(json["b"].boolean());
  EXPECT_TRUE(json["z"].exists());
  EXPECT_TRUE(json["z"].is_null());
  EXPECT_FALSE(json["nothing"].exists());
  EXPECT_EQ(json["l"][1]["k"].text(), "v");
  EXPECT_EQ(json["l"].size(), 2u);
  EXPECT_EQ(json["l"][1].path(), "/l/1");
  EXPECT_EQ(json["l"][1].raw(), R"({"k": "v"})");
  EXPECT_EQ(json["l"].raw(), R"([1, {"k": "v"}])");
  EXPECT_EQ(json.raw(),
            R"({"a": "x\u00e9\n", "n": 12, "b": true, "z": null, "l": [1, {"k": "v"}] })");
}

TEST(Json, KeepsNumbersExactly) {
  const Json json = Json::parse(
      R"({"id": 9007199254740993, "big": 18446744073709551615, "huge": 123456789012345678901234567890,
          "price": 0.10, "qty": "2.500000", "e": 3e2})");
  EXPECT_EQ(json["id"].integer(), 9007199254740993);
  EXPECT_EQ(json["id"].id(), "9007199254740993");
  EXPECT_EQ(json["big"].id(), "18446744073709551615");
  EXPECT_EQ(json["huge"].id(), "123456789012345678901234567890");
  EXPECT_EQ(json["price"].decimal(), "0.10");
  EXPECT_EQ(json["qty"].quantity().text(), "2.5");
  EXPECT_EQ(json["e"].quantity().text(), "300");
  EXPECT_EQ(json["price"].money("EUR").amount_text(), "0.10");
}

TEST(Json, ANumberBeyondAllRangesIsStillItsText) {
  const Json json = Json::parse(R"([1e999, -1e-999, {"a": 1e400}, 2])");
  EXPECT_EQ(json[0].decimal(), "1e999");
  EXPECT_EQ(json[1].decimal(), "-1e-999");
  EXPECT_EQ(json[2]["a"].raw(), "1e400");
  EXPECT_EQ(json[3].integer(), 2);
  EXPECT_EQ(Json::parse("1e999").decimal(), "1e999");
}

TEST(Json, FaultsNameThePlace) {
  const Json json = Json::parse(R"({"orders": [{"id": 7, "a/b": {"~": []}}], "n": 1.5, "t": "x"})");
  EXPECT_EQ(fault([&] { json["orders"][0]["id"].text(); }),
            "/orders/0/id: expected text, found a number");
  EXPECT_EQ(fault([&] { json["orders"][0]["no"].text(); }),
            "/orders/0/no: expected text, found nothing");
  EXPECT_EQ(fault([&] { json["x"]["y"]["z"].text(); }), "/x/y/z: expected text, found nothing");
  EXPECT_EQ(fault([&] { json["orders"]["id"]; }), "/orders: expected an object, found a list");
  EXPECT_EQ(fault([&] { json["orders"][0]["a/b"]["~"].boolean(); }),
            "/orders/0/a~1b/~0: expected true or false, found a list");
  EXPECT_EQ(fault([&] { json["n"].integer(); }), "/n: expected a whole number of at most 64 bits");
  EXPECT_EQ(fault([&] { json["t"].quantity(); }), "/t: expected a quantity of at most 6 decimals");
  EXPECT_EQ(fault([&] { json["t"].time(); }),
            "/t: expected a time with its zone, such as 2026-05-16T08:00:00Z");
  EXPECT_EQ(fault([&] { json["orders"][3]["id"].id(); }),
            "/orders/3/id: expected an identifier, found nothing");
}

TEST(Json, AbsentAndNullAreGentle) {
  const Json json = Json::parse(R"({"customer": null, "name": ""})");
  EXPECT_EQ(json["customer"]["email"].text_maybe(), std::nullopt);
  EXPECT_EQ(json["customer"]["email"].text_or("-"), "-");
  EXPECT_EQ(json["name"].text_maybe(), std::nullopt);
  EXPECT_EQ(json["name"].text(), "");
  EXPECT_TRUE(json["lines"].items_or_none().empty());
  EXPECT_EQ(Json()["a"].integer_maybe(), std::nullopt);
}

TEST(Json, RefusesWhatIsNotOneValue) {
  for (const char* text :
       {"", "   ", "{", "[1,]", "{\"a\":}", "{\"a\":1}}", "[1] 2", "nul", "01", "1.", "-", "tru",
        "\"a", "[\"a\\x\"]", "{\"a\":1 \"b\":2}", "[1 2]", "<html></html>", "[01]", "[nope]"}) {
    EXPECT_NE(fault([&] { Json::parse(text); }), "") << text;
  }
  EXPECT_NE(fault([] { Json::parse(std::string(1000, '[') + std::string(1000, ']')); }), "");
  EXPECT_NE(fault([] { Json::parse("[\"\xff\"]"); }), "");
}

TEST(Json, AScalarIsAValueToo) {
  EXPECT_EQ(Json::parse("\"2026-05-16\"").date().text(), "2026-05-16");
  EXPECT_EQ(Json::parse(" 17 ").integer(), 17);
  EXPECT_TRUE(Json::parse("null").is_null());
  EXPECT_TRUE(Json::parse("null").exists());
  EXPECT_EQ(Json::parse("false").boolean(), false);
}

TEST(Json, AViewKeepsItsTextAlive) {
  Json inner;
  {
    const Json outer = Json::parse(R"({"a": {"b": "kept"}})");
    inner = outer["a"];
  }
  EXPECT_EQ(inner["b"].text(), "kept");
  EXPECT_EQ(inner["b"].path(), "/a/b");
}

TEST(JsonText, WritesValues) {
  const Json read = Json::parse(R"({"id": 9007199254740993})");
  const JsonText text = json_object({{"query", "a \"b\"\n\x01"},
                                     {"n", 5},
                                     {"big", read["id"]},
                                     {"none", Maybe<std::string>()},
                                     {"yes", true},
                                     {"list", json_array({1, "x", nullptr})},
                                     {"quantity", Quantity{1'500'000}}});
  EXPECT_EQ(text.str(),
            R"({"query":"a \"b\"\n\u0001","n":5,"big":9007199254740993,"none":null,"yes":true,)"
            R"("list":[1,"x",null],"quantity":1.5})");
  EXPECT_EQ(Json::parse(text.str())["query"].text(), "a \"b\"\n\x01");
  EXPECT_EQ(json_object({}).str(), "{}");
  EXPECT_EQ(json_array({}).str(), "[]");
}

}  // namespace
}  // namespace lotbridge
