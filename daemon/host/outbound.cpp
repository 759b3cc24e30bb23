#include "daemon/host/outbound.hpp"

#include <algorithm>
#include <thread>

#include "daemon/host/private_address.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

constexpr int kRedirects = 5;

std::int64_t milliseconds_until(SteadyTime deadline) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(deadline -
                                                               std::chrono::steady_clock::now())
      .count();
}

// What a person may read of an address: no query, which may hold more than a place.
std::string title(const HttpRequest& request, const Address& address) {
  return request.method + " " + address.host + address.rest.substr(0, address.rest.find('?'));
}

bool is_read(const HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

bool valid_header(const HttpHeader& header) {
  if (header.name.empty() ||
      header.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
    return false;
  return std::all_of(header.name.begin(), header.name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

bool valid_method(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "POST" || method == "PUT" ||
         method == "PATCH" || method == "DELETE";
}

}  // namespace

Outbound::Outbound(OutboundSettings settings, HttpClient& client, const engine::Clock& clock,
                   const Descriptor& descriptor)
    : settings_(std::move(settings)),
      client_(client),
      clock_(clock),
      limits_(descriptor.limits),
      random_(std::random_device{}()) {}

Result<std::unique_ptr<Outbound>> Outbound::open(const Descriptor& descriptor,
                                                 OutboundSettings settings, HttpClient& client,
                                                 const engine::Clock& clock) {
  std::unique_ptr<Outbound> out(new Outbound(std::move(settings), client, clock, descriptor));
  const auto expand_all = [&](const std::vector<std::string>& patterns,
                              std::vector<std::string>& into) {
    for (const std::string& pattern : patterns) {
      auto host = expand(pattern, out->settings_.settings);
      if (!host) return false;
      into.push_back(std::move(*host));
    }
    return true;
  };
  bool complete = expand_all(descriptor.hosts, out->hosts_);
  for (const auto& [name, rule] : descriptor.secrets) {
    Secret secret{rule, {}, {}, {}};
    complete = complete && expand_all(rule.hosts, secret.hosts);
    const auto value = out->settings_.secrets.find(name);
    if (value != out->settings_.secrets.end()) {
      secret.value = value->second;
      log::conceal(value->second);
    }
    out->secrets_.emplace(name, std::move(secret));
  }
  if (!complete) {
    return Problem{"invalid_value",
                   "a setting is missing that the platform's address is made of",
                   {{"/settings", ""}}};
  }
  if (!out->settings_.base_url.empty()) {
    out->base_ = parse_address(out->settings_.base_url);
    if (!out->base_) {
      return Problem{"invalid_value",
                     "base_url must be an http or https address",
                     {{"/settings/base_url", ""}}};
    }
  }
  if (auto wrong = out->add_tokens()) return *wrong;
  return out;
}

void Outbound::record(std::function<void(Exchange)> recorder) {
  const std::lock_guard lock(mutex_);
  recorder_ = std::move(recorder);
}

bool Outbound::wait(std::int64_t milliseconds, const CallLimits& limits) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (true) {
    const auto now = std::chrono::steady_clock::now();
    if (limits.cancelled() || now >= limits.deadline) return false;
    if (now >= until) return true;
    std::this_thread::sleep_until(
        std::min({until, limits.deadline, now + std::chrono::milliseconds(50)}));
  }
}

Sent Outbound::refused(lb_status status, std::string message) const {
  Sent out;
  out.status = status;
  out.message = std::move(message);
  return out;
}

// ---------------------------------------------------------------- what may be sent where

Result<std::string> Outbound::reveal(std::string_view name, const Address& towards,
                                     const Tokens& tokens) const {
  const auto secret = secrets_.find(name);
  if (secret == secrets_.end()) {
    return Problem{
        "unknown_secret", "the connector asks for a secret that its descriptor does not name", {}};
  }
  if (!allowed(towards, secret->second.hosts)) {
    return Problem{"secret_not_allowed",
                   "secret '" + std::string(name) + "' may not be sent to " + towards.host,
                   {}};
  }
  if (const auto token = tokens.find(name); token != tokens.end()) return token->second;
  if (!secret->second.value) {
    return Problem{"missing_secret", "secret '" + std::string(name) + "' is not configured", {}};
  }
  return *secret->second.value;
}

Result<std::string> Outbound::signing_key(std::string_view key_template) const {
  return fill_secrets(key_template, [this](std::string_view name) -> Result<std::string> {
    const auto secret = secrets_.find(name);
    if (secret == secrets_.end() || !secret->second.value) {
      return Problem{"missing_secret", "secret '" + std::string(name) + "' is not configured", {}};
    }
    return *secret->second.value;
  });
}

Result<WireRequest> Outbound::wire_request(const HttpRequest& request, const Address& address,
                                           const Tokens& tokens) const {
  const Reveal to_here = [&](std::string_view name) { return reveal(name, address, tokens); };
  // A body may quote texts that strangers wrote. Only a secret that the descriptor calls in_body is
  // filled in there.
  const auto in_body = [&](std::string_view name) -> Result<std::string> {
    const auto secret = secrets_.find(name);
    if (secret == secrets_.end() || !secret->second.rule.in_body)
      return "{{secret:" + std::string(name) + "}}";
    return reveal(name, address, tokens);
  };
  WireRequest out;
  out.method = request.method;
  const Address target =
      base_ ? Address{base_->scheme, base_->host, base_->port, address.rest} : address;
  auto url = fill_secrets(target.text(), to_here);
  if (!url.ok()) return url.problem();
  const auto filled = parse_address(*url);
  if (!filled || !filled->same_server(target))
    return Problem{"bad_address", "a secret spoils the address", {}};
  out.url = std::move(*url);
  for (const HttpHeader& header : request.headers) {
    auto value = fill_secrets(header.value, to_here);
    if (!value.ok()) return value.problem();
    out.headers.push_back({header.name, std::move(*value)});
    if (!valid_header(out.headers.back()))
      return Problem{"bad_header", "a header can't be sent: " + header.name, {}};
  }
  const bool any_in_body = std::any_of(secrets_.begin(), secrets_.end(), [](const auto& secret) {
    return secret.second.rule.in_body;
  });
  if (any_in_body) {
    auto body = fill_secrets(request.body, in_body);
    if (!body.ok()) return body.problem();
    out.body = std::move(*body);
  } else {
    out.body = request.body;
  }
  out.private_addresses = base_.has_value() || settings_.private_addresses;
  out.proxy = settings_.proxy;
  out.no_proxy = settings_.no_proxy;
  // Without a stand-in only what the descriptor calls plain http comes here with that scheme.
  out.plain_http = target.scheme == "http";
  out.may_repeat = is_read(request) || !request.idempotency_key.empty();
  return out;
}

// ---------------------------------------------------------------- sending

Sent Outbound::send(const HttpRequest& request, const CallLimits& limits) {
  auto address = parse_address(request.url);
  if (!address || !valid_method(request.method))
    return refused(LB_BUG, "the connector made a request that is none");
  HttpRequest current = request;
  for (int redirects = 0;; ++redirects) {
    if (!allowed(*address, hosts_)) {
      if (address->scheme != "https")
        return refused(LB_CONFIG, "plain http is not allowed: " + address->host);
      return refused(LB_CONFIG,
                     "the connector's descriptor does not allow requests to " + address->host);
    }
    // A proxy looks names up itself; what is plainly private is refused before it is asked.
    if (!settings_.proxy.empty() && !base_ && !settings_.private_addresses &&
        says_private(address->host))
      return refused(LB_CONFIG, "the platform's address is in a private network");
    Sent sent = hop(current, *address, limits);
    if (!sent.reply) return sent;
    const auto next = redirected(current, *address, *sent.reply);
    if (!next) return sent;
    if (redirects == kRedirects) return refused(LB_RETRY, "the platform redirects in a circle");
    address = next;
    current.url = next->text();
  }
}

std::optional<Address> Outbound::redirected(const HttpRequest& request, const Address& from,
                                            const HttpReply& reply) const {
  const int code = reply.code();
  const bool redirect = code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
  const auto location = reply.header("location");
  if (!redirect || !location || !is_read(request)) return std::nullopt;
  auto next = follow(from, *location);
  // A server that stands in for the platform names itself.
  if (next && base_ && next->same_server(*base_))
    next = Address{from.scheme, from.host, from.port, next->rest};
  return next;
}

std::optional<Sent> Outbound::pay(const HttpRequest& request, const CallLimits& limits) {
  const std::string bucket = request.bucket.empty() ? "default" : request.bucket;
  const double cost = request.cost == 0 ? 1 : request.cost;
  const std::int64_t wait_ms =
      limits_.reserve(bucket, cost, settings_.longest_pause_ms, std::chrono::steady_clock::now());
  if (wait_ms > settings_.longest_pause_ms) {
    Sent out = refused(LB_RATE_LIMITED, "the platform's rate limit is used up");
    out.retry_after_ms = static_cast<std::uint64_t>(wait_ms);
    return out;
  }
  if (wait_ms > 0 && !wait(wait_ms, limits))
    return refused(LB_CANCELLED, "cancelled while waiting for the rate limit");
  return std::nullopt;
}

Sent Outbound::hop(const HttpRequest& request, const Address& address, const CallLimits& limits) {
  Tokens tokens;
  if (auto none = tokens_for(request, limits, tokens)) return *none;
  auto wire = wire_request(request, address, tokens);
  if (!wire.ok()) return refused(LB_CONFIG, wire.problem().detail);
  bool renewed = tokens.empty();
  for (int attempt = 1;; ++attempt) {
    if (auto unpaid = pay(request, limits)) return *unpaid;
    const std::int64_t left = milliseconds_until(limits.deadline);
    if (left <= 0 || limits.cancelled()) return refused(LB_CANCELLED, "the call was asked to end");
    const std::int64_t wanted = request.timeout_ms == 0 ? settings_.timeout_ms : request.timeout_ms;
    wire->timeout_ms = std::min(wanted, left);
    ++counts_.requests;
    WireReply reply = client_.perform(*wire, limits.cancelled);
    // A token that ended early: refused credentials mean that nothing was done, so once with a new
    // one.
    if (reply.end == WireReply::End::answered && reply.code == 401 && !renewed) {
      renewed = true;
      if (auto none = tokens_for(request, limits, tokens)) return *none;
      auto again = wire_request(request, address, tokens);
      if (!again.ok()) return refused(LB_CONFIG, again.problem().detail);
      wire = std::move(again);
      ++counts_.retries;
      continue;
    }
    const auto pause = pause_before_repeat(request, reply, wire->may_repeat, attempt);
    if (!pause || milliseconds_until(limits.deadline) <= *pause)
      return conclude(std::move(reply), request, wire->may_repeat);
    ++counts_.retries;
    log::debug("a request is repeated", {{"connector", settings_.connector},
                                         {"request", title(request, address)},
                                         {"code", reply.code},
                                         {"error", reply.error},
                                         {"pause_ms", *pause}});
    if (!wait(*pause, limits)) return refused(LB_CANCELLED, "the call was asked to end");
  }
}

std::optional<std::int64_t> Outbound::pause_before_repeat(const HttpRequest& request,
                                                          const WireReply& reply, bool repeatable,
                                                          int attempt) {
  using End = WireReply::End;
  if (attempt >= settings_.attempts) return std::nullopt;
  bool again = reply.end == End::not_sent;
  again = again || (repeatable && (reply.end == End::lost || reply.end == End::timed_out));
  std::optional<std::uint64_t> told;
  if (reply.end == End::answered) {
    // "Too many requests" means that nothing was done; any other code may follow half a deed.
    again = reply.code == 429 ||
            (repeatable && (reply.code == 408 || (reply.code >= 500 && reply.code != 501)));
    const std::string bucket = request.bucket.empty() ? "default" : request.bucket;
    const HttpReply answer(reply.code, reply.headers, reply.code == 200 ? reply.body : "");
    if (reply.code == 200) again = limits_.throttled(bucket, answer);
    if (const auto header = limits_.retry_after(bucket, answer))
      told = retry_after_ms(*header, clock_.now());
  }
  if (!again) return std::nullopt;
  std::int64_t pause = settings_.first_pause_ms << std::min(attempt - 1, 16);
  {
    const std::lock_guard lock(mutex_);
    pause += static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(pause / 2 + 1));
  }
  if (told) pause = std::max(pause, static_cast<std::int64_t>(*told));
  if (pause > settings_.longest_pause_ms)
    return std::nullopt;  // the schedule waits better than a thread
  return pause;
}

// A platform that repeats what it was sent must not bring a secret into a recording.
Exchange Outbound::without_secrets(Exchange exchange) const {
  const auto hide = [this](std::string& text) {
    for (const auto& [name, secret] : secrets_) {
      if (!secret.value || secret.value->size() < 4) continue;
      for (std::size_t at = 0; (at = text.find(*secret.value, at)) != std::string::npos;)
        text.replace(at, secret.value->size(), "{{secret:" + name + "}}");
    }
  };
  hide(exchange.body);
  for (HttpHeader& header : exchange.headers) hide(header.value);
  return exchange;
}

Sent Outbound::conclude(WireReply reply, const HttpRequest& request, bool repeatable) {
  using End = WireReply::End;
  if (reply.end != End::answered) ++counts_.failures;
  switch (reply.end) {
    case End::answered:
      break;
    case End::cancelled:
      return refused(LB_CANCELLED, "the call was asked to end");
    case End::refused_address:
      return refused(
          LB_CONFIG,
          "the platform's name leads to a private network; set base_url if that is meant");
    case End::too_large:
      return refused(LB_RETRY, "the platform's answer is larger than 64 MB");
    case End::not_sent:
      return refused(LB_RETRY, "the platform can't be reached: " + reply.error);
    default:
      return refused(LB_RETRY,
                     repeatable
                         ? "the platform did not answer: " + reply.error
                         : "outcome unknown: the request went out, but its answer was lost (" +
                               reply.error + ")");
  }
  Sent out;
  out.reply.emplace(reply.code, std::move(reply.headers), std::move(reply.body));
  const std::string bucket = request.bucket.empty() ? "default" : request.bucket;
  // Connectors read one name of the pause, whatever the platform calls it.
  if (!out.reply->header("retry-after")) {
    if (const auto pause = limits_.retry_after(bucket, *out.reply)) {
      std::vector<HttpHeader> headers = out.reply->headers();
      headers.push_back({"retry-after", *pause});
      out.reply.emplace(out.reply->code(), std::move(headers), out.reply->body());
    }
  }
  limits_.learn(bucket, *out.reply, std::chrono::steady_clock::now());
  std::function<void(Exchange)> recorder;
  {
    const std::lock_guard lock(mutex_);
    recorder = recorder_;
  }
  if (recorder)
    recorder(without_secrets(
        redacted({request, {}, out.reply->code(), out.reply->headers(), out.reply->body()})));
  return out;
}

}  // namespace lotbridge::host
