#include "daemon/host/limits.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <lotbridge/failure.hpp>

namespace lotbridge::host {
namespace {

// Longer than this is no wait but a broken answer.
constexpr double kSane = 1e9;

// "38", or "12/40": what is used of what there is.
std::optional<double> remaining_of(const std::string& header) {
  const auto slash = header.find('/');
  char* end = nullptr;
  const double first = std::strtod(header.c_str(), &end);
  if (end == header.c_str()) return std::nullopt;
  if (slash == std::string::npos) return first;
  return std::strtod(header.c_str() + slash + 1, nullptr) - first;
}

Json at_pointer(Json json, std::string_view pointer) {
  while (!pointer.empty() && json) {
    const auto end = std::min(pointer.find('/', 1), pointer.size());
    const std::string_view key = pointer.substr(1, end - 1);
    if (json.is_array()) {
      const auto items = json.items();
      std::size_t n = items.size();
      std::from_chars(key.data(), key.data() + key.size(), n);
      json = n < items.size() ? items[n] : Json();
    } else if (json.is_object()) {
      json = json[key];
    } else {
      return {};
    }
    pointer.remove_prefix(end);
  }
  return json;
}

double number_at(const Json& json, const std::string& pointer) {
  const Json value = pointer.empty() ? Json() : at_pointer(json, pointer);
  return value.is_number() ? std::strtod(value.decimal().c_str(), nullptr) : -1;
}

}  // namespace

TokenBucket::TokenBucket(const LimitRule& rule)
    : rate_(rule.rate), burst_(rule.burst), tokens_(rule.burst) {}

void TokenBucket::refill(SteadyTime now) {
  if (started_ && now > filled_) {
    tokens_ =
        std::min(burst_, tokens_ + rate_ * std::chrono::duration<double>(now - filled_).count());
  }
  if (!started_ || now > filled_) filled_ = now;
  started_ = true;
}

std::int64_t TokenBucket::reserve(double cost, std::int64_t most_ms, SteadyTime now) {
  refill(now);
  cost = std::min(cost, burst_);
  const double missing = cost - tokens_;
  const double wait = missing <= 0 ? 0 : std::ceil(missing / rate_ * 1000);
  if (wait > static_cast<double>(most_ms)) return static_cast<std::int64_t>(std::min(wait, kSane));
  tokens_ -= cost;
  return static_cast<std::int64_t>(wait);
}

void TokenBucket::learn(double remaining, double rate, double burst, SteadyTime now) {
  refill(now);
  if (rate > 0 && rate < kSane) rate_ = rate;
  if (burst >= 1 && burst < kSane) burst_ = burst;
  // What others have reserved already is not in the answer yet: never more than we thought unless
  // it refunds.
  if (remaining >= 0 && remaining < kSane) tokens_ = std::min(remaining, burst_);
}

Limits::Limits(const std::map<std::string, LimitRule>& rules) : rules_(rules.begin(), rules.end()) {
  for (const auto& [name, rule] : rules_) buckets_.emplace(name, TokenBucket(rule));
}

std::int64_t Limits::reserve(std::string_view bucket, double cost, std::int64_t most_ms,
                             SteadyTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = buckets_.find(bucket);
  return found == buckets_.end() ? 0 : found->second.reserve(cost, most_ms, now);
}

bool Limits::throttled(std::string_view bucket, const HttpReply& reply) const {
  const auto rule = rules_.find(bucket);
  if (rule == rules_.end() || rule->second.throttled_pointer.empty()) return false;
  // Most answers are good and long: they are not read a second time for nothing.
  if (reply.body().find(rule->second.throttled_text) == std::string::npos) return false;
  try {
    return at_pointer(Json::parse(reply.body()), rule->second.throttled_pointer).text_or("") ==
           rule->second.throttled_text;
  } catch (const Failure&) {
    return false;
  }
}

std::optional<std::string> Limits::retry_after(std::string_view bucket,
                                               const HttpReply& reply) const {
  if (auto usual = reply.header("retry-after")) return usual;
  const auto rule = rules_.find(bucket);
  const bool own = rule != rules_.end() && !rule->second.retry_after_header.empty();
  return reply.header(own ? rule->second.retry_after_header : "x-retry-after");
}

void Limits::learn(std::string_view bucket, const HttpReply& reply, SteadyTime now) {
  const auto rule = rules_.find(bucket);
  if (rule == rules_.end()) return;
  double remaining = -1, rate = -1, burst = -1;
  if (!rule->second.remaining_header.empty()) {
    if (const auto header = reply.header(rule->second.remaining_header)) {
      remaining = remaining_of(*header).value_or(-1);
    }
  }
  if (!rule->second.remaining_pointer.empty()) {
    try {
      const Json json = Json::parse(reply.body());
      remaining = number_at(json, rule->second.remaining_pointer);
      rate = number_at(json, rule->second.rate_pointer);
      burst = number_at(json, rule->second.burst_pointer);
    } catch (const Failure&) {
      return;  // a page for people says nothing about limits
    }
  }
  if (remaining < 0) return;
  const std::lock_guard lock(mutex_);
  buckets_.find(bucket)->second.learn(remaining, rate, burst, now);
}

}  // namespace lotbridge::host
