// The small rules of the host: addresses, private networks, limits, settings, descriptors, files,
// records.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <lotbridge/records.hpp>

#include "daemon/host/address.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/intake.hpp"
#include "daemon/host/limits.hpp"
#include "daemon/host/loader.hpp"
#include "daemon/host/private_address.hpp"
#include "daemon/host/schema_check.hpp"

namespace lotbridge::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Address, IsTakenApartStrictly) {
  const auto address = parse_address("HTTPS://Demo.Acme.Example/a/b?x=1#top");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "demo.acme.example");
  EXPECT_EQ(address->port, 443);
  EXPECT_EQ(address->text(), "https://demo.acme.example/a/b?x=1");
  EXPECT_EQ(parse_address("http://[::1]:8080")->text(), "http://[::1]:8080/");
  for (const char* bad :
       {"", "demo", "//demo/x", "ftp://a.example/", "https://u@a.example/",
        "https://u:p@a.example/", "https://a.example./", "https://a b.example/",
        "https://a.example/\t", "https://a.example\\b", "javascript:alert(1)", "file:///etc/passwd",
        "https://a.example:0/", "https://a.example:99999/"}) {
    EXPECT_FALSE(parse_address(bad)) << bad;
  }
}

TEST(Address, PatternsMatchWholeNames) {
  const std::vector<std::string> patterns = {"api.acme.example", "*.cdn.example",
                                             "odd.example:8443"};
  const auto ok = [&](const char* url) { return allowed(*parse_address(url), patterns); };
  EXPECT_TRUE(ok("https://api.acme.example/"));
  EXPECT_TRUE(ok("https://API.acme.example/"));
  EXPECT_TRUE(ok("https://a.b.cdn.example/"));
  EXPECT_TRUE(ok("https://odd.example:8443/"));
  for (const char* url :
       {"https://acme.example/", "https://api.acme.example:444/", "https://xapi.acme.example/",
        "https://api.acme.example.evil.example/", "https://cdn.example/",
        "https://evilcdn.example/", "https://odd.example/", "http://api.acme.example/"}) {
    EXPECT_FALSE(ok(url)) << url;
  }
}

TEST(Address, PlainHttpOnlyWhereThePatternSaysSo) {
  const std::vector<std::string> patterns = {"http://old.example", "http://odd.example:8080"};
  const auto ok = [&](const char* url) { return allowed(*parse_address(url), patterns); };
  EXPECT_TRUE(ok("http://old.example/"));
  EXPECT_TRUE(ok("http://odd.example:8080/"));
  EXPECT_FALSE(ok("https://old.example/"));
  EXPECT_FALSE(ok("http://old.example:443/"));
  EXPECT_FALSE(ok("http://other.example/"));
}

TEST(Address, FollowsRelativeLocations) {
  const Address from = *parse_address("https://a.example/x/y?q=1");
  EXPECT_EQ(follow(from, "/z")->text(), "https://a.example/z");
  EXPECT_EQ(follow(from, "w?p=2")->text(), "https://a.example/x/w?p=2");
  EXPECT_EQ(follow(from, "//b.example/")->host, "b.example");
  EXPECT_FALSE(follow(from, "https://u:p@a.example/"));
}

bool is_private_text(const char* text) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
    return is_private(reinterpret_cast<sockaddr*>(&v4));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, text, &v6.sin6_addr), 1) << text;
  return is_private(reinterpret_cast<sockaddr*>(&v6));
}

TEST(PrivateAddress, BothSidesOfEveryBorder) {
  for (const char* text :
       {"0.0.0.0",     "10.0.0.0",        "10.255.255.255",   "100.64.0.0",      "100.127.255.255",
        "127.0.0.1",   "169.254.169.254", "172.16.0.0",       "172.31.255.255",  "192.0.0.1",
        "192.168.0.1", "198.18.0.1",      "224.0.0.1",        "255.255.255.255", "::",
        "::1",         "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "fc00::1",     "fdff::1",         "fe80::1",          "ff02::1",         "2001:db8::1"}) {
    EXPECT_TRUE(is_private_text(text)) << text;
  }
  for (const char* text : {"9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
                           "126.255.255.255", "128.0.0.0", "169.253.255.255", "172.15.255.255",
                           "172.32.0.0", "192.167.255.255", "198.17.255.255", "198.20.0.0",
                           "8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"}) {
    EXPECT_FALSE(is_private_text(text)) << text;
  }
}

TEST(TokenBucket, GivesBurstsThenTheRate) {
  LimitRule rule;
  rule.rate = 2;
  rule.burst = 4;
  TokenBucket bucket(rule);
  const SteadyTime start{std::chrono::hours(1)};
  for (int n = 0; n < 4; ++n) EXPECT_EQ(bucket.reserve(1, 10'000, start), 0);
  EXPECT_EQ(bucket.reserve(1, 10'000, start), 500);
  EXPECT_EQ(bucket.reserve(1, 10'000, start), 1000);
  EXPECT_EQ(bucket.reserve(1, 100, start), 1500);  // too long: nothing is taken
  EXPECT_EQ(bucket.reserve(1, 10'000, start + std::chrono::milliseconds(1500)), 0);
  // More than it can ever hold costs all of it, not eternity.
  EXPECT_EQ(bucket.reserve(100, 10'000, start + std::chrono::hours(1)), 0);
  bucket.learn(0, 10, 20, start + std::chrono::hours(1));
  EXPECT_EQ(bucket.reserve(1, 10'000, start + std::chrono::hours(1)), 100);
}

TEST(Limits, LearnFromHeaders) {
  LimitRule rule;
  rule.rate = 1;
  rule.burst = 40;
  rule.remaining_header = "X-Call-Limit";
  Limits limits({{"default", rule}});
  const SteadyTime start{std::chrono::hours(1)};
  limits.learn("default", HttpReply(200, {{"x-call-limit", "39/40"}}, ""), start);
  EXPECT_EQ(limits.reserve("default", 1, 10'000, start), 0);
  EXPECT_EQ(limits.reserve("default", 1, 10'000, start), 1000);
  limits.learn("default", HttpReply(200, {{"x-call-limit", "nonsense"}}, "<html>"), start);
  EXPECT_EQ(limits.reserve("default", 1, 10'000, start), 2000);
  EXPECT_EQ(limits.reserve("unknown", 1, 10'000, start), 0);
}

std::vector<std::string> faults(const char* schema, const char* value) {
  std::vector<std::string> out;
  for (const auto& fault : check_against(Json::parse(schema), Json::parse(value), "/settings")) {
    out.push_back(fault.pointer + " " + fault.detail);
  }
  return out;
}

TEST(SchemaCheck, NamesEveryFaultAtItsPlace) {
  const char* schema =
      R"({"type": "object", "required": ["shop", "day"], "additionalProperties": false, "properties": {
    "shop": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5}, "day": {"enum": ["mon", "tue", 3]},
    "n": {"type": ["integer", "null"], "minimum": 1, "maximum": 10},
    "list": {"type": "array", "items": {"type": "boolean"}, "minItems": 1},
    "map": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
    "either": {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "object", "additionalProperties": {"const": 1}}]}}})";
  EXPECT_THAT(
      faults(
          schema,
          R"({"shop": "demo", "day": 3, "n": null, "list": [true], "map": {"x": "y"}, "either": "a"})"),
      ElementsAre());
  EXPECT_THAT(faults(schema, R"({"shop": "demo", "day": "mon", "either": {"k": 1}, "n": 10})"),
              ElementsAre());
  EXPECT_THAT(faults(schema, "[]"), ElementsAre("/settings must be of type object"));
  EXPECT_THAT(
      faults(schema, R"({"shop": "Demos1", "n": 11, "list": [], "map": {"a/b": ""}, "x": 1})"),
      ElementsAre("/settings/day is missing", "/settings/shop is too long",
                  "/settings/shop must look like ^[a-z]+$", "/settings/n must be at most 10",
                  "/settings/list has too few entries", "/settings/map/a~1b must not be empty",
                  "/settings/x is not a known key"));
  EXPECT_THAT(
      faults(schema,
             R"({"shop": "demo", "day": "wed", "n": 1.5, "list": [1], "either": {"k": 2}})"),
      ElementsAre("/settings/day must be one of \"mon\", \"tue\", 3",
                  "/settings/n must be of type integer or null",
                  "/settings/list/0 must be of type boolean", "/settings/either/k must be 1"));
  EXPECT_EQ(check_schema(Json::parse(R"({"type": "object", "properties": {"a": {"oneOf": []}}})"))
                .at(0)
                .pointer,
            "/properties/a/oneOf");
  EXPECT_EQ(check_schema(Json::parse(R"({"pattern": "["})")).at(0).detail,
            "is not a regular expression");
}

TEST(Descriptor, ExpandsSettingsAndRefusesWhatIsUnbounded) {
  const Json settings = Json::parse(R"({"shop": "demo", "n": 5})");
  EXPECT_EQ(expand("{shop}.acme.example", settings), "demo.acme.example");
  EXPECT_EQ(expand("plain.example", settings), "plain.example");
  EXPECT_EQ(expand("{n}.example", settings), std::nullopt);
  EXPECT_EQ(expand("{none}.example", settings), std::nullopt);
  const auto broken = [](const std::string& part) {
    return read_descriptor(R"({"id": "a", "name": "A", "version": "1", "abi": "1.0", )" + part +
                           "}")
        .problem()
        .errors.at(0)
        .pointer;
  };
  EXPECT_EQ(broken(R"("secrets": {"token": {}})"), "/secrets/token");
  EXPECT_EQ(broken(R"("limits": {"default": {"rate": 0}})"), "/limits/default");
  EXPECT_EQ(broken(R"("io": "own")"), "/io");
  EXPECT_EQ(
      broken(
          R"("webhooks": [{"topic": "x", "verify": {"hmac": "sha256", "secret": "no", "header": "h"}}])"),
      "/webhooks/0/verify/secret");
  EXPECT_EQ(read_descriptor(R"({"id": "a", "name": "A", "version": "1", "abi": "2.0"})")
                .problem()
                .errors.at(0)
                .pointer,
            "/abi");
}

class LoaderTest : public ::testing::TestWithParam<Isolation> {
 protected:
  LoaderTest()
      : folder_(std::filesystem::temp_directory_path() /
                ("lotbridge-loader-" + std::to_string(getpid()) + "-" + std::to_string(++count_))) {
    std::filesystem::remove_all(folder_);
    put("acme");
  }
  ~LoaderTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path put(const std::string& place) {
    std::filesystem::create_directories(folder_ / place);
    const std::filesystem::path from = std::filesystem::path(LOTBRIDGE_TEST_CONNECTORS) / "acme";
    for (const char* name : {"acme.so", "descriptor.json"})
      std::filesystem::copy(from / name, folder_ / place / name);
    return folder_ / place;
  }
  std::string problem(const std::string& type = "acme") {
    const auto loaded = load_connector({"/nowhere", folder_.string()}, type, GetParam());
    return loaded.ok() ? "" : loaded.problem().detail;
  }
  // A library that was loaded once under a name is not looked at again.
  static inline int count_ = 0;
  std::filesystem::path folder_;
};

INSTANTIATE_TEST_SUITE_P(Both, LoaderTest,
                         ::testing::Values(Isolation::process, Isolation::in_process));

TEST_P(LoaderTest, LoadsWhatIsSoundAndSaysWhatIsNot) {
  EXPECT_EQ(problem(), "");
  EXPECT_THAT(problem("other"), HasSubstr("other/other.so"));

  chmod((folder_ / "acme").c_str(), 0777);
  EXPECT_THAT(problem(), HasSubstr("could be changed by others"));
  chmod((folder_ / "acme").c_str(), 0755);
  chmod((folder_ / "acme/acme.so").c_str(), 0666);
  EXPECT_THAT(problem(), HasSubstr("mode 0666"));
  chmod((folder_ / "acme/acme.so").c_str(), 0644);

  std::ofstream(folder_ / "acme/descriptor.json", std::ios::app) << " ";
  EXPECT_THAT(problem(), HasSubstr("is not the one that it was built with"));
  std::filesystem::remove(folder_ / "acme/descriptor.json");
  EXPECT_THAT(problem(), HasSubstr("has no descriptor.json"));
}

TEST_P(LoaderTest, AFileThatIsNoConnectorIsRefused) {
  std::ofstream(folder_ / "acme/acme.so", std::ios::trunc) << "no library";
  EXPECT_THAT(problem(), HasSubstr("can't be loaded"));
}

TEST_P(LoaderTest, TheGreatestVersionInAFolderCounts) {
  std::filesystem::remove_all(folder_ / "acme");
  for (const char* version : {"acme/1.9.2", "acme/1.10.0", "acme/1.2.0"}) put(version);
  const auto loaded = load_connector({folder_.string()}, "acme", GetParam());
  ASSERT_TRUE(loaded.ok()) << loaded.problem().detail;
  EXPECT_THAT((*loaded)->file, HasSubstr("1.10.0"));
}

TEST(Intake, WhereAParcelIsIsNoDocumentAndNoProblem) {
  const std::string told =
      R"({"id":"trk_1","tracking_number":"X1","state":"delivered","at":"2026-05-17T10:00:00Z"})";
  const auto good =
      std::get<engine::Unreadable>(take_in("tracking/1", told, {"one", {}}, "easypost", "x"));
  EXPECT_EQ(good.problem.code, "");
  EXPECT_EQ(good.owner, "one");
  EXPECT_EQ(good.id, "trk_1");
  EXPECT_EQ(good.raw, told);
  for (const char* bad :
       {R"({"id":"t","tracking_number":"X1","state":"lost","at":"2026-05-17T10:00:00Z"})",
        R"({"id":"t","tracking_number":"","state":"delivered","at":"2026-05-17T10:00:00Z"})",
        R"({"id":"t","tracking_number":"X1","state":"delivered"})", "{"}) {
    const auto record = take_in("tracking/1", bad, {"one", {}}, "easypost", "x");
    EXPECT_NE(std::get<engine::Unreadable>(record).problem.code, "") << bad;
  }
}

TEST(Intake, MapsOwnersAndKeepsWhatItCanNotRead) {
  Document document;
  document.id = "1";
  document.owner = "ACME";
  document.body = Cancellation{"#1001", std::nullopt, std::nullopt};
  const std::string json = write_document(document);
  const OwnerRule mapped{"", {{"ACME", "acme-foods"}}};

  const auto good = take_in("cancellation/1", json, mapped, "files", "x");
  ASSERT_TRUE(std::holds_alternative<Document>(good));
  EXPECT_EQ(std::get<Document>(good).owner, "acme-foods");
  EXPECT_EQ(std::get<Document>(good).source, "files");
  EXPECT_EQ(std::get<Document>(take_in("cancellation/1", json, {"one", {}}, "files", "x")).owner,
            "one");

  const auto code_of = [&](std::string_view kind, const std::string& text, const OwnerRule& rule) {
    const auto record = take_in(kind, text, rule, "files", "a.csv:3");
    const auto* bad = std::get_if<engine::Unreadable>(&record);
    EXPECT_TRUE(bad == nullptr || (bad->raw == text && bad->origin == "a.csv:3"));
    return bad ? bad->problem.code : "";
  };
  EXPECT_EQ(code_of("cancellation/1", json, {"", {{"OTHER", "o"}}}), "unknown_owner");
  EXPECT_EQ(code_of("cancellation/2", json, mapped), "unknown_kind");
  EXPECT_EQ(code_of("nonsense/1", json, mapped), "unknown_kind");
  EXPECT_EQ(code_of("cancellation/1", "{", mapped), "bad_json");
  EXPECT_EQ(code_of("cancellation/1", R"({"id": "1", "oder": "x"})", mapped), "unknown_key");

  const auto parked =
      take_in("parked/1",
              R"({"kind": "receipt/1", "raw": "a;b", "path": "/2", "message": "no lot", "id": "7",
                                  "owner": "ACME", "origin": "in.csv:9"})",
              mapped, "files", "receipts.pull/1");
  const auto& kept = std::get<engine::Unreadable>(parked);
  EXPECT_EQ(kept.owner, "acme-foods");
  EXPECT_EQ(kept.kind, "receipt/1");
  EXPECT_EQ(kept.raw, "a;b");
  EXPECT_EQ(kept.origin, "in.csv:9");
  EXPECT_EQ(kept.problem.errors.at(0).pointer, "/2");
}

}  // namespace
}  // namespace lotbridge::host
