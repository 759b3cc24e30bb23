#include "admin.hpp"

#include <lotbridge/failure.hpp>

namespace lotbridge::vendure {
namespace {

constexpr const char* kLogin = R"(mutation LotbridgeLogin($name: String!, $password: String!) {
  login(username: $name, password: $password, rememberMe: true) {
    __typename ... on ErrorResult { errorCode message }
  }
})";

std::string body_of(const std::string& name, const std::string& text, const JsonText& variables) {
  return json_object({{"query", text}, {"operationName", name}, {"variables", variables}}).str();
}

// The first error that the shop tells, or absent. Refused queries come as 200 and as 400.
Json error_in(const Json& answer) {
  if (!answer.is_object() || !answer["errors"].is_array()) return Json();
  const auto errors = answer["errors"].items();
  return errors.empty() ? Json() : errors.front();
}

std::string code_of(const Json& error) {
  const Json extensions = error["extensions"];
  return extensions.is_object() && extensions["code"].is_text() ? extensions["code"].text() : "";
}

lb_status status_of(const std::string& code) {
  if (code == "FORBIDDEN" || code == "UNAUTHENTICATED") return LB_AUTH;
  if (code == "GRAPHQL_VALIDATION_FAILED" || code == "GRAPHQL_PARSE_FAILED" ||
      code == "CHANNEL_NOT_FOUND" || code == "BAD_USER_INPUT") {
    return LB_CONFIG;
  }
  if (code == "ENTITY_NOT_FOUND" || code == "USER_INPUT_ERROR" || code == "ILLEGAL_OPERATION") {
    return LB_BAD_RECORD;
  }
  return LB_RETRY;
}

[[noreturn]] void fail(const std::string& name, const Json& error) {
  const std::string code = code_of(error);
  throw Failure(status_of(code), name + " was refused: " + error["message"].text_or(""), "", code);
}

Json readable(const HttpReply& reply) {
  try {
    return Json::parse(reply.body());
  } catch (const Failure&) {
    return Json();
  }
}

}  // namespace

HttpReply Admin::send(Call& call, const std::string& name, const std::string& body,
                      bool repeatable) {
  HttpRequest request;
  request.method = "POST";
  request.url = settings_.endpoint;
  request.headers = {{"Accept", "application/json"}};
  if (settings_.channel_token)
    request.headers.push_back({"vendure-token", *settings_.channel_token});
  if (settings_.by_api_key) {
    request.headers.push_back({"vendure-api-key", secret("api_key")});
  } else if (!token_.empty()) {
    request.headers.push_back({"Authorization", "Bearer " + token_});
  }
  request.body = body;
  if (repeatable) request.idempotency_key = name;
  return call.exchange(request);
}

void Admin::log_in(Call& call) {
  token_.clear();
  const JsonText variables =
      json_object({{"name", settings_.username}, {"password", secret("password")}});
  const HttpReply reply =
      send(call, "LotbridgeLogin", body_of("LotbridgeLogin", kLogin, variables), true);
  reply.expect_ok(call.now(), "logging in");
  const Json answer = reply.json();
  if (const Json error = error_in(answer)) fail("logging in", error);
  if (!answer.is_object() || !answer["data"].is_object()) {
    throw Failure(LB_RETRY, "the shop answered the login without data");
  }
  const Json login = answer["data"]["login"];
  if (login["errorCode"]) {
    throw Failure(LB_AUTH, "the shop refuses the login: " + login["message"].text_or(""), "",
                  login["errorCode"].text());
  }
  const auto token = reply.header("vendure-auth-token");
  if (!token || token->empty()) {
    throw Failure(LB_CONFIG,
                  "the shop gives no session token; its tokenMethod must include 'bearer'");
  }
  token_ = *token;
}

Json Admin::run(Call& call, const std::string& name, const std::string& text,
                const JsonText& variables, bool repeatable) {
  const std::string body = body_of(name, text, variables);
  bool fresh = settings_.by_api_key;
  if (!fresh && token_.empty()) {
    log_in(call);
    fresh = true;
  }
  for (;; fresh = true) {
    const HttpReply reply = send(call, name, body, repeatable);
    const Json answer = reply.ok() || reply.code() == 400 ? readable(reply) : Json();
    const Json error = error_in(answer);
    // A session ends by itself after a while, or when the shop starts again.
    const bool forgotten = error && status_of(code_of(error)) == LB_AUTH;
    if (forgotten && !fresh) {
      log_in(call);
      continue;
    }
    if (error) fail(name, error);
    if (reply.code() == 401) token_.clear();
    if (reply.code() == 404) {
      throw Failure(LB_CONFIG, "there is no admin API at " + settings_.endpoint);
    }
    reply.expect_ok(call.now(), name);
    if (!answer.is_object() || !answer["data"].is_object()) {
      throw Failure(LB_RETRY, "the shop answered " + name + " without data");
    }
    return answer["data"];
  }
}

Json Admin::query(Call& call, const std::string& name, const std::string& text,
                  const JsonText& variables) {
  return run(call, name, "query " + text, variables, true);
}

Json Admin::mutate(Call& call, const std::string& name, const std::string& text,
                   const JsonText& variables) {
  return run(call, name, "mutation " + text, variables, false);
}

bool is_refusal(const Json& result, const std::string& what, const std::string& expected) {
  if (!result.is_object()) throw Failure(LB_RETRY, "the shop did not say what came of " + what);
  const auto code = result["errorCode"].text_maybe();
  if (!code) return false;
  if (*code == expected) return true;
  const bool moved = *code == "ITEMS_ALREADY_FULFILLED_ERROR" ||
                     *code == "INSUFFICIENT_STOCK_ON_HAND_ERROR" ||
                     code->find("STATE") != std::string::npos;
  throw Failure(
      moved ? LB_CONFLICT : LB_BAD_RECORD,
      what + " was refused: " + result["message"].text_or("") +
          (result["transitionError"] ? " (" + result["transitionError"].text_or("") + ")" : ""),
      "", *code);
}

}  // namespace lotbridge::vendure
