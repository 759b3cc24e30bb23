#include "graph.hpp"

#include <algorithm>
#include <charconv>

#include <lotbridge/failure.hpp>

namespace lotbridge::shopify {
namespace {

constexpr int kThrottledAttempts = 6;
constexpr std::uint64_t kLongestWaitMs =
    30'000;  // longer ones are the host's: the call gives its thread back

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

std::int64_t Graph::expected(const Query& query) const {
  const auto known = costs_.find(query.name);
  return known == costs_.end() ? std::int64_t{query.cost} : known->second;
}

void Graph::wait_for_points(Call& call, std::int64_t wanted) {
  if (restore_ <= 0) return;  // nothing known yet
  const std::int64_t elapsed = std::max<std::int64_t>(0, call.now().ms - seen_at_.ms);
  const std::int64_t there = available_ + elapsed * restore_ / 1000;
  if (there >= wanted) return;
  // A little more than needed, and not the same for all: other calls of this shop wait for the same
  // bucket.
  const auto jitter = static_cast<unsigned char>(call.random(1).front());
  const std::int64_t lacking = wanted - there;
  const auto wait = static_cast<std::uint64_t>((lacking * 1000 + restore_ - 1) / restore_) + jitter;
  if (wait > kLongestWaitMs) {
    throw Failure(LB_RATE_LIMITED, "the shop's query budget is used up", "", "THROTTLED", wait);
  }
  call.sleep_ms(wait);
}

void Graph::note_cost(Call& call, const Query& query, const Json& cost) {
  if (!cost.is_object()) return;
  if (const auto requested = points(cost["requestedQueryCost"]); requested > 0)
    costs_[query.name] = requested;
  const Json status = cost["throttleStatus"];
  if (!status.is_object()) return;
  available_ = points(status["currentlyAvailable"]);
  restore_ = points(status["restoreRate"]);
  seen_at_ = call.now();
  // A bucket smaller than the query would be waited for in vain.
  const auto most = points(status["maximumAvailable"]);
  if (most > 0 && costs_[query.name] > most) costs_[query.name] = most;
}

Graph::Answer Graph::exchange(Call& call, const Query& query, const std::string& body) {
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint_;
  request.headers = {{"X-Shopify-Access-Token", secret("access_token")},
                     {"Accept", "application/json"}};
  request.body = body;
  request.cost = static_cast<std::uint32_t>(std::clamp<std::int64_t>(expected(query), 1, 1000));
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
  note_cost(call, query, answer["extensions"]["cost"]);
  return {answer["data"], answer["errors"]};
}

Json Graph::run_if_affordable(Call& call, const Query& query, const JsonText& variables) {
  const std::string body =
      json_object({{"query", query.text}, {"operationName", query.name}, {"variables", variables}})
          .str();
  for (int attempt = 1;; ++attempt) {
    wait_for_points(call, expected(query));
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
    if (attempt == kThrottledAttempts) {
      throw Failure(LB_RATE_LIMITED, "the shop's query budget stays used up", "", "THROTTLED",
                    10'000);
    }
  }
}

Json Graph::run(Call& call, const Query& query, const JsonText& variables) {
  Json data = run_if_affordable(call, query, variables);
  if (data.is_object()) return data;
  throw Failure(LB_BUG, std::string(query.name) + " costs more than Shopify allows one query", "",
                "MAX_COST_EXCEEDED");
}

}  // namespace lotbridge::shopify
