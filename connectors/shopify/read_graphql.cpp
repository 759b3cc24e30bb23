// GraphQL nodes: camelCase, GIDs or legacy ids as text, times in UTC, enums in capitals.
#include "shop_order.hpp"

namespace lotbridge::shopify {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

Maybe<std::string> full_name(const Json& person) {
  const auto first = person["firstName"].text_maybe();
  const auto last = person["lastName"].text_maybe();
  if (first && last) return *first + " " + *last;
  return first ? first : last;
}

Maybe<Address> address(const Json& from) {
  if (!from) return std::nullopt;
  Address out;
  out.country = from["countryCodeV2"].text_maybe();
  out.region = from["provinceCode"].text_maybe();
  out.postal_code = from["zip"].text_maybe();
  out.name = full_name(from);
  out.company = from["company"].text_maybe();
  out.address1 = from["address1"].text_maybe();
  out.address2 = from["address2"].text_maybe();
  out.city = from["city"].text_maybe();
  out.phone = from["phone"].text_maybe();
  return out;
}

}  // namespace

ShopLine line_of_graphql(const Json& node) {
  ShopLine out;
  out.id = legacy_id(node["id"].text());
  out.sku = node["sku"].text_maybe();
  out.variant = node["variant"]["legacyResourceId"].id_maybe();
  out.quantity = node["quantity"].decimal();
  out.current = node["currentQuantity"].decimal();
  out.requires_shipping = node["requiresShipping"].boolean();
  return out;
}

ShopUnits shipped_line_of_graphql(const Json& node) {
  ShopUnits out;
  const Json line = node["lineItem"];
  out.line = legacy_id(line["id"].text());
  out.sku = line["sku"].text_maybe();
  out.quantity = node["quantity"].integer_or(0);
  out.requires_shipping = line["requiresShipping"].boolean_or(true);
  return out;
}

ShopFulfillment fulfillment_of_graphql(const Json& node, const std::string& order) {
  ShopFulfillment out;
  out.id = legacy_id(node["id"].text());
  out.order = order;
  out.status = lower(node["status"].text());
  out.location = node["location"]["id"].text_maybe();
  const auto tracking = node["trackingInfo"].items_or_none();
  if (!tracking.empty()) {
    out.carrier = tracking.front()["company"].text_maybe();
    out.tracking_number = tracking.front()["number"].text_maybe();
  }
  out.created_at = node["createdAt"].time_maybe();
  for (const Json& row : node["fulfillmentLineItems"]["nodes"].items_or_none()) {
    out.lines.push_back(shipped_line_of_graphql(row));
  }
  return out;
}

ShopUnits refunded_line_of_graphql(const Json& node) {
  ShopUnits out;
  out.line = legacy_id(node["lineItem"]["id"].text());
  out.sku = node["lineItem"]["sku"].text_maybe();
  out.quantity = node["quantity"].integer();
  out.restock_type = lower(node["restockType"].text());
  return out;
}

ShopRefund refund_of_graphql(const Json& node, const std::string& order) {
  ShopRefund out;
  out.id = legacy_id(node["id"].text());
  out.order = order;
  out.created_at = node["createdAt"].time_maybe();
  for (const Json& row : node["refundLineItems"]["nodes"].items_or_none()) {
    out.lines.push_back(refunded_line_of_graphql(row));
  }
  return out;
}

ShopOrder order_of_graphql(const Json& node) {
  ShopOrder out;
  out.id = node["legacyResourceId"].id();
  out.name = node["name"].text_maybe();
  out.updated_at = node["updatedAt"].time();
  out.placed_at = node["processedAt"].time_maybe();
  out.cancelled_at = node["cancelledAt"].time_maybe();
  out.test = node["test"].boolean_or(false);
  out.email = node["email"].text_maybe();
  out.phone = node["phone"].text_maybe();
  const Json customer = node["customer"];
  out.customer_id = customer["legacyResourceId"].id_maybe();
  out.customer_name = full_name(customer);
  out.ship_to = address(node["shippingAddress"]);
  for (const Json& attribute : node["customAttributes"].items_or_none()) {
    out.attributes.emplace_back(attribute["key"].text(), attribute["value"].text_or(""));
  }
  for (const Json& line : node["lineItems"]["nodes"].items()) {
    out.lines.push_back(line_of_graphql(line));
  }
  return out;
}

}  // namespace lotbridge::shopify
