#include "graph.hpp"

#include <algorithm>
#include <charconv>

#include <lotbridge/failure.hpp>

namespace lotbridge::shopify {
namespace {

constexpr int kThrottledAttempts = 6;
constexpr std::uint64_t kLongestPauseMs = 30'000;  // a longer one gives the thread back

// Points come as 1000 or 1000.0; parts of a point do not matter.
std::int64_t points(const Json& number) {
  if (!number.is_number()) return 0;
  std::int64_t out = 0;
  const std::string text(number.raw());
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::string code_of(const Json& error) { return error["extensions"]["code"].text_or(""); }

bool has_code(const Json& errors, std::string_view code) {
  if (!errors.is_array()) return false;
  for (const Json& error : errors.items()) {
    if (code_of(error) == code) return true;
  }
  return false;
}

lb_status status_of(const std::string& code) {
  if (code == "ACCESS_DENIED" || code == "SHOP_INACTIVE") return LB_CONFIG;
  // The text does not fit the API that answered: no retry can mend that.
  for (const char* ours : {"undefinedField", "argumentNotAccepted", "parseError", "undefinedType",
                           "variableMismatch"}) {
    if (code == ours) return LB_BUG;
  }
  return LB_RETRY;
}

// How long until the bucket holds what the query asks for. The jitter is for the other calls of
// this shop, which wait too.
std::uint64_t pause_ms(Call& call, const Json& cost) {
  const Json status = cost["throttleStatus"];
  const std::int64_t lacking =
      points(cost["requestedQueryCost"]) - points(status["currentlyAvailable"]);
  const std::int64_t rate = std::max<std::int64_t>(1, points(status["restoreRate"]));
  const auto jitter = static_cast<unsigned char>(call.random(1).front());
  return static_cast<std::uint64_t>((std::max<std::int64_t>(1, lacking) * 1000 + rate - 1) / rate) +
         jitter;
}

[[noreturn]] void fail(const Query& query, const Json& errors) {
  std::string message, code;
  if (errors.is_array() && errors.size() > 0) {
    const Json first = errors[std::size_t{0}];
    message = first["message"].text_or("");
    code = code_of(first);
  } else if (errors.is_text()) {
    message = errors.text();
  }
  throw Failure(status_of(code), "Shopify refused " + std::string(query.name) + ": " + message, "",
                code);
}

}  // namespace

Graph::Answer Graph::exchange(Call& call, const Query& query, const std::string& body) {
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint_;
  request.headers = {{"X-Shopify-Access-Token", secret("access_token")},
                     {"Accept", "application/json"}};
  request.body = body;
  const auto known = costs_.find(query.name);
  const std::int64_t cost = known == costs_.end() ? std::int64_t{query.cost} : known->second;
  request.cost = static_cast<std::uint32_t>(std::clamp<std::int64_t>(cost, 1, 1000));
  // A query may be asked again; a mutation whose answer was lost must be read back first.
  const bool read_only = query.text.find("\nmutation ") == std::string_view::npos;
  if (read_only) request.idempotency_key = std::string(query.name);
  const HttpReply reply = call.exchange(request);
  if (reply.code() == 404) {
    throw Failure(LB_CONFIG, "there is no such shop, or it does not serve API version " +
                                 std::string(kApiVersion));
  }
  reply.expect_ok(call.now(), query.name);
  const Json answer = reply.json();
  if (!answer.is_object()) throw Failure(LB_RETRY, "Shopify's answer is no JSON object");
  const Json spent = answer["extensions"]["cost"];
  if (spent.is_object() && points(spent["requestedQueryCost"]) > 0) {
    costs_[query.name] = points(spent["requestedQueryCost"]);
  }
  return {answer["data"], answer["errors"], spent};
}

Json Graph::run_if_affordable(Call& call, const Query& query, const JsonText& variables) {
  const std::string body =
      json_object({{"query", query.text}, {"operationName", query.name}, {"variables", variables}})
          .str();
  for (int attempt = 1;; ++attempt) {
    const Answer answer = exchange(call, query, body);
    if (!answer.errors) {
      if (!answer.data.is_object()) throw Failure(LB_RETRY, "Shopify answered without data");
      return answer.data;
    }
    if (has_code(answer.errors, "MAX_COST_EXCEEDED")) {
      costs_.erase(query.name);
      return Json();
    }
    if (!has_code(answer.errors, "THROTTLED")) fail(query, answer.errors);
    const std::uint64_t pause = pause_ms(call, answer.cost);
    if (attempt == kThrottledAttempts || pause > kLongestPauseMs) {
      throw Failure(LB_RATE_LIMITED, "the shop's query budget is used up", "", "THROTTLED", pause);
    }
    call.sleep_ms(pause);
  }
}

Json Graph::run(Call& call, const Query& query, const JsonText& variables) {
  Json data = run_if_affordable(call, query, variables);
  if (data.is_object()) return data;
  throw Failure(LB_BUG, std::string(query.name) + " costs more than Shopify allows one query", "",
                "MAX_COST_EXCEEDED");
}

}  // namespace lotbridge::shopify
