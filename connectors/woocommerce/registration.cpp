// webhook.register: one webhook for each topic, and those that the shop switched off after failures
// switched on again.
#include <map>

#include <lotbridge/failure.hpp>

#include "writing.hpp"

namespace lotbridge::woocommerce {
namespace {

constexpr const char* kTopics[] = {"order.created", "order.updated", "order.deleted",
                                   "order.restored"};

}  // namespace

void register_webhooks(Call& call, Api& api, const Settings& settings, const std::string& url) {
  std::map<std::string, Json> there;
  for (std::int64_t page = 1;; ++page) {
    const Json list =
        api.list(call, "/webhooks", {{"per_page", "100"}, {"page", std::to_string(page)}},
                 "reading webhooks");
    for (const Json& hook : list.items()) {
      if (hook["delivery_url"].text_or("") == url) there[hook["topic"].text()] = hook;
    }
    if (list.size() < 100) break;
  }
  for (const char* topic : kTopics) {
    const auto found = there.find(topic);
    if (found == there.end()) {
      if (settings.scheme == "http") {
        throw Failure(LB_CONFIG, std::string("make the webhook ") + topic + " to " + url +
                                     " in the shop: its secret is never sent over plain http");
      }
      const JsonText body = json_object({{"name", std::string("Lotbridge ") + topic},
                                         {"topic", topic},
                                         {"delivery_url", url},
                                         {"secret", secret("webhook_secret")}});
      api.write(call, "POST", "/webhooks", body.str(), "making a webhook");
    } else if (found->second["status"].text_or("") != "active") {
      call.log(Call::Level::warning, std::string("the shop had switched off the webhook ") + topic);
      api.write(call, "PUT", "/webhooks/" + found->second["id"].id(), R"({"status":"active"})",
                "switching a webhook on", true);
    }
  }
}

}  // namespace lotbridge::woocommerce
