// The connector for Vendure: which operation is done by which part of this folder.
#include <lotbridge/sdk.hpp>

#include "admin.hpp"
#include "orders.hpp"
#include "pull.hpp"
#include "settings.hpp"
#include "vendure.descriptor.hpp"
#include "writing.hpp"

namespace lotbridge::vendure {

class Vendure final : public Storefront {
 public:
  explicit Vendure(const Json& settings) : settings_(settings), admin_(settings_) {}

  // Also asks for one order with every custom field, so that a wrong name is said before anything
  // is written.
  void check_account(Call& call) override {
    const Json data = admin_.query(call, "LotbridgeAccount",
                                   "LotbridgeAccount { activeChannel { code } orders(options: {"
                                   " take: 1 }) { items { " +
                                       order_selection(settings_) + " } } }",
                                   json_object({}));
    call.result(json_object(
        {{"account", settings_.endpoint + " (" + data["activeChannel"]["code"].text() + ")"}}));
  }

  void pull_orders(Call& call, const Pull& pull) override {
    vendure::pull_orders(call, admin_, settings_, pull);
  }

  void pull_products(Call& call, const Pull& pull) override {
    vendure::pull_products(call, admin_, settings_, pull);
  }

  // The plugin in the shop names the order only; what it is now is read.
  void receive_webhook(Call& call, const Webhook& hook) override {
    const std::string id = hook.json()["order"].id();
    const Json order = read_order(call, admin_, settings_, id);
    for (const Document& document : documents_of(order, settings_)) call.emit(document);
  }

  void write_lots(Call& call, const Instruction& instruction, const LotsWrite& stamp) override {
    vendure::write_lots(call, admin_, settings_, instruction, stamp);
  }

  void create_fulfillments(Call& call, const Instruction& instruction,
                           const FulfillmentsCreate& wanted) override {
    create_fulfillment(call, admin_, settings_, instruction, wanted);
  }

  void write_stock(Call& call, const Instruction&, const StockWrite& stock) override {
    if (settings_.write_stock) vendure::write_stock(call, admin_, settings_, stock);
  }

 private:
  Settings settings_;
  Admin admin_;
};

}  // namespace lotbridge::vendure

LOTBRIDGE_CONNECTOR(lotbridge::vendure::Vendure, kVendureDescriptor)
