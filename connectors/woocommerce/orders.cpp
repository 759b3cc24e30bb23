#include "orders.hpp"

#include <algorithm>
#include <map>

#include <lotbridge/failure.hpp>

namespace lotbridge::woocommerce {
namespace {

struct Refunded {
  std::string id;
  Maybe<Timestamp> at;
  std::map<std::string, std::int64_t> units;  // by line, above zero
};

// Units come as 3, and with plugins for goods by weight as 1.5 or "1.5".
Maybe<Quantity> units_of(const Json& number) {
  const auto text = number.decimal_maybe();
  return text ? Quantity::parse(*text) : std::nullopt;
}

// A refund's lines have negative quantities and name the order's line in their meta_data.
std::vector<Refunded> refunds_of(const Json& list) {
  std::vector<Refunded> out;
  for (const Json& refund : list.items_or_none()) {
    Refunded one;
    one.id = refund["id"].id();
    one.at = gmt_maybe(refund["date_created_gmt"]);
    for (const Json& line : refund["line_items"].items_or_none()) {
      const Json of = meta_of(line, "_refunded_item_id");
      const auto units = units_of(line["quantity"]);
      if (!of || !units || units->is_zero()) continue;  // money alone
      const std::int64_t whole = units->micros / Quantity::kScale;
      one.units[of.id()] += whole < 0 ? -whole : whole;
    }
    out.push_back(std::move(one));
  }
  // The shop lists them newest first.
  std::sort(out.begin(), out.end(), [](const Refunded& a, const Refunded& b) {
    return a.id.size() != b.id.size() ? a.id.size() < b.id.size() : a.id < b.id;
  });
  return out;
}

// What our own stamp on the line says has left.
std::int64_t stamped_units(const Json& line) {
  const Json value = meta_of(line, kMachineKey);
  if (!value.is_text()) return 0;
  std::int64_t out = 0;
  try {
    const Json stamp = Json::parse(value.text());
    for (const Json& dispatch : stamp["dispatches"].items_or_none()) {
      out += dispatch["quantity"].quantity().micros;
    }
  } catch (const Failure&) {
    return 0;  // somebody wrote into it; it is no proof then
  }
  return out / Quantity::kScale;
}

// What the order still wants of a line, and what of each refund is money for goods that had left.
struct Wanted {
  std::int64_t units = 0;
  std::map<std::string, std::int64_t> returned;  // refund -> units
};

Wanted wanted_of(const Json& line, const std::vector<Refunded>& refunds,
                 const Maybe<Timestamp>& completed) {
  Wanted out;
  out.units = line["quantity"].integer();
  const std::int64_t shipped = stamped_units(line);
  const std::string id = line["id"].id();
  for (const Refunded& refund : refunds) {
    const auto found = refund.units.find(id);
    if (found == refund.units.end()) continue;
    const bool after = completed && refund.at && *refund.at >= *completed;
    const std::int64_t open = after ? 0 : std::max<std::int64_t>(0, out.units - shipped);
    const std::int64_t removed = std::min(open, found->second);
    out.units -= removed;
    if (found->second > removed) out.returned[refund.id] = found->second - removed;
  }
  return out;
}

Maybe<std::string> full_name(const Json& person) {
  const auto first = person["first_name"].text_maybe();
  const auto last = person["last_name"].text_maybe();
  if (first && last) return *first + " " + *last;
  return first ? first : last;
}

// Where the goods go: the shipping address, or the only one that the customer gave.
Maybe<Address> ship_to(const Json& order) {
  Json from = order["shipping"];
  if (!from["country"].text_maybe() && !from["address_1"].text_maybe()) from = order["billing"];
  if (!from) return std::nullopt;
  Address out;
  const auto country = from["country"].text_maybe();
  if (country && country->size() == 2) out.country = country;
  out.region = from["state"].text_maybe();
  out.postal_code = from["postcode"].text_maybe();
  out.name = full_name(from);
  out.company = from["company"].text_maybe();
  out.address1 = from["address_1"].text_maybe();
  out.address2 = from["address_2"].text_maybe();
  out.city = from["city"].text_maybe();
  out.phone = from["phone"].text_maybe();
  return out == Address{} ? std::nullopt : Maybe<Address>(out);
}

Maybe<Customer> customer(const Json& order) {
  Customer out;
  const auto id = order["customer_id"].id_maybe();
  if (id && *id != "0") out.id = id;  // 0 is a guest
  const Json billing = order["billing"];
  out.name = full_name(billing);
  out.email = billing["email"].text_maybe();
  out.phone = billing["phone"].text_maybe();
  return out == Customer{} ? std::nullopt : Maybe<Customer>(out);
}

OrderLine order_line(const Json& line, bool cancelled, const Wanted* wanted) {
  OrderLine out;
  out.line = line["id"].id();
  out.sku = line["sku"].text_maybe();
  const auto variation = line["variation_id"].id_maybe();
  out.variant = variation && *variation != "0" ? variation : line["product_id"].id_maybe();
  if (cancelled) {
    out.quantity = Quantity{};
    return out;
  }
  out.quantity =
      wanted ? Maybe<Quantity>(Quantity::whole(wanted->units)) : units_of(line["quantity"]);
  if (out.quantity && out.quantity->micros < 0) out.quantity.reset();
  if (!out.quantity) out.quantity_text = line["quantity"].decimal_maybe().value_or("");
  return out;
}

bool whole_units(const Json& line) {
  const auto units = units_of(line["quantity"]);
  return units && units->micros >= 0 && units->micros % Quantity::kScale == 0;
}

Document dispatch_of(std::string id, const std::string& order, const Settings& settings,
                     const Maybe<Timestamp>& at) {
  Dispatch dispatch;
  dispatch.order = order;
  dispatch.warehouse = settings.warehouse;
  dispatch.shipment = id;
  Document out;
  out.id = std::move(id);
  out.at = at;
  out.body = std::move(dispatch);
  return out;
}

Document void_of(const std::string& dispatch, const char* why) {
  Dispatch back;
  back.void_of = dispatch;
  Document out;
  out.id = dispatch + ":" + why;
  out.body = std::move(back);
  return out;
}

// Without the fulfillments feature an order that is completed has left, all of it.
void completed_dispatch(const Json& order, const Settings& settings,
                        const std::vector<OrderLine>& lines, std::vector<Document>& out) {
  const auto completed = gmt_maybe(order["date_completed_gmt"]);
  if (!completed) return;
  const std::string id = order["id"].id();
  Document document = dispatch_of(id, id, settings, completed);
  for (const OrderLine& line : lines) {
    if (!line.quantity || !line.quantity->is_positive()) continue;
    DispatchLine left;
    left.order_line = line.line;
    left.sku = line.sku;
    left.quantity = *line.quantity;
    std::get<Dispatch>(document.body).lines.push_back(std::move(left));
  }
  if (std::get<Dispatch>(document.body).lines.empty()) return;
  const std::string status = order["status"].text();
  out.push_back(std::move(document));
  // The shop keeps the date when somebody takes the order back.
  if (status == "processing" || status == "on-hold" || status == "pending") {
    out.push_back(void_of(id, "reopened"));
  }
}

void fulfillment_dispatches(const Json& order, const Json& fulfillments, const Settings& settings,
                            std::vector<Document>& out) {
  for (const Json& fulfillment : fulfillments.items_or_none()) {
    if (!fulfillment["is_fulfilled"].boolean_or(false)) continue;
    const auto at = gmt_maybe(fulfillment["date_fulfilled"]);
    Document document = dispatch_of(fulfillment["id"].id(), order["id"].id(), settings, at);
    auto& dispatch = std::get<Dispatch>(document.body);
    if (const Json number = meta_of(fulfillment, "_tracking_number")) {
      dispatch.tracking_number = number.text_maybe();
    }
    if (const Json carrier = meta_of(fulfillment, "_shipment_provider")) {
      dispatch.carrier = carrier.text_maybe();
    }
    for (const Json& item : meta_of(fulfillment, "_items").items_or_none()) {
      DispatchLine line;
      line.order_line = item["item_id"].id();
      line.quantity = item["qty"].quantity();
      if (line.quantity.is_positive()) dispatch.lines.push_back(std::move(line));
    }
    if (!dispatch.lines.empty()) out.push_back(std::move(document));
  }
}

void returns_of(const Json& order, const std::vector<Refunded>& refunds,
                const std::map<std::string, Wanted>& wanted, std::vector<Document>& out) {
  for (const Refunded& refund : refunds) {
    Return back;
    back.order = order["id"].id();
    back.received = false;
    for (const auto& [line, standing] : wanted) {
      const auto units = standing.returned.find(refund.id);
      if (units == standing.returned.end()) continue;
      ReturnLine returned;
      returned.order_line = line;
      returned.quantity = Quantity::whole(units->second);
      back.lines.push_back(std::move(returned));
    }
    if (back.lines.empty()) continue;
    Document document;
    document.id = refund.id;
    document.at = refund.at;
    document.body = std::move(back);
    out.push_back(std::move(document));
  }
}

Maybe<std::string> hold_of(Standing standing, const std::string& status) {
  if (standing == Standing::hold) return "the shop says " + status;
  if (standing == Standing::cancelled) return "the shop says " + status;
  return std::nullopt;
}

}  // namespace

Maybe<Timestamp> gmt_maybe(const Json& text) {
  const auto written = text.text_maybe();
  if (!written) return std::nullopt;
  std::string moment = *written;
  if (moment.size() > 10 && moment[10] == ' ') moment[10] = 'T';
  if (moment.find('Z') == std::string::npos && moment.find('+') == std::string::npos) moment += 'Z';
  const auto out = Timestamp::parse(moment);
  if (!out) text.refuse("must be a time, like 2026-11-03T09:15:00");
  return out;
}

Json meta_of(const Json& owner, std::string_view key) {
  for (const Json& meta : owner["meta_data"].items_or_none()) {
    if (meta["key"].is_text() && meta["key"].text_view() == key) return meta["value"];
  }
  return Json();
}

bool needs_refunds(const Json& order) { return !order["refunds"].items_or_none().empty(); }

bool needs_fulfillments(const Json& order, const Settings& settings) {
  return settings.theirs && meta_of(order, "_fulfillment_status").exists();
}

std::vector<Document> documents_of(const Json& order, const Json& refunds, const Json& fulfillments,
                                   const Settings& settings) {
  const std::string status = order["status"].text();
  const Standing standing = settings.standing_of(status);
  if (standing == Standing::ignore) return {};
  const auto modified = gmt_maybe(order["date_modified_gmt"]);
  if (!modified) order["date_modified_gmt"].refuse("must be a time");
  const auto refunded = refunds_of(refunds);
  const auto completed = gmt_maybe(order["date_completed_gmt"]);
  std::map<std::string, Wanted> wanted;
  Order out;
  out.number = order["number"].id_maybe();
  out.version = modified->ms;
  out.channel = settings.channel;
  out.placed_at = gmt_maybe(order["date_created_gmt"]);
  out.hold = hold_of(standing, status);
  out.customer = customer(order);
  out.ship_to = ship_to(order);
  for (const Json& line : order["line_items"].items()) {
    const Wanted* of = nullptr;
    if (whole_units(line)) {
      of = &(wanted[line["id"].id()] = wanted_of(line, refunded, completed));
    }
    out.lines.push_back(order_line(line, standing == Standing::cancelled, of));
  }
  const std::vector<OrderLine> lines = out.lines;
  Document document;
  document.id = order["id"].id();
  document.at = modified;
  document.body = std::move(out);
  std::vector<Document> all{std::move(document)};
  if (settings.theirs && fulfillments.is_array() && fulfillments.size() > 0) {
    fulfillment_dispatches(order, fulfillments, settings, all);
  } else if (settings.theirs) {
    completed_dispatch(order, settings, lines, all);
  }
  returns_of(order, refunded, wanted, all);
  return all;
}

Document deleted_order(const std::string& id) {
  Cancellation cancellation;
  cancellation.order = id;
  Document out;
  out.id = id;
  out.body = std::move(cancellation);
  return out;
}

}  // namespace lotbridge::woocommerce
