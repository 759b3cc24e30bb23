// The connector for WooCommerce: which operation is done by which part of this folder.
#include <lotbridge/sdk.hpp>

#include "api.hpp"
#include "orders.hpp"
#include "pull.hpp"
#include "settings.hpp"
#include "woocommerce.descriptor.hpp"
#include "writing.hpp"

namespace lotbridge::woocommerce {

class WooCommerce final : public Storefront {
 public:
  explicit WooCommerce(const Json& settings) : settings_(settings), api_(settings_) {}

  // One order, or none: what the key may read is what matters.
  void check_account(Call& call) override {
    api_.list(call, "/orders", {{"per_page", "1"}}, "asking the shop for an order");
    call.result(json_object({{"account", settings_.site + settings_.folder}}));
  }

  void pull_orders(Call& call, const Pull& pull) override {
    woocommerce::pull_orders(call, api_, settings_, pull);
  }

  void pull_products(Call& call, const Pull& pull) override {
    woocommerce::pull_products(call, api_, pull);
  }

  void receive_webhook(Call& call, const Webhook& hook) override {
    if (hook.topic != "order.created" && hook.topic != "order.updated" &&
        hook.topic != "order.deleted" && hook.topic != "order.restored") {
      call.log(Call::Level::debug, "a webhook of topic " + hook.topic + " was not asked for");
      return;
    }
    const Json body = hook.json();
    // A deleted one brings its number only; in the bin it is still there, and may come back.
    if (!body["status"].exists()) return look_again(call, body["id"].id());
    emit_order(call, api_, settings_, body);
  }

  void register_webhooks(Call& call, const std::string& url) override {
    woocommerce::register_webhooks(call, api_, settings_, url);
  }

  void write_lots(Call& call, const Instruction& instruction, const LotsWrite& stamp) override {
    woocommerce::write_lots(call, api_, settings_, instruction, stamp);
  }

  void create_fulfillments(Call& call, const Instruction& instruction,
                           const FulfillmentsCreate& wanted) override {
    create_fulfillment(call, api_, settings_, instruction, wanted);
  }

  void write_stock(Call& call, const Instruction& instruction, const StockWrite& stock) override {
    if (settings_.write_stock) woocommerce::write_stock(call, api_, instruction, stock);
  }

 private:
  void look_again(Call& call, const std::string& id) {
    Json order;
    try {
      order = api_.object(call, "/orders/" + id, "reading order " + id);
    } catch (const Failure& failure) {
      if (failure.vendor_code != "woocommerce_rest_shop_order_invalid_id") throw;
    }
    if (order) return emit_order(call, api_, settings_, order);
    call.emit(deleted_order(id));
  }

  Settings settings_;
  Api api_;
};

}  // namespace lotbridge::woocommerce

LOTBRIDGE_CONNECTOR(lotbridge::woocommerce::WooCommerce, kWoocommerceDescriptor)
