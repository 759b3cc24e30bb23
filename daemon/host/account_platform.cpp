// What an account keeps of its platform beside records: tokens that were lent, keys that webhooks
// are checked with.
#include <chrono>
#include <future>
#include <set>

#include "daemon/host/account.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

constexpr std::int64_t kReadKeysEvery = 86'400'000;
constexpr std::int64_t kReadKeysAgain = 60'000;  // when one was missing; a stranger may ask for it

}  // namespace

TokenKeeper Account::token_keeper() {
  return {[this](const std::string& secret) { return shared_.engine.token(config_.name, secret); },
          [this](const std::string& secret, const std::string& state) {
            engine::ConnectorBatch batch;
            batch.connector = config_.name;
            batch.operation = "oauth2";
            batch.token = engine::KeptToken{secret, state};
            const auto kept = std::make_shared<std::promise<bool>>();
            shared_.engine.submit_batch(
                std::move(batch), [kept](const Refused& refused) { kept->set_value(!refused); });
            return kept->get_future().get();
          }};
}

bool Account::keys_due() const {
  if (!has_keys_) return false;
  const std::int64_t age = now() - keys_read_at_;
  return age >= kReadKeysEvery || (keys_wanted_ && age >= kReadKeysAgain);
}

void Account::read_keys() {
  keys_read_at_ = now();
  keys_wanted_ = false;
  std::set<std::string> addresses;
  for (const HookRule& rule : connector_->descriptor.hooks) {
    if (rule.public_key) addresses.insert(rule.keys_url);
  }
  const CallLimits limits{std::chrono::steady_clock::now() + std::chrono::seconds(30),
                          [this] { return cancelled_.load(); }};
  for (const std::string& address : addresses) {
    HttpRequest request;
    request.url = address;
    const Sent sent = outbound_->send(request, limits);
    std::string wrong = sent.message;
    if (sent.reply && !sent.reply->ok()) wrong = "it answers " + std::to_string(sent.reply->code());
    if (sent.reply && sent.reply->ok()) {
      const Refused unread = keys_.take(address, sent.reply->body());
      wrong = unread ? unread->detail : "";
    }
    if (wrong.empty()) continue;
    keys_wanted_ = true;
    log::warning("the keys that webhooks are checked with could not be read",
                 {{"connector", config_.name}, {"reason", wrong}});
  }
}

}  // namespace lotbridge::host
