#include "daemon/api/recall_report.hpp"

#include <algorithm>
#include <limits>

#include "daemon/store/encoding.hpp"

namespace lotbridge::api {
namespace {

using core::AccountKind;

// Percents have one decimal; nothing of nothing is all of it.
std::string percent(std::int64_t part, std::int64_t whole) {
  while (whole > std::numeric_limits<std::int64_t>::max() / 1000) {
    part /= 10;
    whole /= 10;
  }
  const std::int64_t tenths = whole <= 0 ? 1000 : (part * 1000 + whole / 2) / whole;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

void put_percent(JsonWriter& json, std::string_view key, std::int64_t part, std::int64_t whole) {
  json.key(key);
  json.raw(percent(part, whole));
}

}  // namespace

RecallReport::RecallReport(Reading& reading, std::vector<store::RecallRow> recalls)
    : reading_(reading), recalls_(std::move(recalls)), names_(reading.reader) {
  for (const store::RecallRow& recall : recalls_) {
    responses_.merge(store::recall_responses(reading_.reader, recall.owner, recall.document));
    for (const core::LotId lot :
         store::recall_lots(reading_.reader, recall.owner, recall.document)) {
      auto row = store::lot_row(reading_.reader, lot);
      if (!row) continue;
      add_lot(*row, recall.started_at);
      lots_.push_back(std::move(*row));
    }
  }
}

void RecallReport::add_lot(const store::LotRow& lot, std::int64_t started_at) {
  Trace trace(reading_, lot, std::numeric_limits<std::int64_t>::max());
  balance_ += trace.balance();
  add_affected(trace, lot, started_at);
  add_possible(trace, lot);
  add_stock(trace, lot);
}

void RecallReport::add_affected(const Trace& trace, const store::LotRow& lot,
                                std::int64_t started_at) {
  std::map<core::OrderId, Affected> orders;
  for (const Trace::Sent& sent : trace.sent()) {
    Affected& row = orders[sent.stamp.stamp.order];
    row.order = sent.stamp.stamp.order;
    row.quantity += sent.quantity;
  }
  for (const store::TraceEntry& entry : trace.entries()) {
    if (entry.type != DocumentType::return_) continue;
    const bool back = entry.from.kind == AccountKind::dispatched;
    const bool undone = entry.to.kind == AccountKind::dispatched;
    if (back == undone) continue;
    const auto at = orders.find(back ? entry.from.order : entry.to.order);
    if (at == orders.end()) continue;
    const Quantity units = back ? entry.quantity : -entry.quantity;
    if (entry.happened_at < started_at) {
      at->second.quantity -= units;
    } else {
      at->second.returned += units;
    }
  }
  for (auto& [order, row] : orders) {
    if (!row.quantity.is_positive()) continue;
    row.owner = lot.owner;
    row.sku = lot.sku;
    row.sku_code = lot.sku_code;
    row.lot = lot.code;
    affected_.push_back(std::move(row));
  }
}

void RecallReport::add_possible(Trace& trace, const store::LotRow& lot) {
  std::map<core::OrderId, Affected> orders;
  for (const Trace::Sent& sent : trace.possible()) {
    Affected& row = orders[sent.stamp.stamp.order];
    row.order = sent.stamp.stamp.order;
    row.quantity += sent.quantity;
  }
  for (const auto& unresolved : store::unresolved_returns(
           reading_.reader, lot.owner, lot.sku, std::numeric_limits<std::int64_t>::max())) {
    const auto known = std::find_if(affected_.begin(), affected_.end(), [&](const Affected& row) {
      return row.order == unresolved.order && row.sku == lot.sku;
    });
    if (known != affected_.end()) known->unresolved += unresolved.quantity;
  }
  for (auto& [order, row] : orders) {
    row.owner = lot.owner;
    row.sku = lot.sku;
    row.sku_code = lot.sku_code;
    row.lot = lot.code;
    possible_.push_back(std::move(row));
  }
}

void RecallReport::add_stock(const Trace& trace, const store::LotRow& lot) {
  std::map<std::pair<core::WarehouseId, StockStatus>, Quantity> places;
  for (const auto& [place, quantity] : trace.places())
    places[{std::get<0>(place), std::get<2>(place)}] += quantity;
  for (const auto& [warehouse, quantity] : trace.travelling())
    places[{warehouse, StockStatus::in_transit}] += quantity;
  for (const auto& [place, quantity] : places) {
    if (quantity.is_zero()) continue;
    stock_.push_back({lot.owner, lot.sku_code, lot.code, reading_.reader.warehouse(place.first),
                      place.second, quantity});
  }
}

void RecallReport::write_rows(JsonWriter& json, std::string_view key,
                              const std::vector<Affected>& rows) {
  json.key(key);
  json.open('[');
  for (const Affected& row : rows) {
    const auto& order = names_.order(row.order);
    json.open('{');
    put(json, "owner", reading_.reader.owner(row.owner));
    put_or_null(json, "order", order.id);
    put_maybe(json, "number", order.number);
    put_or_null(json, "order_uid", order.uid);
    put_maybe(json, "channel", order.channel);
    put_raw(json, "customer", contacts_[row.order].customer, "null");
    put_raw(json, "ship_to", contacts_[row.order].ship_to, "null");
    put(json, "sku", row.sku_code);
    put(json, "lot", row.lot);
    put_quantity(json, "quantity", row.quantity);
    put_quantity(json, "returned", row.returned);
    put_quantity(json, "unresolved", row.unresolved);
    const auto response = responses_.find(row.order);
    json.key("acknowledged");
    json.raw(response != responses_.end() && response->second.acknowledged ? "true" : "false");
    json.close('}');
  }
  json.close(']');
}

void RecallReport::write_stock(JsonWriter& json) {
  json.key("stock");
  json.open('[');
  for (const Here& here : stock_) {
    json.open('{');
    put(json, "owner", reading_.reader.owner(here.owner));
    put(json, "sku", here.sku);
    put(json, "lot", here.lot);
    put_or_null(json, "warehouse", here.warehouse);
    put(json, "status", store::status_name(here.status));
    put_quantity(json, "quantity", here.quantity);
    json.close('}');
  }
  json.close(']');
}

void RecallReport::write_progress(JsonWriter& json) {
  Quantity sent, recovered;
  std::vector<core::OrderId> consignees;
  for (const Affected& row : affected_) {
    sent += row.quantity;
    recovered += row.returned;
    consignees.push_back(row.order);
  }
  std::sort(consignees.begin(), consignees.end());
  consignees.erase(std::unique(consignees.begin(), consignees.end()), consignees.end());
  const auto is_open = [&](core::OrderId order) {
    const auto response = responses_.find(order);
    return response == responses_.end() || !response->second.acknowledged;
  };
  const auto open = std::count_if(consignees.begin(), consignees.end(), is_open);
  store::NoticeCounts notices;
  for (const store::RecallRow& recall : recalls_) {
    const auto some = store::recall_notices(reading_.reader, recall.owner, recall.document);
    notices.all += some.all;
    notices.delivered += some.delivered;
  }
  const auto everybody = static_cast<std::int64_t>(consignees.size());
  const Quantity in = balance_.received + balance_.produced + balance_.found + balance_.returned;
  json.key("progress");
  json.open('{');
  put_number(json, "notices", notices.all);
  put_number(json, "delivered", notices.delivered);
  put_percent(json, "notified_percent", notices.delivered, notices.all);
  put_percent(json, "acknowledged_percent", everybody - open, everybody);
  put_quantity(json, "recovered", recovered);
  put_percent(json, "recovered_percent", recovered.micros, sent.micros);
  put_percent(json, "reconciled_percent", (in - balance_.unresolved).micros, in.micros);
  json.key("open");
  json.open('[');
  for (const core::OrderId order : consignees) {
    if (!is_open(order)) continue;
    json.open('{');
    put_or_null(json, "order", names_.order(order).id);
    put_raw(json, "customer", contacts_[order].customer, "null");
    json.close('}');
  }
  json.close(']');
  json.close('}');
}

std::string RecallReport::json() {
  for (const auto* rows : {&affected_, &possible_}) {
    for (const Affected& row : *rows) {
      if (row.order == 0 || contacts_.contains(row.order)) continue;
      const auto order = store::order_row(reading_.reader, row.order);
      if (!order || order->document == 0) continue;
      if (const auto document = store::document_row(reading_.reader, order->document)) {
        contacts_[row.order] =
            contacts_of(document->body, store::contact_row(reading_.reader, row.order));
      }
    }
  }
  JsonWriter json(16384);
  json.open('{');
  const store::RecallRow& first = recalls_.front();
  const bool one = recalls_.size() == 1;
  const bool closed = std::all_of(recalls_.begin(), recalls_.end(),
                                  [](const store::RecallRow& recall) { return recall.closed; });
  put_or_null(json, "uid", one ? store::uid_text(DocumentType::recall, first.document) : "");
  put_or_null(json, "owner", one ? reading_.reader.owner(first.owner) : "");
  json.key("owners");
  json.open('[');
  for (const store::RecallRow& recall : recalls_) json.text(reading_.reader.owner(recall.owner));
  json.close(']');
  put(json, "id", first.id);
  put_maybe(json, "version", first.version);
  put(json, "status", closed ? "closed" : "open");
  json.key("drill");
  json.raw(first.drill ? "true" : "false");
  put_moment(json, "started_at", first.started_at);
  put_moment(json, "closed_at", first.closed_at);
  put_raw(json, "closing", first.closing, "null");
  put_raw(json, "document", first.body, "null");
  json.key("lots");
  json.open('[');
  for (const store::LotRow& lot : lots_) {
    json.open('{');
    put(json, "owner", reading_.reader.owner(lot.owner));
    put(json, "sku", lot.sku_code);
    put(json, "lot", lot.code);
    put_date(json, "expires_on", lot.expires_on);
    json.close('}');
  }
  json.close(']');
  write_balance(json, balance_);
  write_stock(json);
  write_rows(json, "affected", affected_);
  write_rows(json, "possible", possible_);
  write_progress(json);
  json.close('}');
  return json.take();
}

}  // namespace lotbridge::api
