#include "daemon/connector_tool/account.hpp"

#include <chrono>
#include <cstdlib>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "daemon/connector_tool/package.hpp"
#include "daemon/host/http_client.hpp"
#include "daemon/host/outbound.hpp"

namespace lotbridge::connector_tool {
namespace {

// Problem, where a name is not set.
Result<std::string> with_environment(std::string text) {
  for (auto at = text.find("${"); at != std::string::npos; at = text.find("${", at)) {
    const auto end = text.find('}', at);
    if (end == std::string::npos) break;
    const std::string name = text.substr(at + 2, end - at - 2);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return Problem{"no_such_variable", "the environment has no " + name, {}};
    text.replace(at, end + 1 - at, value);
    at += std::string(value).size();
  }
  return text;
}

class SystemClock final : public engine::Clock {
 public:
  Timestamp now() const override {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
  }
};

class RealLine final : public Line {
 public:
  Refused connect(const std::string& text, const Account& account) {
    auto descriptor = host::read_descriptor(text);
    if (!descriptor.ok()) return descriptor.problem();
    host::OutboundSettings settings;
    settings.connector = account.name;
    settings.settings = Json::parse(account.settings);
    settings.base_url = account.base_url;
    settings.secrets = account.secrets;
    settings.private_addresses = !account.base_url.empty();
    auto outbound = host::Outbound::open(*descriptor, std::move(settings), *client_, clock_);
    if (!outbound.ok()) return outbound.problem();
    outbound_ = std::move(*outbound);
    return std::nullopt;
  }

  testing::Answered send(const HttpRequest& request) override {
    const host::CallLimits limits{std::chrono::steady_clock::now() + std::chrono::minutes(2),
                                  [] { return false; }};
    host::Sent sent = outbound_->send(request, limits);
    if (sent.reply) return std::move(*sent.reply);
    reason_ = sent.message;
    return sent.status;
  }
  void record(std::function<void(Exchange)> recorder) override {
    outbound_->record(std::move(recorder));
  }
  Timestamp now() const override { return clock_.now(); }
  const std::string& reason() const override { return reason_; }

 private:
  SystemClock clock_;
  std::unique_ptr<host::HttpClient> client_ = host::HttpClient::start();
  std::unique_ptr<host::Outbound> outbound_;
  std::string reason_;
};

}  // namespace

Result<Account> read_account(const std::string& path) {
  Account out;
  if (path.empty()) return out;
  const auto filled = with_environment(text_of_file(path));
  if (!filled.ok()) return Problem{"bad_config", path + ": " + filled.problem().detail, {}};
  const auto json = yaml_as_json(*filled);
  if (!json.ok()) return Problem{"bad_config", path + ": " + json.problem().detail, {}};
  try {
    const Json config = Json::parse(*json);
    out.name = config["name"].text_or("account");
    std::vector<std::pair<std::string, JsonText>> settings;
    if (config["settings"]) {
      for (const auto& [key, value] : config["settings"].members()) {
        if (key == "base_url") {
          out.base_url = value.text();
        } else {
          settings.emplace_back(std::string(key), JsonText(value));
        }
      }
    }
    out.settings = json_object(settings).str();
    if (config["secrets"]) {
      for (const auto& [key, value] : config["secrets"].members())
        out.secrets[std::string(key)] = value.text();
    }
  } catch (const Failure& failure) {
    return Problem{"bad_config", path + ": " + failure.message + " at " + failure.path, {}};
  }
  return out;
}

Result<std::unique_ptr<Line>> Line::open(const std::string& descriptor, const Account& account) {
  auto line = std::make_unique<RealLine>();
  if (auto bad = line->connect(descriptor, account)) return *bad;
  return std::unique_ptr<Line>(std::move(line));
}

}  // namespace lotbridge::connector_tool
