// dispatches.pull: which units of which lots left with which shipment.
#include <algorithm>

#include <lotbridge/failure.hpp>

#include "reading.hpp"
#include "sending.hpp"

namespace lotbridge::shipbob {
namespace {

constexpr std::int64_t kOverlapMs = 10 * 60'000;

// The lines of our order that hold a SKU, in their order, with what is not yet given to a parcel.
struct OpenLine {
  std::string line, sku;
  std::int64_t open = 0;
};

std::vector<OpenLine> open_lines(const Json& order) {
  std::vector<OpenLine> out;
  for (const Json& product : order["products"].items_or_none()) {
    OpenLine line;
    const std::string sku = product["sku"].text_or("");
    line.sku = sku.empty() ? product["reference_id"].text_or("") : sku;
    if (const auto number = product["external_line_id"].id_maybe()) {
      line.line = tag_of(order, kLineTag + *number).value_or("");
    }
    line.open = product["quantity"].integer_or(0);
    out.push_back(std::move(line));
  }
  return out;
}

struct Left {
  std::string sku;
  Maybe<LotCode> lot;
  Quantity quantity;
};

// What of a product left, item by item. An item of a bundle has a SKU of its own.
void units_of(Call& call, Api& api, const Json& product, std::vector<Left>& out) {
  const std::string sku = product["sku"].text_maybe().value_or(product["reference_id"].text_or(""));
  for (const Json& item : product["inventory_items"].items_or_none()) {
    Left left;
    left.sku = api.sku_of(call, item["id"].id()).value_or(sku);
    left.quantity = item["quantity"].quantity();
    if (const auto lot = item["lot"].text_maybe()) left.lot = LotCode::parse(*lot);
    if (left.quantity.is_positive()) out.push_back(std::move(left));
  }
}

void add(std::vector<DispatchLine>& lines, const std::string& order_line, const Left& left,
         Quantity quantity) {
  const auto same = [&](const DispatchLine& line) {
    return line.order_line.value_or("") == order_line && line.sku == left.sku &&
           line.lots.has_value() == left.lot.has_value();
  };
  auto found = std::find_if(lines.begin(), lines.end(), same);
  if (found == lines.end()) {
    DispatchLine line;
    if (!order_line.empty()) line.order_line = order_line;
    line.sku = left.sku;
    if (left.lot) line.lots.emplace();
    found = lines.insert(lines.end(), std::move(line));
  }
  found->quantity += quantity;
  if (left.lot) found->lots->push_back({*left.lot, quantity, std::nullopt});
}

// Units of a SKU that stands on several lines go to the first that still wants some.
void give(std::vector<OpenLine>& open, const Left& left, std::vector<DispatchLine>& lines) {
  Quantity rest = left.quantity;
  for (OpenLine& line : open) {
    if (line.sku != left.sku || line.open <= 0 || line.line.empty()) continue;
    const Quantity part = std::min(rest, Quantity::whole(line.open));
    line.open -= (part.micros + Quantity::kScale - 1) / Quantity::kScale;
    rest = rest - part;
    add(lines, line.line, left, part);
    if (rest.is_zero()) return;
  }
  if (rest.is_positive()) add(lines, "", left, rest);
}

}  // namespace

OrderName name_of(const Json& order) {
  if (const auto id = tag_of(order, kOrderTag)) return {*id, tag_of(order, kSourceTag)};
  return {order["reference_id"].text_maybe().value_or(order["order_number"].text_or("")),
          std::nullopt};
}

void emit_dispatches(Call& call, Api& api, const Settings& settings, const Json& order) {
  auto open = open_lines(order);
  const OrderName name = name_of(order);
  for (const Json& shipment : order["shipments"].items_or_none()) {
    const std::string status = shipment["status"].text();
    const auto left_at = moment_maybe(shipment["actual_fulfillment_date"]);
    const bool taken_back = status == "Cancelled" && left_at.has_value();
    if (status != "Completed" && !taken_back) continue;
    Dispatch dispatch;
    dispatch.order = name.order;
    dispatch.order_source = name.source;
    dispatch.warehouse = settings.warehouse_of(shipment["location"]["id"].id_maybe());
    dispatch.carrier = shipment["tracking"]["carrier"].text_maybe();
    dispatch.tracking_number = shipment["tracking"]["tracking_number"].text_maybe();
    dispatch.shipment = shipment["id"].id();
    std::vector<Left> units;
    for (const Json& product : shipment["products"].items_or_none()) {
      units_of(call, api, product, units);
    }
    for (const Left& left : units) give(open, left, dispatch.lines);
    if (dispatch.lines.empty()) continue;
    Document document;
    document.id = shipment["id"].id();
    document.at = left_at;
    document.body = std::move(dispatch);
    call.emit(document);
    if (!taken_back) continue;
    Dispatch back;
    back.void_of = document.id;
    Document void_document;
    void_document.id = document.id + ":cancelled";
    void_document.body = std::move(back);
    call.emit(void_document);
  }
}

void pull_dispatches(Call& call, Api& api, const Settings& settings, const Pull& pull) {
  expect_version(pull);
  const Timestamp until = call.now();
  const auto since = pull.cursor ? pull.cursor["since"].time_maybe() : pull.start_at;
  std::string path = "/order?SortOrder=Oldest";
  if (since) path += "&LastUpdateStartDate=" + url_encoded(since->text());
  api.each_page(call, path, "reading orders", [&](const Json& list) {
    call.each(list, "dispatch/1",
              [&](const Json& order) { emit_dispatches(call, api, settings, order); });
  });
  call.checkpoint(json_object({{"v", 1}, {"since", Timestamp{until.ms - kOverlapMs}}}));
}

}  // namespace lotbridge::shipbob
