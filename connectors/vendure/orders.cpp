#include "orders.hpp"

#include <algorithm>

#include <lotbridge/failure.hpp>

namespace lotbridge::vendure {
namespace {

std::string custom(const std::vector<Maybe<std::string>>& names) {
  std::string out;
  for (const auto& name : names) {
    if (name) out += " " + *name;
  }
  return out.empty() ? "" : " customFields {" + out + " }";
}

Maybe<Address> ship_to(const Json& from) {
  if (!from) return std::nullopt;
  Address out;
  const auto country = from["countryCode"].text_maybe();
  if (country && country->size() == 2) out.country = country;
  out.region = from["province"].text_maybe();
  out.postal_code = from["postalCode"].text_maybe();
  out.name = from["fullName"].text_maybe();
  out.company = from["company"].text_maybe();
  out.address1 = from["streetLine1"].text_maybe();
  out.address2 = from["streetLine2"].text_maybe();
  out.city = from["city"].text_maybe();
  out.phone = from["phoneNumber"].text_maybe();
  return out == Address{} ? std::nullopt : Maybe<Address>(out);
}

Maybe<Customer> customer(const Json& from) {
  if (!from) return std::nullopt;
  Customer out;
  out.id = from["id"].id_maybe();
  const auto first = from["firstName"].text_maybe(), last = from["lastName"].text_maybe();
  out.name = first && last ? Maybe<std::string>(*first + " " + *last) : (first ? first : last);
  out.email = from["emailAddress"].text_maybe();
  out.phone = from["phoneNumber"].text_maybe();
  return out == Customer{} ? std::nullopt : Maybe<Customer>(out);
}

// Money that is not there yet, or an order that somebody is still arranging.
Maybe<std::string> hold_of(const std::string& state) {
  if (state == "PaymentAuthorized" || state == "ArrangingAdditionalPayment") {
    return "the shop says " + state;
  }
  // States of a shop's own process: what they mean is not ours to guess.
  for (const char* known : {"PaymentSettled", "PartiallyShipped", "Shipped", "PartiallyDelivered",
                            "Delivered", "Modifying", "Cancelled"}) {
    if (state == known) return std::nullopt;
  }
  return "the shop says " + state;
}

void dispatches_of(const Json& order, const Settings& settings, std::vector<Document>& out) {
  for (const Json& fulfillment : order["fulfillments"].items_or_none()) {
    const std::string state = fulfillment["state"].text(), id = fulfillment["id"].id();
    if (state != "Shipped" && state != "Delivered" && state != "Cancelled") continue;
    Dispatch dispatch;
    dispatch.order = order["id"].id();
    dispatch.warehouse = settings.warehouse;
    dispatch.carrier = fulfillment["method"].text_maybe();
    dispatch.tracking_number = fulfillment["trackingCode"].text_maybe();
    dispatch.shipment = id;
    for (const Json& line : fulfillment["lines"].items()) {
      if (line["quantity"].integer() <= 0) continue;
      DispatchLine left;
      left.order_line = line["orderLineId"].id();
      left.quantity = Quantity::whole(line["quantity"].integer());
      dispatch.lines.push_back(std::move(left));
    }
    if (dispatch.lines.empty()) continue;
    Document document;
    document.id = id;
    document.at = fulfillment["createdAt"].time_maybe();
    document.body = std::move(dispatch);
    out.push_back(std::move(document));
    if (state != "Cancelled") continue;
    Dispatch back;
    back.void_of = id;
    Document void_document;
    void_document.id = id + ":cancelled";
    void_document.body = std::move(back);
    out.push_back(std::move(void_document));
  }
}

// What the shop gave money back for although it had left: the line wants less than was shipped.
void return_of(const Json& order, std::vector<Document>& out) {
  auto shipped = fulfilled_units(order);
  Return back;
  back.order = order["id"].id();
  back.received = false;
  for (const Json& line : order["lines"].items()) {
    const std::int64_t more = shipped[line["id"].id()] - line["quantity"].integer();
    if (more <= 0) continue;
    ReturnLine returned;
    returned.order_line = line["id"].id();
    returned.quantity = Quantity::whole(more);
    back.lines.push_back(std::move(returned));
  }
  if (back.lines.empty()) return;
  Document document;
  document.id = order["id"].id() + ":money-back";
  document.body = std::move(back);
  out.push_back(std::move(document));
}

}  // namespace

std::string order_selection(const Settings& settings) {
  return "id code state updatedAt orderPlacedAt active"
         " customer { id firstName lastName emailAddress phoneNumber }"
         " shippingAddress { fullName company streetLine1 streetLine2 city province postalCode"
         " countryCode phoneNumber }"
         " lines { id quantity orderPlacedQuantity productVariant { id sku }" +
         custom({settings.fields.line, settings.fields.line_text}) +
         " } fulfillments { id state method trackingCode createdAt lines { orderLineId quantity }" +
         custom({settings.fields.fulfillment}) + " }" +
         custom({settings.fields.order, settings.fields.order_text});
}

bool is_cart(const Json& order) { return !order["orderPlacedAt"]; }

std::map<std::string, std::int64_t> fulfilled_units(const Json& order) {
  std::map<std::string, std::int64_t> out;
  for (const Json& fulfillment : order["fulfillments"].items_or_none()) {
    if (fulfillment["state"].text() == "Cancelled") continue;
    for (const Json& line : fulfillment["lines"].items()) {
      out[line["orderLineId"].id()] += line["quantity"].integer();
    }
  }
  return out;
}

Json read_order(Call& call, Admin& admin, const Settings& settings, const std::string& id) {
  const Json data = admin.query(
      call, "LotbridgeOrder",
      "LotbridgeOrder($id: ID!) { order(id: $id) { " + order_selection(settings) + " } }",
      json_object({{"id", id}}));
  if (!data["order"]) throw Failure(LB_BAD_RECORD, "the shop has no order " + id);
  return data["order"];
}

std::vector<Document> documents_of(const Json& order, const Settings& settings) {
  if (is_cart(order)) return {};
  const std::string state = order["state"].text();
  auto shipped = fulfilled_units(order);
  Order out;
  out.number = order["code"].text_maybe();
  const Timestamp updated = order["updatedAt"].time();
  out.version = updated.ms;
  out.channel = settings.channel;
  out.placed_at = order["orderPlacedAt"].time_maybe();
  out.hold = hold_of(state);
  out.customer = customer(order["customer"]);
  out.ship_to = ship_to(order["shippingAddress"]);
  for (const Json& from : order["lines"].items()) {
    OrderLine line;
    line.line = from["id"].id();
    line.sku = from["productVariant"]["sku"].text_maybe();
    line.variant = from["productVariant"]["id"].id_maybe();
    // Shipped units whose money was given back were wanted and have left.
    line.quantity = Quantity::whole(std::max(from["quantity"].integer(), shipped[line.line]));
    out.lines.push_back(std::move(line));
  }
  std::sort(out.lines.begin(), out.lines.end(), [](const OrderLine& a, const OrderLine& b) {
    return a.line.size() != b.line.size() ? a.line.size() < b.line.size() : a.line < b.line;
  });
  Document document;
  document.id = order["id"].id();
  document.at = updated;
  document.body = std::move(out);
  std::vector<Document> all{std::move(document)};
  if (state == "Cancelled") {
    Cancellation cancellation;
    cancellation.order = order["id"].id();
    Document cancelled;
    cancelled.id = order["id"].id();
    cancelled.at = updated;
    cancelled.body = std::move(cancellation);
    all.push_back(std::move(cancelled));
  }
  if (settings.theirs) dispatches_of(order, settings, all);
  return_of(order, all);
  return all;
}

}  // namespace lotbridge::vendure
