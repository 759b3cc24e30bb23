#include <gmock/gmock.h>
#include <lotbridge/cassette.hpp>

namespace lotbridge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTape = R"(
exchanges:
  - request: {url: "https://a.example/1"}
    reply: {body: 'one'}
  - request: {method: POST, url: "https://a.example/2", body: '{"a": 1, "b": [2]}', headers: {x-mode: fast}}
    reply: {code: 201, headers: {x-id: "7"}, body: '{}'}
  - request: {url: "https://a.example/other", bucket: slow}
    reply: {code: 429, headers: {retry-after: "3"}}
)";

HttpRequest get(std::string url, std::string bucket = "") {
  HttpRequest out;
  out.url = std::move(url);
  out.bucket = std::move(bucket);
  return out;
}

TEST(Cassette, PlaysInOrderPerBucket) {
  CassettePlayer player(Cassette::read(kTape).value());
  EXPECT_EQ(player.play(get("https://a.example/other", "slow"))->code(), 429);
  EXPECT_EQ(player.play(get("https://a.example/1"))->body(), "one");
  HttpRequest post = get("https://a.example/2");
  post.method = "POST";
  post.headers = {{"X-Mode", "fast"}, {"X-More", "any"}};
  post.body = "{\"b\":[2],\"a\":1}";
  EXPECT_EQ(player.play(post)->header("X-ID"), "7");
  EXPECT_EQ(player.unplayed(), "");
}

TEST(Cassette, AMismatchShowsTheNearest) {
  CassettePlayer player(Cassette::read(kTape).value());
  const auto refused = player.play(get("https://a.example/one"));
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.problem().detail, HasSubstr("recorded: https://a.example/1"));
  EXPECT_THAT(refused.problem().detail, HasSubstr("asked:    https://a.example/one"));
  EXPECT_THAT(player.unplayed(), HasSubstr("POST https://a.example/2"));

  HttpRequest early = get("https://a.example/2");
  early.method = "POST";
  early.headers = {{"x-mode", "fast"}};
  early.body = R"({"a": 1, "b": [2]})";
  EXPECT_THAT(player.play(early).problem().detail, HasSubstr("recorded for later"));
}

TEST(Cassette, SaysWhereItsTextIsWrong) {
  EXPECT_THAT(Cassette::read("exchanges:\n  - request: {uri: x}\n    reply: {}").problem().detail,
              HasSubstr("unknown key 'uri'"));
  EXPECT_FALSE(Cassette::read("exchanges: [").ok());
  EXPECT_FALSE(Cassette::load("/nowhere/at/all.yaml").ok());
}

TEST(Cassette, WritesWhatItReads) {
  const Cassette tape = Cassette::read(kTape).value();
  const Cassette again = Cassette::read(tape.write()).value();
  EXPECT_EQ(again.write(), tape.write());
  EXPECT_EQ(again.exchanges.at(1).request.body, tape.exchanges.at(1).request.body);
  EXPECT_EQ(again.exchanges.at(2).code, 429);
}

TEST(Cassette, RedactionTakesPeopleOutAndLeavesOrders) {
  Exchange exchange;
  exchange.request.headers = {{"Authorization", "Bearer {{secret:token}}"}, {"Cookie", "sid=1"}};
  exchange.headers = {{"set-cookie", "sid=2"}, {"x-request-id", "5"}};
  exchange.body = R"({"id": 9007199254740993, "name": "#1001", "email": "ann@example.org",
    "customer": {"id": 5, "name": "Ann", "default_address": {"city": "Madrid", "country": "ES"}},
    "line_items": [{"name": "Yogurt", "quantity": 2}]})";
  const Exchange clean = redacted(exchange);
  EXPECT_EQ(clean.request.headers[0].value, "Bearer {{secret:token}}");
  EXPECT_EQ(clean.request.headers[1].value, "redacted");
  EXPECT_EQ(clean.headers[0].value, "redacted");
  for (const char* gone : {"ann@", "\"Ann\"", "Madrid"})
    EXPECT_THAT(clean.body, Not(HasSubstr(gone)));
  for (const char* kept : {"9007199254740993", "#1001", "Yogurt", "\"ES\"", "\"quantity\":2"}) {
    EXPECT_THAT(clean.body, HasSubstr(kept));
  }
}

}  // namespace
}  // namespace lotbridge
