// Credentials: Basic over https, a signature over plain http, and what refusals mean.
#include <gmock/gmock.h>

#include "api.hpp"
#include "test_site.hpp"

namespace lotbridge::woocommerce {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Signature, BaseIsSortedAndEncodedTwice) {
  // The example of RFC 5849, 3.4.1.1, without the parameters that stand in its body.
  EXPECT_EQ(signature_base("POST", "http://example.com/request",
                           {{"b5", "=%3D"},
                            {"a3", "a"},
                            {"c@", ""},
                            {"a2", "r b"},
                            {"a3", "2 q"},
                            {"oauth_consumer_key", "9djdj82h48djs9d2"},
                            {"c2", ""}}),
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D"
            "%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2");
}

TEST(Credentials, BasicOverTls) {
  Site site;
  const auto run = site.connector()->run("account.check/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_EQ(run.result, R"({"account":"shop.example.com"})");
  EXPECT_EQ(run.requests.at(0).url, "https://shop.example.com/wp-json/wc/v3/orders?per_page=1");
}

TEST(Credentials, InTheQueryWhereTheServerStripsTheHeader) {
  Site site;
  const auto run = site.connector(R"("credentials": "query")")->run("account.check/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_THAT(run.requests.at(0).url, HasSubstr("&consumer_secret={{secret:consumer_secret}}"));
}

TEST(Credentials, SignedOverPlainHttp) {
  for (const char* more : {"", R"(, "permalinks": "plain", "folder": "/store")"}) {
    Site site;
    site.order({{"GYP-500", 1}});
    const auto connector = site.connector(R"("scheme": "http")" + std::string(more));
    const auto run = connector->pull("orders.pull/1");
    ASSERT_EQ(run.status, LB_OK) << run.text();
    EXPECT_EQ(run.documents.size(), 1u);
    // The secret is nowhere in what goes out.
    EXPECT_THAT(run.requests.at(0).url, Not(HasSubstr("secret")));
    EXPECT_THAT(run.requests.at(0).url, HasSubstr("oauth_signature_method=HMAC-SHA256"));
  }
}

TEST(Credentials, ARepeatedNonceIsSignedAnew) {
  Site site;
  const auto connector = site.connector(R"("scheme": "http")");
  int asked = 0;
  connector->on_http = [&](const HttpRequest& request) -> testing::Answered {
    if (++asked == 1) site.answer(request);  // the host repeats a request whose answer was lost
    return site.answer(request);
  };
  const auto run = connector->run("account.check/1");
  EXPECT_EQ(run.status, LB_OK) << run.text();
  EXPECT_EQ(asked, 2);
}

TEST(Refusals, SayWhatToDo) {
  const auto told = [](int code, const std::string& body) {
    Site site;
    const auto connector = site.connector();
    connector->on_http = [&](const HttpRequest&) { return HttpReply(code, {}, body); };
    return connector->run("account.check/1");
  };
  EXPECT_EQ(told(401, R"({"code":"woocommerce_rest_cannot_view","message":"No."})").status,
            LB_AUTH);
  EXPECT_EQ(told(401, R"({"code":"x","message":"Invalid timestamp."})").status, LB_CONFIG);
  EXPECT_EQ(told(403, "<html>Blocked</html>").status, LB_RETRY);
  EXPECT_EQ(told(403, R"({"code":"x","message":"No."})").status, LB_AUTH);
  const auto nowhere = told(404, R"({"code":"rest_no_route","message":"No route."})");
  EXPECT_EQ(nowhere.status, LB_CONFIG);
  EXPECT_THAT(nowhere.message, HasSubstr("permalinks"));
  EXPECT_EQ(told(404, "<html>").status, LB_CONFIG);
}

TEST(Refusals, SettingsAreChecked) {
  for (const auto& [settings, path] : std::vector<std::pair<std::string, std::string>>{
           {R"({"site": "Shop.example.com/x", "consumer_key": "ck_1"})", "/site"},
           {R"({"site": "shop.example.com", "consumer_key": "ck:{{secret:x}}"})", "/consumer_key"},
           {R"({"site": "shop.example.com", "consumer_key": "ck_1", "scheme": "ftp"})", "/scheme"},
           {R"({"site": "shop.example.com"})", "/consumer_key"}}) {
    testing::Replay replay(WOOCOMMERCE_FILE, settings);
    const auto run = replay.open();
    EXPECT_EQ(run.status, LB_CONFIG) << settings;
    EXPECT_EQ(run.path, path) << settings;
  }
}

}  // namespace
}  // namespace lotbridge::woocommerce
