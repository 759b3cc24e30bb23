// Token buckets: how often an account may ask its platform.
//
// A bucket is shared by all operations of an account. Waiting is the caller's: reserve() says how
// long. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <lotbridge/http.hpp>

#include "daemon/host/descriptor.hpp"

namespace lotbridge::host {

using SteadyTime = std::chrono::steady_clock::time_point;

class TokenBucket {
 public:
  explicit TokenBucket(const LimitRule& rule);

  // Takes `cost` and says how many milliseconds to wait before using it. Where that is more than
  // `most_ms` nothing is taken. More than the bucket can ever hold costs all that it holds.
  std::int64_t reserve(double cost, std::int64_t most_ms, SteadyTime now);
  // What an answer said: how much is left, and perhaps how the bucket is really built.
  void learn(double remaining, double rate, double burst, SteadyTime now);

 private:
  void refill(SteadyTime now);

  double rate_, burst_, tokens_;
  SteadyTime filled_{};
  bool started_ = false;
};

class Limits {
 public:
  explicit Limits(const std::map<std::string, LimitRule>& rules);

  // Buckets that the descriptor does not know cost nothing.
  std::int64_t reserve(std::string_view bucket, double cost, std::int64_t most_ms, SteadyTime now);
  void learn(std::string_view bucket, const HttpReply& reply, SteadyTime now);
  // The answer says that nothing was done because it was too often, whatever its code.
  bool throttled(std::string_view bucket, const HttpReply& reply) const;
  // What the answer says of a pause: Retry-After, or the header that this platform has instead.
  std::optional<std::string> retry_after(std::string_view bucket, const HttpReply& reply) const;

 private:
  std::map<std::string, LimitRule, std::less<>> rules_;
  std::mutex mutex_;
  std::map<std::string, TokenBucket, std::less<>> buckets_;  // guarded by mutex_
};

}  // namespace lotbridge::host
