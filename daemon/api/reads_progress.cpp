#include "daemon/api/reads_progress.hpp"

#include <algorithm>

#include "daemon/store/reader_progress.hpp"
#include "daemon/store/reader_stock.hpp"

namespace lotbridge::api {
namespace {

void write_transfer(JsonWriter& json, Reading& reading, const store::DocumentRow& row) {
  const auto lots = store::transfer_progress(reading.reader, row.owner, row.row);
  Quantity on_its_way, lost;
  for (const store::TransferProgress& lot : lots) {
    on_its_way += lot.sent - lot.arrived - lot.lost;
    lost += lot.lost;
  }
  json.key("progress");
  json.open('{');
  put(json, "status",
      on_its_way.is_positive() ? "open"
      : lost.is_positive()     ? "closed"
                               : "complete");
  json.key("lots");
  json.open('[');
  for (const store::TransferProgress& lot : lots) {
    if (!reading.sight.warehouse(lot.warehouse)) continue;
    const auto names = store::sku_and_lot(reading.reader, lot.sku, lot.lot);
    json.open('{');
    put(json, "sku", names.sku);
    put(json, "lot", names.lot);
    put(json, "warehouse", reading.reader.warehouse(lot.warehouse));
    put_quantity(json, "sent", lot.sent);
    put_quantity(json, "arrived", lot.arrived);
    put_quantity(json, "lost", lot.lost);
    put_quantity(json, "in_transit", lot.sent - lot.arrived - lot.lost);
    json.close('}');
  }
  json.close(']');
  json.close('}');
}

void write_purchase_order(JsonWriter& json, Reading& reading, const store::DocumentRow& row) {
  const auto lines = store::purchase_progress(reading.reader, row.owner, row.row, row.id);
  bool open = false, begun = false;
  for (const store::PurchaseProgress& line : lines) {
    open = open || line.received < line.ordered;
    begun = begun || line.received.is_positive();
  }
  json.key("progress");
  json.open('{');
  put(json, "status", !open ? "complete" : begun ? "partial" : "open");
  json.key("items");
  json.open('[');
  for (const store::PurchaseProgress& line : lines) {
    json.open('{');
    put(json, "sku", store::sku_and_lot(reading.reader, line.sku, 0).sku);
    put_quantity(json, "ordered", line.ordered);
    put_quantity(json, "received", line.received);
    put_quantity(json, "rejected", line.rejected);
    put_quantity(json, "open", std::max(line.ordered - line.received, Quantity{}));
    put_date(json, "last_received_on", line.last_received_on);
    json.close('}');
  }
  json.close(']');
  json.close('}');
}

}  // namespace

void write_progress(JsonWriter& json, Reading& reading, const store::DocumentRow& row) {
  if (row.type == DocumentType::transfer) write_transfer(json, reading, row);
  if (row.type == DocumentType::purchase_order) write_purchase_order(json, reading, row);
}

}  // namespace lotbridge::api
