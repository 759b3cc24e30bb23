#include "daemon/host/oauth.hpp"

#include <openssl/evp.h>

#include <algorithm>

#include <lotbridge/failure.hpp>

#include "daemon/host/secrets.hpp"

namespace lotbridge::host {
namespace {

constexpr std::int64_t kUsualLife = 3'600, kShortest = 30;  // seconds
constexpr std::int64_t kEarly = 60'000;                     // renewed so long before its end

std::string sha256_of(std::string_view text) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(text.data(), text.size(), out, &length, EVP_sha256(), nullptr);
  return hex({reinterpret_cast<const char*>(out), length});
}

void add(std::string& form, const char* key, std::string_view value) {
  if (value.empty()) return;
  form += (form.empty() ? "" : "&") + std::string(key) + "=" + url_encoded(value);
}

// What the platform calls its refusal; nothing of the tokens is in it.
std::string error_of(const std::string& body) {
  try {
    return Json::parse(body)["error"].text_or("").substr(0, 60);
  } catch (const Failure&) {
    return {};
  }
}

}  // namespace

OAuthRule oauth_of(const Json& json) {
  OAuthRule out;
  out.grant = json["grant"].text();
  out.token_url = json["token_url"].text();
  out.client_id = json["client_id"].text();
  out.client_secret = json["client_secret"].text_or("");
  out.refresh_token = json["refresh_token"].text_or("");
  out.scope = json["scope"].text_or("");
  out.audience = json["audience"].text_or("");
  const std::string client_in = json["client_in"].text_or("body");
  out.basic = client_in == "basic";
  if (out.grant != "client_credentials" && out.grant != "refresh_token")
    json["grant"].refuse("must be client_credentials or refresh_token");
  if (out.grant == "refresh_token" && out.refresh_token.empty())
    json["refresh_token"].refuse("must name the secret that holds the first refresh token");
  if (client_in != "body" && client_in != "basic")
    json["client_in"].refuse("must be body or basic");
  return out;
}

OAuthToken::OAuthToken(OAuthRule rule, Values values, TokenKeeper keeper)
    : rule_(std::move(rule)), values_(std::move(values)), keeper_(std::move(keeper)) {}

// What was kept counts only while the configuration still names the token that it came from.
void OAuthToken::remember() {
  loaded_ = true;
  refresh_ = values_.refresh_token;
  if (!keeper_.load) return;
  const auto kept = keeper_.load(values_.secret);
  if (!kept) return;
  try {
    const Json json = Json::parse(*kept);
    if (json["seed"].text_or("") != sha256_of(values_.client_id + "\n" + values_.refresh_token))
      return;
    access_ = json["access_token"].text_or("");
    ends_at_ = json["ends_at"].integer_or(0);
    if (const std::string newest = json["refresh_token"].text_or(""); !newest.empty())
      refresh_ = newest;
  } catch (const Failure&) {
    access_.clear();  // begun again from the configuration
  }
}

std::string OAuthToken::state() const {
  return json_object({{"seed", sha256_of(values_.client_id + "\n" + values_.refresh_token)},
                      {"access_token", access_},
                      {"refresh_token", refresh_},
                      {"ends_at", ends_at_}})
      .str();
}

OAuthToken::Got OAuthToken::get(const Fetch& fetch, std::int64_t now_ms, std::string_view spoiled) {
  const std::lock_guard lock(mutex_);
  if (!loaded_) remember();
  const bool usable = !access_.empty() && access_ != spoiled && now_ms < ends_at_ - kEarly;
  if (usable) return kept();
  return renew(fetch, now_ms);
}

WireRequest OAuthToken::request() const {
  WireRequest out;
  out.method = "POST";
  out.url = values_.token_url;
  out.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                 {"Accept", "application/json"}};
  add(out.body, "grant_type", rule_.grant);
  if (rule_.grant == "refresh_token") add(out.body, "refresh_token", refresh_);
  add(out.body, "scope", rule_.scope);
  add(out.body, "audience", rule_.audience);
  if (rule_.basic) {
    out.headers.push_back({"Authorization", "Basic " + base64(url_encoded(values_.client_id) + ":" +
                                                              url_encoded(values_.client_secret))});
  } else {
    add(out.body, "client_id", values_.client_id);
    add(out.body, "client_secret", values_.client_secret);
  }
  return out;
}

OAuthToken::Got OAuthToken::renew(const Fetch& fetch, std::int64_t now_ms) {
  const WireReply reply = fetch(request());
  if (reply.end == WireReply::End::cancelled)
    return {LB_CANCELLED, {}, "the call was asked to end"};
  if (reply.end != WireReply::End::answered)
    return {LB_RETRY, {}, "the platform's token server did not answer: " + reply.error};
  if (reply.code == 429 || reply.code >= 500 || reply.code == 408)
    return {LB_RETRY, {}, "the platform's token server answers " + std::to_string(reply.code)};
  if (reply.code != 200) {
    const std::string error = error_of(reply.body);
    return {LB_AUTH,
            {},
            "the platform gives no access token (" + std::to_string(reply.code) +
                (error.empty() ? "" : ", " + error) + "): connect the account again"};
  }
  try {
    const Json json = Json::parse(reply.body);
    const std::string access = json["access_token"].text();
    const std::int64_t life = std::max(json["expires_in"].integer_or(kUsualLife), kShortest);
    const std::string rotated = json["refresh_token"].text_or("");
    access_ = access;
    ends_at_ = now_ms + std::max(life * 1'000, kEarly + 1'000);
    if (!rotated.empty()) refresh_ = rotated;
  } catch (const Failure&) {
    return {LB_RETRY, {}, "the platform's token server gives an answer that is no token"};
  }
  unkept_ = true;
  return kept();
}

// The old refresh token may be worthless by now, so nothing is done with the new one's access token
// before it is kept.
OAuthToken::Got OAuthToken::kept() {
  if (unkept_ && keeper_.keep && !keeper_.keep(values_.secret, state()) &&
      rule_.grant == "refresh_token")
    return {LB_RETRY, {}, "the new access token could not be kept; see the daemon's health"};
  unkept_ = false;
  return {LB_OK, access_, {}};
}

}  // namespace lotbridge::host
