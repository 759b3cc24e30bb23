// The connector for Shopify: which operation is done by which part of this folder.
#include <lotbridge/sdk.hpp>

#include "fulfil.hpp"
#include "graph.hpp"
#include "metafields.hpp"
#include "pull.hpp"
#include "registration.hpp"
#include "settings.hpp"
#include "shop_order.hpp"
#include "shopify.descriptor.hpp"
#include "stock.hpp"

namespace lotbridge::shopify {

class Shopify final : public Storefront {
 public:
  explicit Shopify(const Json& settings) : settings_(settings), graph_(settings_) {}

  void check_account(Call& call) override {
    const Json shop = graph_.run(call, kAccountCheck, json_object({}))["shop"];
    call.result(json_object(
        {{"account", shop["name"].text() + " (" + shop["myshopifyDomain"].text() + ")"}}));
  }

  void pull_orders(Call& call, const Pull& pull) override {
    shopify::pull_orders(call, graph_, settings_, pull);
  }

  void pull_products(Call& call, const Pull& pull) override {
    shopify::pull_products(call, graph_, pull);
  }

  void write_stock(Call& call, const Instruction&, const StockWrite& stock) override {
    if (settings_.write_stock()) shopify::write_stock(call, graph_, settings_, stock);
  }

  // Each body is whole by itself; nothing is asked of the platform, so a webhook is taken also
  // while it is down.
  void receive_webhook(Call& call, const Webhook& hook) override {
    const Json body = hook.json();
    if (hook.topic == "orders/create" || hook.topic == "orders/updated" ||
        hook.topic == "orders/cancelled") {
      emit(call, order_documents(order_of_webhook(body), settings_));
    } else if (hook.topic == "fulfillments/create" || hook.topic == "fulfillments/update") {
      if (settings_.takes_fulfilments())
        emit(call, dispatch_documents(fulfillment_of_webhook(body), settings_));
    } else if (hook.topic == "refunds/create") {
      emit(call, return_documents(refund_of_webhook(body)));
    } else if (hook.topic == "customers/redact" || hook.topic == "shop/redact") {
      redact(call, hook, body);
    } else if (hook.topic == "customers/data_request") {
      const auto orders = body["orders_requested"].items_or_none().size();
      call.log(Call::Level::warning,
               "a customer asks for their data (request " + body["data_request"]["id"].id() + ", " +
                   std::to_string(orders) + " orders): answer them within 30 days");
    } else {
      call.log(Call::Level::debug, "a webhook of topic " + hook.topic + " was not asked for");
    }
  }

  void register_webhooks(Call& call, const std::string& url) override {
    register_shop(call, graph_, url);
  }

  void plan_lots(Call& call, const Instruction& instruction, const LotsPlan& plan) override {
    write_plan(call, graph_, instruction.order.id, plan);
  }

  void write_lots(Call& call, const Instruction& instruction, const LotsWrite& stamp) override {
    shopify::write_lots(call, graph_, instruction.order.id, stamp);
  }

  void create_fulfillments(Call& call, const Instruction& instruction,
                           const FulfillmentsCreate& wanted) override {
    create_fulfillment(call, graph_, settings_, instruction, wanted);
  }

 private:
  static void emit(Call& call, const std::vector<Document>& documents) {
    for (const Document& document : documents) call.emit(document);
  }

  static void redact(Call& call, const Webhook& hook, const Json& body) {
    const Document document = erasure_document(body, hook.topic == "shop/redact", hook.id);
    const auto& erasure = std::get<Erasure>(document.body);
    // A visitor who never ordered: there is nothing of theirs here.
    if (!erasure.all && !erasure.customer && erasure.orders.empty()) return;
    call.emit(document);
  }

  Settings settings_;
  Graph graph_;
};

}  // namespace lotbridge::shopify

LOTBRIDGE_CONNECTOR(lotbridge::shopify::Shopify, kShopifyDescriptor)
