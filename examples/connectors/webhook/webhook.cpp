// Signed deliveries: the host checks the signature as the descriptor says, before any of this runs.
#include <lotbridge/sdk.hpp>

#include "webhook.descriptor.hpp"

namespace lb = lotbridge;

class Hooked final : public lb::Carrier {
 public:
  explicit Hooked(const lb::Json& settings)
      : base_("https://" + settings["account"].text() + ".example") {}

  void check_account(lb::Call& call) override {
    call.http({.url = base_ + "/account", .secret = "token"}).json();
  }

  // Deliveries get lost, come twice, come late. The pull brings what they missed; a record that the
  // daemon has already is dropped there, so both may tell the same.
  void pull_dispatches(lb::Call& call, const lb::Pull&) override {
    const auto answer = call.http({.url = base_ + "/shipments", .secret = "token"}).json();
    call.each(answer["shipments"], "dispatch/1",
              [&](const lb::Json& item) { call.emit(dispatch_of(item)); });
  }

  // A delivery is whole by itself: nothing is asked of the platform, so it is taken also while that
  // is down. The same delivery gives the same record each time.
  void receive_webhook(lb::Call& call, const lb::Webhook& hook) override {
    call.guarded(hook.json(), "dispatch/1",
                 [&](const lb::Json& item) { call.emit(dispatch_of(item)); });
  }

 private:
  static lb::Document dispatch_of(const lb::Json& item) {
    lb::Dispatch dispatch;
    dispatch.order = item["order"].text();
    dispatch.tracking_number = item["tracking"].text_maybe();
    dispatch.lines.emplace_back();
    dispatch.lines.back().sku = item["sku"].text();
    dispatch.lines.back().quantity = item["quantity"].quantity();
    lb::Document out;
    out.id = item["id"].text();
    out.body = dispatch;
    return out;
  }

  std::string base_;
};

LOTBRIDGE_CONNECTOR(Hooked, kWebhookDescriptor)
