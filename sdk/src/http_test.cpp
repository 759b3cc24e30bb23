#include <gtest/gtest.h>
#include <lotbridge/failure.hpp>
#include <lotbridge/http.hpp>

namespace lotbridge {
namespace {

const Timestamp kNow = *Timestamp::parse("2026-05-16T09:00:00Z");

TEST(RetryAfter, ReadsBothFormsAndRefusesTheRest) {
  EXPECT_EQ(retry_after_ms("120", kNow), 120'000u);
  EXPECT_EQ(retry_after_ms(" 2.5 ", kNow), 2'500u);
  EXPECT_EQ(retry_after_ms("0", kNow), 0u);
  EXPECT_EQ(retry_after_ms("Sat, 16 May 2026 09:00:30 GMT", kNow), 30'000u);
  EXPECT_EQ(retry_after_ms("Saturday, 16-May-26 09:00:30 GMT", kNow), 30'000u);
  EXPECT_EQ(retry_after_ms("Sat May 16 09:00:30 2026", kNow), 30'000u);
  EXPECT_EQ(retry_after_ms("Sat, 16 May 2020 09:00:30 GMT", kNow), 0u);
  EXPECT_EQ(retry_after_ms("99999999999", kNow), 86'400'000u);
  EXPECT_EQ(retry_after_ms("Sat, 16 May 2099 09:00:30 GMT", kNow), 86'400'000u);
  for (const char* text :
       {"", "soon", "-5", "1e3", "1.2.3", "Sat, 31 Feb 2026 09:00:30 GMT", "."}) {
    EXPECT_EQ(retry_after_ms(text, kNow), std::nullopt) << text;
  }
}

lb_status class_of(int code) {
  try {
    HttpReply(code, {}, "").expect_ok(kNow, "GET /x");
  } catch (const Failure& failure) {
    return failure.status;
  }
  return LB_OK;
}

TEST(HttpReply, EveryCodeHasItsClass) {
  EXPECT_EQ(class_of(200), LB_OK);
  EXPECT_EQ(class_of(204), LB_OK);
  EXPECT_EQ(class_of(301), LB_CONFIG);
  EXPECT_EQ(class_of(400), LB_BAD_RECORD);
  EXPECT_EQ(class_of(401), LB_AUTH);
  EXPECT_EQ(class_of(402), LB_CONFIG);
  EXPECT_EQ(class_of(403), LB_AUTH);
  EXPECT_EQ(class_of(404), LB_CONFLICT);
  EXPECT_EQ(class_of(408), LB_RETRY);
  EXPECT_EQ(class_of(409), LB_CONFLICT);
  EXPECT_EQ(class_of(422), LB_BAD_RECORD);
  EXPECT_EQ(class_of(429), LB_RATE_LIMITED);
  EXPECT_EQ(class_of(500), LB_RETRY);
  EXPECT_EQ(class_of(503), LB_RETRY);
}

TEST(HttpReply, CarriesWhatThePlatformSaid) {
  try {
    HttpReply(429, {{"Retry-After", "7"}}, "").expect_ok(kNow, "GET /x");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.retry_after_ms, 7'000u);
    EXPECT_EQ(failure.vendor_code, "429");
    EXPECT_EQ(failure.message, "GET /x was answered 429: the platform asks us to slow down");
  }
}

TEST(HttpReply, APageOrHalfATextIsPassingTrouble) {
  for (const char* body :
       {"<html>Down for maintenance</html>", "  <!doctype html>", "{\"orders\": [{\"id\"", ""}) {
    try {
      HttpReply(200, {}, body).json();
      FAIL() << body;
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.status, LB_RETRY) << body;
    }
  }
}

TEST(HttpReply, FindsTheNextPage) {
  const auto next = [](const char* link) {
    return HttpReply(200, {{"Link", link}}, "").next_link();
  };
  EXPECT_EQ(next("<https://a.example/x?page=2>; rel=\"next\""), "https://a.example/x?page=2");
  EXPECT_EQ(next("<https://a.example/1,2;3>; rel=prev, <https://a.example/4>; title=\"a, b\"; "
                 "rel=\"last next\""),
            "https://a.example/4");
  EXPECT_EQ(next("<https://a.example/1>; rel=\"prev\""), "");
  EXPECT_EQ(next("nonsense"), "");
}

TEST(Http, TemplatesAndEncoding) {
  EXPECT_EQ(secret("token"), "{{secret:token}}");
  EXPECT_EQ(basic_auth("key", "pass"), "Basic {{base64:{{secret:key}}:{{secret:pass}}}}");
  EXPECT_EQ(url_encoded("#10 01/\xc3\xa9~"), "%2310%2001%2F%C3%A9~");
}

}  // namespace
}  // namespace lotbridge
