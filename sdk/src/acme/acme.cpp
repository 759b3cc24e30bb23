// A storefront that does not exist, as small as a connector can be: the tests of the SDK and of the
// host load it.
#include <lotbridge/sdk.hpp>

#include "acme.descriptor.hpp"

namespace lb = lotbridge;

namespace {

class Acme final : public lb::Storefront {
 public:
  explicit Acme(const lb::Json& settings)
      : base_("https://" + settings["shop"].text() + ".acme.example") {}

  void check_account(lb::Call& call) override {
    const auto shop = call.http({.url = base_ + "/shop", .secret = "token"}).json();
    call.result(lb::json_object({{"account", shop["name"]}}));
  }

  // Every order changed since the cursor, oldest first; one checkpoint per page.
  void pull_orders(lb::Call& call, const lb::Pull& pull) override {
    std::string page = pull.cursor.text_or("");
    while (true) {
      const auto reply =
          call.http({.url = base_ + "/orders?after=" + lb::url_encoded(page), .secret = "token"});
      const auto answer = reply.json();
      call.each(answer["orders"], "order/1",
                [&](const lb::Json& item) { call.emit(order_of(item)); });
      const std::string next = answer["next"].text_or("");
      if (next.empty()) return;
      call.checkpoint(page = next);
    }
  }

  void receive_webhook(lb::Call& call, const lb::Webhook& hook) override {
    call.guarded(hook.json(), "order/1", [&](const lb::Json& item) { call.emit(order_of(item)); });
  }

  // Repeating it is harmless: the platform keeps one lot property per line.
  void write_lots(lb::Call& call, const lb::Instruction& instruction,
                  const lb::LotsWrite& stamp) override {
    std::vector<lb::JsonText> lines;
    for (const auto& line : stamp.lines) {
      for (const auto& dispatch : line.dispatches) {
        for (const auto& lot : dispatch.lots) {
          lines.push_back(
              lb::json_object({{"line", line.line}, {"lot", lot.lot}, {"quantity", lot.quantity}}));
        }
      }
    }
    call.http({.method = "PUT",
               .url = base_ + "/orders/" + lb::url_encoded(instruction.order.id) + "/lots",
               .body = lb::json_array(lines).str(),
               .secret = "token",
               .idempotency_key = instruction.key});
    call.refs({{"order", instruction.order.id}});
  }

 private:
  static lb::Document order_of(const lb::Json& item) {
    lb::Order order;
    order.placed_at = item["created"].time();
    order.version = item["version"].integer_maybe();
    for (const auto& row : item["lines"].items()) {
      lb::OrderLine line;
      line.line = row["id"].text();
      line.sku = row["sku"].text_maybe();
      line.quantity_text = row["qty"].decimal();
      line.quantity = row["qty"].quantity();
      order.lines.push_back(std::move(line));
    }
    lb::Document document;
    document.id = item["id"].text();
    document.body = std::move(order);
    return document;
  }

  std::string base_;
};

}  // namespace

LOTBRIDGE_CONNECTOR(Acme, kAcmeDescriptor)
