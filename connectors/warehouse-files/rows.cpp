#include "rows.hpp"

#include <array>

#include "values.hpp"

namespace lotbridge::warehouse_files {
namespace {

// The customer's code of a row, checked against those that the daemon maps.
std::string owner_of(Row& row, const RowContext& context) {
  if (!context.feed.carries_owners()) return {};
  std::string code = row.must("owner");
  const auto& known = context.settings.customers();
  if (!code.empty() && !known.empty() && !known.contains(code)) {
    row.refuse("customer code \"" + code + "\" is not mapped to an owner");
  }
  return code;
}

// The latest of the rows' moments. A bare date has its last moment, which may still be to come.
void set_at(Document& document, Maybe<Timestamp> at, Timestamp latest) {
  if (!at) return;
  if (*at > latest) at = latest;
  if (!document.at || *document.at < *at) document.at = at;
}

template <typename Body>
Body& body_of(Group& group) {
  if (!std::holds_alternative<Body>(group.document.body) || group.lines == 0)
    group.document.body = Body{};
  return std::get<Body>(group.document.body);
}

bool add_to(Quantity& sum, Quantity more) {
  Quantity total;
  if (__builtin_add_overflow(sum.micros, more.micros, &total.micros)) return false;
  sum = total;
  return true;
}

// Spreadsheets turn codes into numbers; it can't be undone, only said.
void warn_of_damage(const std::string& field, const std::string& code, RowContext& context) {
  if (!looks_damaged(code)) return;
  context.warnings.push_back(field + " \"" + code +
                             "\" looks like a code that a spreadsheet turned into a number");
}

Maybe<Quantity> moved_quantity(Row& row, RowContext& context) {
  row.must("quantity");
  const Quantity quantity = row.quantity("quantity");
  if (!row.refused().empty()) return std::nullopt;
  context.ignored = quantity.is_zero();
  return quantity;
}

StockStatus read_status(Row& row) {
  return static_cast<StockStatus>(row.word("status", {"available", "quarantine", "damaged"}, 0));
}

ReceiptLine read_receipt_line(Row& row, RowContext& context) {
  ReceiptLine line;
  line.sku = row.must("sku");
  line.pack = row.maybe("pack");
  line.unit = row.maybe("unit");
  line.lot = row.lot("lot");
  line.batch = row.maybe("batch");
  line.supplier_lot = row.maybe("supplier_lot");
  line.expires_on = row.date("expires_on");
  line.produced_on = row.date("produced_on");
  line.sell_by = row.date("sell_by");
  line.removal_on = row.date("removal_on");
  line.location = row.maybe("location");
  line.status = read_status(row);
  line.status_given = !row.text("status").empty();
  if (!row.text("rejected").empty()) line.rejected = row.quantity("rejected");
  if (const std::string cost = row.text("unit_cost"); !cost.empty()) {
    const auto amount = read_quantity(cost, context.feed.decimal);
    const std::string currency = row.text("currency");
    if (amount) line.unit_cost = Money::parse(amount->text(), currency);
    if (!line.unit_cost) {
      context.warnings.push_back("unit_cost \"" + cost + "\" with currency \"" + currency +
                                 "\" is no amount of money and was left out");
    }
  }
  if (line.lot) warn_of_damage("lot", line.lot->text, context);
  warn_of_damage("sku", line.sku, context);
  return line;
}

// The line of a dispatch or return that rows of the same order line add up in. Units with and
// without a lot stay apart: what the warehouse named is known, the rest is not.
template <typename Line>
Line& line_of(Group& group, std::vector<Line>& lines, const Line& like, const std::string& apart) {
  std::string key = like.order_line.value_or("") + '\x1f' + like.sku.value_or("") + '\x1f' + apart;
  const auto [at, is_new] = group.index.try_emplace(std::move(key), lines.size());
  if (is_new) {
    lines.push_back(like);
    ++group.lines;
  }
  return lines[at->second];
}

template <typename Line>
bool add_lot(Line& line, Quantity quantity, const Maybe<LotCode>& lot, const Maybe<bool>& scanned) {
  if (!add_to(line.quantity, quantity)) return false;
  if (!lot) return true;
  if (!line.lots) line.lots.emplace();
  for (LotQuantity& known : *line.lots) {
    if (known.lot == *lot && known.scanned == scanned) return add_to(known.quantity, quantity);
  }
  line.lots->push_back({*lot, quantity, scanned});
  return true;
}

constexpr const char* kTooMuch = "the quantities of this line add up to more than there can be";

}  // namespace

void add_receipt_row(Row& row, RowContext& context) {
  const Maybe<Quantity> quantity = moved_quantity(row, context);
  ReceiptLine line = read_receipt_line(row, context);
  GroupKey key{owner_of(row, context), row.text("receipt"), {}};
  const std::string warehouse = row.must("warehouse");
  const Maybe<std::string> supplier = row.maybe("supplier");
  const Maybe<std::string> order = row.maybe("purchase_order");
  const Maybe<Date> received = row.date("received_on");
  const Maybe<Timestamp> at = row.moment("at");
  const std::string number = row.text("line");
  const std::size_t kind = row.word("kind", {"purchase", "opening"}, 0);
  if (context.ignored && line.rejected && line.rejected->is_positive()) context.ignored = false;
  if (!row.refused().empty() || context.ignored) return;
  key.parts = {warehouse, order.value_or("")};
  // Under a number of its own a receipt keeps its identity when these are mended in a later file.
  if (key.id.empty()) {
    key.parts.push_back(supplier.value_or(""));
    key.parts.push_back(received ? received->text() : "");
    key.parts.emplace_back(kind == 1 ? "opening" : "");
  }
  Group& group = context.groups.of(key, row.line());
  auto& receipt = body_of<Receipt>(group);
  if (group.lines == 0) {
    receipt.kind = static_cast<ReceiptKind>(kind);
    receipt.warehouse = warehouse;
    receipt.supplier = supplier;
    receipt.purchase_order = order;
    receipt.received_on = received;
  } else if (receipt.supplier != supplier || receipt.received_on != received) {
    context.warnings.push_back(
        "supplier or received_on differ from the receipt's first row, which counts");
  }
  line.quantity = *quantity;
  line.line = number.empty() ? std::to_string(group.lines + 1) : number;
  receipt.lines.push_back(std::move(line));
  ++group.lines;
  set_at(group.document, at, context.latest);
}

void add_shipment_row(Row& row, RowContext& context) {
  const Maybe<Quantity> quantity = moved_quantity(row, context);
  DispatchLine like;
  like.order_line = row.maybe("order_line");
  like.sku = row.maybe("sku");
  if (!like.order_line && !like.sku) row.refuse("sku is empty");
  const Maybe<LotCode> lot = row.lot("lot");
  const Maybe<bool> scanned = lot ? row.yes_no("scanned") : std::nullopt;
  GroupKey key{owner_of(row, context), row.text("shipment"), {}};
  const std::string order = row.must("order");
  const std::string warehouse = row.must("warehouse");
  const Maybe<std::string> carrier = row.maybe("carrier");
  const Maybe<std::string> tracking = row.maybe("tracking_number");
  const Maybe<Timestamp> at = row.moment("at");
  if (lot) warn_of_damage("lot", lot->text, context);
  if (!row.refused().empty() || context.ignored) return;
  const bool has_shipment = !key.id.empty();
  if (!has_shipment && tracking) key.id = order + "/" + *tracking;
  key.parts = {order, tracking.value_or(""), warehouse};
  Group& group = context.groups.of(key, row.line());
  auto& dispatch = body_of<Dispatch>(group);
  dispatch.order = order;
  dispatch.warehouse = warehouse;
  if (carrier) dispatch.carrier = carrier;
  dispatch.tracking_number = tracking;
  if (has_shipment) dispatch.shipment = key.id;
  if (!add_lot(line_of(group, dispatch.lines, like, lot ? "lot" : ""), *quantity, lot, scanned)) {
    row.refuse(kTooMuch);
  }
  set_at(group.document, at, context.latest);
}

void add_return_row(Row& row, RowContext& context) {
  const Maybe<Quantity> quantity = moved_quantity(row, context);
  ReturnLine like;
  like.order_line = row.maybe("order_line");
  like.sku = row.maybe("sku");
  if (!like.order_line && !like.sku) row.refuse("sku is empty");
  like.disposition = static_cast<ReturnDisposition>(
      row.word("disposition", {"restock", "quarantine", "scrap"}, 1));
  const Maybe<LotCode> lot = row.lot("lot");
  const Maybe<bool> scanned = lot ? row.yes_no("scanned") : std::nullopt;
  GroupKey key{owner_of(row, context), row.text("return"), {}};
  const Maybe<std::string> order = row.maybe("order");
  const std::string warehouse = row.must("warehouse");
  const Maybe<Timestamp> at = row.moment("at");
  if (lot) warn_of_damage("lot", lot->text, context);
  if (!row.refused().empty() || context.ignored) return;
  key.parts = {order.value_or(""), warehouse};
  Group& group = context.groups.of(key, row.line());
  auto& returned = body_of<Return>(group);
  returned.order = order;
  returned.warehouse = warehouse;
  const std::string apart = (lot ? "lot" : "") + std::to_string(static_cast<int>(like.disposition));
  if (!add_lot(line_of(group, returned.lines, like, apart), *quantity, lot, scanned))
    row.refuse(kTooMuch);
  set_at(group.document, at, context.latest);
}

void add_count_row(Row& row, RowContext& context) {
  row.must("quantity");
  CountLine line;
  line.sku = row.must("sku");
  row.must("lot");
  const Maybe<LotCode> lot = row.lot("lot");
  line.counted = row.quantity("quantity");
  line.status = read_status(row);
  line.expires_on = row.date("expires_on");
  GroupKey key{owner_of(row, context), row.text("count"), {}};
  const std::string warehouse = row.must("warehouse");
  const Maybe<std::string> location = row.maybe("location");
  const Maybe<Timestamp> snapshot = row.moment("snapshot_at");
  if (!row.refused().empty()) return;
  line.lot = *lot;
  warn_of_damage("lot", lot->text, context);
  key.parts = {warehouse, location.value_or(""), snapshot ? snapshot->text() : ""};
  Group& group = context.groups.of(key, row.line());
  auto& count = body_of<Count>(group);
  count.warehouse = warehouse;
  count.location = location;
  count.snapshot_at = snapshot && *snapshot > context.latest ? context.latest : snapshot;
  const std::string same =
      line.sku + '\x1f' + lot->text + '\x1f' + std::to_string(static_cast<int>(line.status));
  const auto [at, is_new] = group.index.try_emplace(same, count.lines.size());
  if (is_new) {
    count.lines.push_back(std::move(line));
    ++group.lines;
  } else if (!add_to(count.lines[at->second].counted, line.counted)) {
    row.refuse(kTooMuch);
  }
  set_at(group.document, count.snapshot_at, context.latest);
}

}  // namespace lotbridge::warehouse_files
