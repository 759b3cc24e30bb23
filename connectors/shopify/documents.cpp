// From the shop's order to the documents of Lotbridge: the one place that decides what they hold.
#include <algorithm>
#include <charconv>

#include "shop_order.hpp"

namespace lotbridge::shopify {
namespace {

Maybe<std::int64_t> whole(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

// Units have left with these; a cancelled one came back.
bool has_left(const ShopFulfillment& fulfillment) {
  return fulfillment.status == "success" || fulfillment.status == "pending" ||
         fulfillment.status == "open";
}

// What is wanted of a line in all, shipped units included. The shop's own `current` also falls when
// shipped units are refunded; those were wanted and have left, so they stay, or each refund would
// look like too much shipped.
Maybe<std::int64_t> wanted(const ShopOrder& order, const ShopLine& line) {
  const auto current = whole(line.current);
  const auto ordered = whole(line.quantity);
  if (!current || !ordered) return std::nullopt;
  std::int64_t shipped = 0, back = 0;
  for (const ShopFulfillment& fulfillment : order.fulfillments) {
    if (!has_left(fulfillment)) continue;
    for (const ShopUnits& units : fulfillment.lines) {
      if (units.line == line.id) shipped += units.quantity;
    }
  }
  for (const ShopRefund& refund : order.refunds) {
    for (const ShopUnits& units : refund.lines) {
      if (units.line == line.id && units.restock_type == "return") back += units.quantity;
    }
  }
  if (order.cancelled_at) return shipped;
  return std::max(std::min(*current + back, *ordered), shipped);
}

OrderLine order_line(const ShopOrder& order, const ShopLine& from) {
  OrderLine out;
  out.line = from.id;
  out.sku = from.sku;
  out.variant = from.variant;
  out.requires_shipping = from.requires_shipping;
  if (const auto units = wanted(order, from)) {
    out.quantity = Quantity::parse(std::to_string(*units));
  } else {
    out.quantity = Quantity::parse(from.current);
    if (out.quantity && out.quantity->micros < 0) out.quantity.reset();
  }
  // An impossible number stops this line only: the daemon says why.
  if (!out.quantity) out.quantity_text = from.current;
  return out;
}

bool shorter_or_less(const OrderLine& a, const OrderLine& b) {
  if (a.line.size() != b.line.size()) return a.line.size() < b.line.size();
  return a.line < b.line;
}

// The platform's countries are ISO codes; what else an import app wrote there is no country for a
// rule.
void keep_country_code(Maybe<Address>& address) {
  if (!address || !address->country) return;
  const std::string& code = *address->country;
  const bool good =
      code.size() == 2 && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z';
  if (!good) address->country.reset();
}

std::string attributes(const ShopOrder& order) {
  if (order.attributes.empty()) return "";
  std::vector<std::pair<std::string, JsonText>> members;
  for (const auto& [key, value] : order.attributes) {
    const auto same = [&key = key](const auto& member) { return member.first == key; };
    std::erase_if(members,
                  same);  // the shop allows a name twice; JSON does not, the last one counts
    members.emplace_back(key, JsonText(value));
  }
  return json_object({{"note_attributes", json_object(members)}}).str();
}

Document order_document(const ShopOrder& order, const Settings& settings) {
  Order out;
  out.number = order.name;
  if (order.name && order.name->size() > 1 && order.name->front() == '#') {
    out.aliases.push_back(order.name->substr(1));  // warehouses write #1001 as 1001
  }
  out.version = order.updated_at.ms;
  out.channel = settings.channel();
  if (order.test && settings.hold_test_orders()) out.hold = "test order";
  out.placed_at = order.placed_at;
  if (order.customer_id || order.customer_name || order.email || order.phone) {
    Customer customer;
    customer.id = order.customer_id;
    customer.name = order.customer_name;
    customer.email = order.email;
    customer.phone = order.phone;
    out.customer = std::move(customer);
  }
  out.ship_to = order.ship_to;
  keep_country_code(out.ship_to);
  for (const ShopLine& line : order.lines) out.lines.push_back(order_line(order, line));
  std::sort(out.lines.begin(), out.lines.end(), shorter_or_less);
  Document document;
  document.id = order.id;
  document.at = order.updated_at;
  document.attributes = attributes(order);
  document.body = std::move(out);
  return document;
}

}  // namespace

std::vector<Document> order_documents(const ShopOrder& order, const Settings& settings) {
  std::vector<Document> out{order_document(order, settings)};
  if (order.cancelled_at) {
    Cancellation cancellation;
    cancellation.order = order.id;
    Document document;
    document.id = order.id;
    document.at = order.cancelled_at;
    document.body = std::move(cancellation);
    out.push_back(std::move(document));
  }
  return out;
}

std::vector<Document> dispatch_documents(const ShopFulfillment& fulfillment,
                                         const Settings& settings) {
  const std::string location = fulfillment.location.value_or("");
  if (settings.fulfilments_of(location) == Fulfilments::ours) return {};
  if (fulfillment.status != "success" && fulfillment.status != "cancelled") return {};
  Dispatch dispatch;
  dispatch.order = fulfillment.order;
  dispatch.warehouse = settings.warehouse_of(location);
  dispatch.carrier = fulfillment.carrier;
  dispatch.tracking_number = fulfillment.tracking_number;
  dispatch.shipment = fulfillment.id;
  for (const ShopUnits& units : fulfillment.lines) {
    if (!units.requires_shipping || units.quantity <= 0) continue;
    DispatchLine line;
    line.order_line = units.line;
    line.sku = units.sku;
    line.quantity = Quantity::whole(units.quantity);
    dispatch.lines.push_back(std::move(line));
  }
  if (dispatch.lines.empty()) return {};
  Document document;
  document.id = fulfillment.id;
  document.at = fulfillment.created_at;
  document.body = std::move(dispatch);
  std::vector<Document> out{std::move(document)};
  if (fulfillment.status == "cancelled") {
    Dispatch back;
    back.void_of = fulfillment.id;
    Document void_document;
    void_document.id = fulfillment.id + ":cancelled";
    void_document.body = std::move(back);
    out.push_back(std::move(void_document));
  }
  return out;
}

std::vector<Document> return_documents(const ShopRefund& refund) {
  Return back;
  back.order = refund.order;
  back.received = false;
  for (const ShopUnits& units : refund.lines) {
    if (units.restock_type == "cancel" || units.quantity <= 0) continue;
    ReturnLine line;
    line.order_line = units.line;
    line.sku = units.sku;
    line.quantity = Quantity::whole(units.quantity);
    back.lines.push_back(std::move(line));
  }
  if (back.lines.empty()) return {};
  Document document;
  document.id = refund.id;
  document.at = refund.created_at;
  document.body = std::move(back);
  return {std::move(document)};
}

Document erasure_document(const Json& body, bool whole_shop, const std::string& delivery) {
  Erasure erasure;
  erasure.all = whole_shop;
  if (!whole_shop) {
    erasure.customer = body["customer"]["id"].id_maybe();
    for (const Json& order : body["orders_to_redact"].items_or_none()) {
      erasure.orders.push_back(order.id());
    }
  }
  Document document;
  document.id = delivery;
  document.body = std::move(erasure);
  return document;
}

}  // namespace lotbridge::shopify
