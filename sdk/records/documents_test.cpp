#include <lotbridge/records.hpp>

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <boost/json.hpp>

#include "documents_samples.hpp"

namespace lotbridge {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::Field;

json::value parsed(std::string_view text) { return json::parse({text.data(), text.size()}); }

void expect_fault(DocumentType type, const std::string& text, const std::string& code,
                  const std::string& pointer) {
  const auto read = read_document(type, text);
  ASSERT_FALSE(read.ok()) << text;
  EXPECT_EQ(read.problem().code, code) << text << "\n" << read.problem().detail;
  EXPECT_THAT(read.problem().errors, Contains(Field(&FieldError::pointer, pointer))) << text;
}

// Calls on_place(pointer, slot) for the value and everything in it.
void each_place(json::value& value, const std::string& pointer,
                const std::function<void(const std::string&, json::value&)>& on_place) {
  on_place(pointer, value);
  if (value.is_object()) {
    for (auto& member : value.get_object())
      each_place(member.value(), pointer + "/" + std::string(member.key()), on_place);
  } else if (value.is_array()) {
    std::size_t index = 0;
    for (auto& element : value.get_array())
      each_place(element, pointer + "/" + std::to_string(index++), on_place);
  }
}

std::vector<std::string> places(std::string_view text) {
  std::vector<std::string> out;
  auto value = parsed(text);
  each_place(value, "", [&](const std::string& pointer, json::value&) { out.push_back(pointer); });
  return out;
}

class EachDocument : public testing::TestWithParam<DocumentSample> {};

TEST_P(EachDocument, RoundTripsWithEveryKey) {
  const auto& [type, text] = GetParam();
  const auto read = read_document(type, text);
  ASSERT_TRUE(read.ok()) << read.problem().detail;
  EXPECT_EQ(read->type(), type);
  const auto written = write_document(*read);
  const auto again = read_document(type, written);
  ASSERT_TRUE(again.ok()) << written << again.problem().detail;
  EXPECT_EQ(*again, *read) << written;
  EXPECT_EQ(write_document(*again), written);
  // Nothing that was sent is lost: the written text says the same, key for key.
  EXPECT_EQ(parsed(written), parsed(text)) << written;
}

TEST_P(EachDocument, RoundTripsWithItsType) {
  const auto& [type, text] = GetParam();
  const auto read = read_document(type, text);
  const auto typed = write_document(*read, true);
  EXPECT_TRUE(typed.starts_with("{\"type\":\"" + std::string(document_type_name(type)) + "\","));
  const auto again = read_typed_document(typed);
  ASSERT_TRUE(again.ok()) << again.problem().detail;
  EXPECT_EQ(*again, *read);
  // Where the path says it already it may be repeated, but not contradicted.
  EXPECT_EQ(*read_document(type, typed), *read);
  const auto other = type == DocumentType::item ? DocumentType::policy : DocumentType::item;
  expect_fault(other, typed, "invalid_value", "/type");
}

TEST_P(EachDocument, RefusesEveryWrongType) {
  const auto& [type, text] = GetParam();
  const json::value wrongs[] = {json::value(7), json::value("\x01"), json::value(true),
                                json::array({1}), json::object({{"zzz", 1}})};
  for (const auto& place : places(text)) {
    if (place.starts_with("/attributes/")) continue;
    for (const auto& wrong : wrongs) {
      auto value = parsed(text);
      json::kind old{};
      each_place(value, "", [&](const std::string& pointer, json::value& slot) {
        if (pointer != place) return;
        old = slot.kind();
        if (old != wrong.kind()) slot = wrong;
      });
      if (old == wrong.kind() || (old == json::kind::uint64 && wrong.is_int64()) ||
          (old == json::kind::double_ && wrong.is_int64()))
        continue;
      expect_fault(type, json::serialize(value), "invalid_value", place);
    }
  }
}

TEST_P(EachDocument, RefusesUnknownKeysEverywhere) {
  const auto& [type, text] = GetParam();
  for (const auto& place : places(text)) {
    if (place.starts_with("/attributes")) continue;
    auto value = parsed(text);
    bool is_object = false;
    each_place(value, "", [&](const std::string& pointer, json::value& slot) {
      if (pointer != place || !slot.is_object()) return;
      is_object = true;
      slot.get_object()["z/~z"] = json::array({json::object({{"a", nullptr}})});
    });
    if (is_object) expect_fault(type, json::serialize(value), "unknown_key", place + "/z~1~0z");
  }
}

TEST_P(EachDocument, RefusesKeysThatStandTwice) {
  const auto& [type, text] = GetParam();
  for (const auto& place : places(text)) {
    if (place.empty()) continue;
    const auto key = place.substr(place.rfind('/') + 1);
    if (key.find_first_not_of("0123456789") == std::string::npos) continue;
    // A marker in front of the member tells where its twin goes.
    auto value = parsed(text);
    each_place(value, "", [&](const std::string& pointer, json::value& slot) {
      if (pointer == place) slot = json::array({"TWIN", slot});
    });
    auto twice = json::serialize(value);
    const std::string marked = "\"" + key + "\":[\"TWIN\",";
    const auto at = twice.find(marked);
    ASSERT_NE(at, std::string::npos);
    std::size_t end = at + marked.size();
    for (int depth = 0; depth > 0 || twice[end] != ']'; ++end)
      depth += twice[end] == '[' ? 1 : twice[end] == ']' ? -1 : 0;
    const auto original = twice.substr(at + marked.size(), end - at - marked.size());
    const std::string member = "\"" + key + "\":" + original;
    twice.replace(at, end + 1 - at, member + "," + member);
    expect_fault(type, twice, "invalid_value", place);
  }
}

TEST_P(EachDocument, RefusesEveryCutText) {
  const auto& [type, text] = GetParam();
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto read = read_document(type, text.substr(0, length));
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.problem().code, "bad_json") << text.substr(0, length);
  }
  for (const char* more : {"}", "]", ",", "{}", "x", "\"\"", " 1", "\n\n0", "\xff"}) {
    const auto read = read_document(type, std::string(text) + more);
    ASSERT_FALSE(read.ok()) << more;
    EXPECT_EQ(read.problem().code, "bad_json") << more;
  }
  EXPECT_TRUE(read_document(type, " \n\t" + std::string(text) + "\r\n ").ok());
}

TEST_P(EachDocument, DoesNotCareAboutTheOrderOfKeys) {
  const auto& [type, text] = GetParam();
  auto value = parsed(text);
  json::object reversed;
  const auto& members = value.get_object();
  for (auto at = members.end(); at != members.begin();) {
    --at;
    reversed[at->key()] = at->value();
  }
  const auto read = read_document(type, json::serialize(reversed));
  ASSERT_TRUE(read.ok()) << read.problem().detail;
  EXPECT_EQ(write_document(*read), write_document(*read_document(type, text)));
}

TEST_P(EachDocument, HasNamesAndPaths) {
  const auto type = GetParam().type;
  EXPECT_EQ(document_type(document_type_name(type)), type);
  if (document_type_path(type).empty()) {
    EXPECT_EQ(document_type_of_path(document_type_path(type)), std::nullopt);
  } else {
    EXPECT_EQ(document_type_of_path(document_type_path(type)), type);
  }
}

INSTANTIATE_TEST_SUITE_P(Documents, EachDocument, testing::ValuesIn(kDocumentSamples),
                         [](const auto& sample) {
                           return std::string(document_type_name(sample.param.type));
                         });

// ---------------------------------------------------------------- what is required

TEST(Required, EachMissingOrNullKeyIsNamed) {
  const auto without_void = [](DocumentType type) {
    auto value = parsed(sample_of(type));
    value.get_object().erase("void_of");
    return value;
  };
  const std::vector<std::pair<DocumentType, std::vector<std::string>>> required = {
      {DocumentType::item, {"sku"}},
      {DocumentType::policy, {"id", "policy"}},
      {DocumentType::receipt, {"id", "warehouse", "lines"}},
      {DocumentType::order, {"id", "lines"}},
      {DocumentType::pick, {"id", "order", "lines"}},
      {DocumentType::cancellation, {"id", "order"}},
      {DocumentType::dispatch, {"id", "order", "lines"}},
      {DocumentType::return_, {"id", "lines"}},
      {DocumentType::hold, {"id", "code", "lots"}},
      {DocumentType::release, {"id", "code", "lots"}},
      {DocumentType::transfer, {"id", "from", "to", "lines"}},
      {DocumentType::count, {"id", "warehouse", "lines"}},
      {DocumentType::adjustment, {"id", "warehouse", "reason", "lines"}},
      {DocumentType::erasure, {"id"}},
      {DocumentType::transformation, {"id", "warehouse"}},
      {DocumentType::lot_correction, {"id", "sku", "lot"}},
      {DocumentType::purchase_order, {"id", "lines"}},
      {DocumentType::charge, {"id", "receipt", "kind", "amount"}},
      {DocumentType::resolution, {"id", "of", "lots"}},
      {DocumentType::owner_transfer, {"id", "to_owner", "warehouse", "lines"}},
      {DocumentType::recall, {"id", "scope"}},
      {DocumentType::transfer_close, {"id", "transfer", "reason"}},
  };
  for (const auto& [type, keys] : required) {
    const auto whole = without_void(type);
    for (const auto& member : whole.get_object()) {
      const std::string key(member.key());
      const bool needed = std::find(keys.begin(), keys.end(), key) != keys.end();
      for (const bool null : {false, true}) {
        auto value = whole;
        if (null) {
          value.get_object()[key] = nullptr;
        } else {
          value.get_object().erase(key);
        }
        if (needed) {
          expect_fault(type, json::serialize(value), "invalid_value", "/" + key);
        } else {
          EXPECT_TRUE(read_document(type, json::serialize(value)).ok()) << key;
        }
      }
    }
  }
}

TEST(Required, TakingBackNeedsNothingElse) {
  for (const auto type :
       {DocumentType::receipt, DocumentType::pick, DocumentType::dispatch, DocumentType::return_,
        DocumentType::transfer, DocumentType::count, DocumentType::adjustment,
        DocumentType::transformation, DocumentType::owner_transfer}) {
    const auto read = read_document(type, R"({"id":"V","void_of":"S-1"})");
    ASSERT_TRUE(read.ok()) << read.problem().detail;
    const auto again = read_document(type, write_document(*read));
    ASSERT_TRUE(again.ok()) << write_document(*read);
    EXPECT_EQ(*again, *read);
  }
}

TEST(Required, AnErasureSaysOfWhat) {
  expect_fault(DocumentType::erasure, R"({"id":"E"})", "invalid_value", "");
  expect_fault(DocumentType::erasure, R"({"id":"E","all":false})", "invalid_value", "");
  EXPECT_TRUE(read_document(DocumentType::erasure, R"({"id":"E","all":true})").ok());
}

TEST(Required, ALineNamesItsGoods) {
  expect_fault(DocumentType::dispatch, R"({"id":"S","order":"1","lines":[{"quantity":1}]})",
               "invalid_value", "/lines/0");
  expect_fault(DocumentType::return_, R"({"id":"S","lines":[{"quantity":1,"sku":null}]})",
               "invalid_value", "/lines/0");
  expect_fault(DocumentType::pick, R"({"id":"S","order":"1","lines":[{"quantity":1}]})",
               "invalid_value", "/lines/0");
  EXPECT_TRUE(read_document(DocumentType::pick,
                            R"({"id":"S","order":"1","lines":[{"quantity":1,"scan":"x"}]})")
                  .ok());
}

}  // namespace
}  // namespace lotbridge
