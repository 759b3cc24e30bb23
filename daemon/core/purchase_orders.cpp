// Purchase orders move nothing: receipts that name them are held against what they asked for.
#include "purchase_orders.hpp"

#include <algorithm>

#include "documents.hpp"

namespace lotbridge::core {

namespace {

// Opens or heals the alert of one item of a purchase order.
void judge_units(Work& w, const std::string& name, const OrderedUnits& units, bool may_heal) {
  const Quantity over = units.received - units.ordered;
  AlertChange key;
  key.kind = "over_receipt";
  key.severity = "warning";
  key.sku = units.sku;
  key.extra = {{"purchase_order", name}};
  if (!over.is_positive()) {
    if (may_heal) w.close_alert(std::move(key));
    return;
  }
  key.quantity = over;
  key.detail =
      over.text() + " more of " + w.t.skus[units.sku].item.sku + " came than " + name + " ordered.";
  w.except("over_receipt", key.detail);
  w.out.alerts.push_back(std::move(key));
}

OrderedUnits& units_of(std::vector<OrderedUnits>& all, SkuId sku) {
  const auto at = std::find_if(all.begin(), all.end(),
                               [sku](const OrderedUnits& units) { return units.sku == sku; });
  if (at != all.end()) return *at;
  all.push_back({sku, {}, {}});
  return all.back();
}

bool ordered_line(Work& w, const PurchaseOrderLine& line, WarehouseId warehouse,
                  const std::string& pointer) {
  const SkuId sku = sku_of(w, line.sku, pointer + "/sku");
  if (sku == 0) return false;
  const Maybe<Quantity> base =
      base_quantity(w.t.skus[sku].item, line.quantity, line.pack, line.unit, line.rounding);
  if (!base) {
    const char* code = line.unit ? "uom_inexact" : "invalid_value";
    const std::string detail = "The quantity can not be kept in the item's unit.";
    if (w.command) return w.refuse(code, detail, pointer + "/quantity");
    return park(w, code, detail);
  }
  w.out.follows.ordered.push_back({line.line, sku, warehouse, *base});
  return true;
}

}  // namespace

void watch_purchase_order(Work& w, const Receipt& receipt) {
  if (!receipt.purchase_order || !w.ctx.followed.ordered) return;
  std::vector<OrderedUnits> all = *w.ctx.followed.ordered;
  for (const ReceivedLine& line : w.out.follows.received) {
    units_of(all, line.sku).received += line.quantity;
  }
  const bool less = w.ctx.previous != nullptr || w.ctx.voided != nullptr;
  for (const OrderedUnits& units : all) judge_units(w, *receipt.purchase_order, units, less);
}

bool apply_purchase_order(Work& w, const Document& document, const PurchaseOrder& order) {
  WarehouseId warehouse = 0;
  if (order.warehouse) {
    warehouse = warehouse_of(w, *order.warehouse, "/warehouse");
    if (warehouse == 0) return false;
  }
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    if (!ordered_line(w, order.lines[i], warehouse, "/lines/" + std::to_string(i))) return false;
  }
  std::vector<OrderedUnits> all = w.ctx.followed.ordered.value_or(std::vector<OrderedUnits>{});
  for (OrderedUnits& units : all) units.ordered = Quantity{};
  for (const OrderedLine& line : w.out.follows.ordered) {
    units_of(all, line.sku).ordered += line.quantity;
  }
  for (const OrderedUnits& units : all) judge_units(w, document.id, units, true);
  return true;
}

}  // namespace lotbridge::core
