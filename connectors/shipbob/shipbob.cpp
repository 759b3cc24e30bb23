// The connector for ShipBob: which operation is done by which part of this folder.
#include <lotbridge/sdk.hpp>

#include "api.hpp"
#include "reading.hpp"
#include "sending.hpp"
#include "settings.hpp"
#include "shipbob.descriptor.hpp"

namespace lotbridge::shipbob {

class ShipBob final : public Warehouse {
 public:
  explicit ShipBob(const Json& settings) : settings_(settings), api_(settings_) {}

  // The channel must be one of the account's: orders can't be made in another.
  void check_account(Call& call) override {
    const Json channels = api_.get(call, "/channel", "reading channels");
    if (!channels.is_array() && !channels["items"].is_array()) {
      throw Failure(LB_RETRY, "reading channels: ShipBob's answer is no list");
    }
    for (const Json& channel : (channels.is_array() ? channels : channels["items"]).items()) {
      if (channel["id"].id() != settings_.channel_id) continue;
      call.result(json_object({{"account", channel["name"].text_or(settings_.channel_id)}}));
      return;
    }
    throw Failure(LB_CONFIG, "this token has no channel " + settings_.channel_id, "/channel_id");
  }

  void pull_products(Call& call, const Pull& pull) override {
    shipbob::pull_products(call, api_, pull);
  }
  void pull_receipts(Call& call, const Pull& pull) override {
    shipbob::pull_receipts(call, api_, settings_, pull);
  }
  void pull_dispatches(Call& call, const Pull& pull) override {
    shipbob::pull_dispatches(call, api_, settings_, pull);
  }
  void pull_returns(Call& call, const Pull& pull) override {
    shipbob::pull_returns(call, api_, settings_, pull);
  }
  void pull_inventory(Call& call, const Pull& pull) override {
    shipbob::pull_inventory(call, api_, settings_, pull);
  }

  // Bodies differ by topic and age; what they speak of is read, whatever they say of it.
  void receive_webhook(Call& call, const Webhook& hook) override {
    const Json body = hook.json();
    if (hook.topic.starts_with("order.")) {
      const auto order = body["order_id"].id_maybe();
      const std::string id = order ? *order : body["id"].id();
      emit_dispatches(call, api_, settings_, api_.get(call, "/order/" + id, "reading the order"));
    } else if (hook.topic.starts_with("return.")) {
      emit_return(call, api_, settings_,
                  api_.get(call, "/return/" + body["id"].id(), "reading the return"));
    } else if (hook.topic.starts_with("wro.")) {
      emit_receipt(call, api_, settings_,
                   api_.get(call, "/receiving/" + body["id"].id(), "reading the receiving order"));
    } else {
      call.log(Call::Level::debug, "a webhook of topic " + hook.topic + " was not asked for");
    }
  }

  void register_webhooks(Call& call, const std::string& url) override {
    register_webhook(call, api_, url);
  }

  void send_pick(Call& call, const Instruction& instruction, const PickSend& pick) override {
    shipbob::send_pick(call, api_, settings_, instruction, pick);
  }

 private:
  Settings settings_;
  Api api_;
};

}  // namespace lotbridge::shipbob

LOTBRIDGE_CONNECTOR(lotbridge::shipbob::ShipBob, kShipbobDescriptor)
