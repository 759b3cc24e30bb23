// Webhook bodies: snake_case, integer ids beyond 2^53, times in the shop's own offset.
#include "shop_order.hpp"

namespace lotbridge::shopify {
namespace {

// Names and addresses come as text, null or not at all; anything else is the sender's bug.
Maybe<std::string> text_at(const Json& object, std::string_view key) {
  return object[key].text_maybe();
}

Maybe<std::string> full_name(const Json& person) {
  const auto first = text_at(person, "first_name");
  const auto last = text_at(person, "last_name");
  if (first && last) return *first + " " + *last;
  return first ? first : last;
}

Maybe<Address> address(const Json& from) {
  if (!from) return std::nullopt;
  Address out;
  out.country = text_at(from, "country_code");
  out.region = text_at(from, "province_code");
  out.postal_code = text_at(from, "zip");
  out.name = full_name(from);
  out.company = text_at(from, "company");
  out.address1 = text_at(from, "address1");
  out.address2 = text_at(from, "address2");
  out.city = text_at(from, "city");
  out.phone = text_at(from, "phone");
  return out;
}

ShopLine line(const Json& from) {
  ShopLine out;
  out.id = from["id"].id();
  out.sku = from["sku"].text_maybe();
  out.variant = from["variant_id"].id_maybe();
  out.quantity = from["quantity"].decimal();
  out.current = from["current_quantity"].decimal_maybe().value_or(out.quantity);
  out.requires_shipping = from["requires_shipping"].boolean_or(true);
  return out;
}

// Attributes are texts, but apps also write numbers and truth values; they are kept as they were
// written.
std::string attribute_value(const Json& value) {
  if (!value) return "";
  return value.is_text() ? value.text() : std::string(value.raw());
}

}  // namespace

ShopFulfillment fulfillment_of_webhook(const Json& body) {
  ShopFulfillment out;
  out.id = body["id"].id();
  out.order = body["order_id"].id_maybe();
  out.status = body["status"].text_or("success");
  if (const auto location = body["location_id"].id_maybe())
    out.location = gid("Location", *location);
  out.carrier = body["tracking_company"].text_maybe();
  out.tracking_number = body["tracking_number"].text_maybe();
  out.created_at = body["created_at"].time_maybe();
  for (const Json& from : body["line_items"].items_or_none()) {
    ShopUnits units;
    units.line = from["id"].id();
    units.sku = from["sku"].text_maybe();
    units.quantity = from["quantity"].integer();
    units.requires_shipping = from["requires_shipping"].boolean_or(true);
    out.lines.push_back(std::move(units));
  }
  return out;
}

ShopRefund refund_of_webhook(const Json& body) {
  ShopRefund out;
  out.id = body["id"].id();
  out.order = body["order_id"].id_maybe();
  out.created_at = body["created_at"].time_maybe();
  for (const Json& from : body["refund_line_items"].items_or_none()) {
    ShopUnits units;
    units.line = from["line_item_id"].id();
    units.sku = from["line_item"]["sku"].text_maybe();
    units.quantity = from["quantity"].integer();
    units.restock_type = from["restock_type"].text_or("no_restock");
    out.lines.push_back(std::move(units));
  }
  return out;
}

ShopOrder order_of_webhook(const Json& body) {
  ShopOrder out;
  out.id = body["id"].id();
  out.name = body["name"].text_maybe();
  out.updated_at = body["updated_at"].time();
  out.placed_at = body["processed_at"].time_maybe();
  out.cancelled_at = body["cancelled_at"].time_maybe();
  out.test = body["test"].boolean_or(false);
  out.email = body["email"].text_maybe();
  out.phone = body["phone"].text_maybe();
  const Json customer = body["customer"];
  out.customer_id = customer["id"].id_maybe();
  out.customer_name = full_name(customer);
  out.ship_to = address(body["shipping_address"]);
  for (const Json& attribute : body["note_attributes"].items_or_none()) {
    out.attributes.emplace_back(attribute["name"].text(), attribute_value(attribute["value"]));
  }
  for (const Json& from : body["line_items"].items()) out.lines.push_back(line(from));
  for (const Json& from : body["fulfillments"].items_or_none()) {
    out.fulfillments.push_back(fulfillment_of_webhook(from));
  }
  for (const Json& from : body["refunds"].items_or_none()) {
    out.refunds.push_back(refund_of_webhook(from));
  }
  return out;
}

}  // namespace lotbridge::shopify
