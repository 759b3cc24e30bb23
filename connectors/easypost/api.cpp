#include "api.hpp"

#include <lotbridge/failure.hpp>

namespace lotbridge::easypost {
namespace {

constexpr const char* kBase = "https://api.easypost.com/v2";

// Their own word and sentence for a refusal.
void say(const HttpReply& reply, Failure& failure) {
  try {
    const Json error = Json::parse(reply.body())["error"];
    if (!error.is_object()) return;
    if (error["code"].is_text()) failure.vendor_code = error["code"].text();
    if (error["message"].is_text()) failure.message += " (" + error["message"].text() + ")";
  } catch (const Failure&) {
    return;
  }
}

}  // namespace

bool Api::is_ours(const Json& object) const {
  return !object["mode"].is_text() || object["mode"].text_view() == settings_.mode;
}

void Api::must_be_ours(const Json& object) const {
  if (is_ours(object)) return;
  throw Failure(LB_CONFIG,
                "the API key is of mode " + object["mode"].text() +
                    ", but this account is configured for " + settings_.mode,
                "/mode");
}

Json Api::exchange(Call& call, const HttpRequest& request, const std::string& what) {
  const HttpReply reply = call.exchange(request);
  try {
    reply.expect_ok(call.now(), what);
  } catch (Failure& failure) {
    say(reply, failure);
    throw;
  }
  Json answer = reply.json();
  if (!answer.is_object()) throw Failure(LB_RETRY, what + ": EasyPost's answer is no object");
  return answer;
}

Json Api::get(Call& call, const std::string& path, const std::string& what, bool list) {
  HttpRequest request;
  request.url = kBase + path;
  request.headers = {{"Authorization", "Basic {{base64:" + secret("api_key") + ":}}"},
                     {"Accept", "application/json"}};
  if (list) request.bucket = "lists";  // five a second, others are not counted
  return exchange(call, request, what);
}

Json Api::send(Call& call, const std::string& method, const std::string& path,
               const std::string& wrap, const JsonText& object, const std::string& what,
               bool harmless) {
  HttpRequest request;
  request.method = method;
  request.url = kBase + path;
  request.headers = {{"Authorization", "Basic {{base64:" + secret("api_key") + ":}}"},
                     {"Accept", "application/json"}};
  request.body = json_object({{wrap, object}}).str();
  if (harmless) request.idempotency_key = method + path;
  return exchange(call, request, what);
}

}  // namespace lotbridge::easypost
