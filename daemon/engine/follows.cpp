#include "follows.hpp"

#include <lotbridge/records.hpp>

#include "daemon/store/encoding.hpp"
#include "identity.hpp"
#include "references.hpp"
#include "reversed.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

template <typename T>
const T* body_of(const Document* document) {
  return document == nullptr ? nullptr : std::get_if<T>(&document->body);
}

bool is_voided(Workbench& bench, std::int64_t row) {
  return bench.store.query(Sql::select_voiding, row).next();
}

std::vector<core::TransferLot> transfer_lots(Workbench& bench, core::OwnerId owner,
                                             std::int64_t document, const std::string& name) {
  std::vector<core::TransferLot> out;
  auto rows = bench.store.query(Sql::select_transfer_lots, owner, document, name);
  while (rows.next()) {
    core::TransferLot lot;
    lot.sku = static_cast<core::SkuId>(rows.integer(0));
    lot.lot = static_cast<core::LotId>(rows.integer(1));
    lot.warehouse = static_cast<core::WarehouseId>(rows.integer(2));
    lot.sent = Quantity{rows.integer(3)};
    lot.arrived = Quantity{rows.integer(4)};
    lot.lost = Quantity{rows.integer(5)};
    out.push_back(lot);
  }
  return out;
}

void write_transfer(Workbench& bench, core::OwnerId owner, const FollowedTransfer& transfer,
                    const std::vector<core::TransferLot>& lots) {
  bench.store.run(Sql::delete_transfer_lots, owner, 0, transfer.name);
  bench.store.run(Sql::delete_transfer_lots, owner, transfer.document, transfer.name);
  for (const core::TransferLot& lot : lots) {
    bench.store.run(Sql::insert_transfer_lot, owner, transfer.document, transfer.name, lot.sku,
                    lot.lot, lot.warehouse, lot.sent.micros, lot.arrived.micros, lot.lost.micros);
  }
}

// The transfer that a receipt or a closing names, with its own document where that has come.
FollowedTransfer named_transfer(Workbench& bench, core::OwnerId owner, const std::string& name,
                                std::int64_t source, std::optional<Document>& document) {
  FollowedTransfer out;
  out.name = name;
  const std::int64_t row = find_named(bench, owner, DocumentType::transfer, name, source);
  const auto stored = row == 0 ? std::nullopt : stored_document(bench, row);
  if (!stored || stored->owner != owner) return out;
  document = parse_stored(*stored);
  out.document = row;
  if (document) out.name = document->id;
  return out;
}

void follow_transfer(Workbench& bench, core::OwnerId owner, const Document& document,
                     std::int64_t row, std::int64_t voided, core::Context& context,
                     Following& out) {
  core::Followed& followed = context.followed;
  const std::int64_t source = bench.source_id(document.source);
  if (const auto* transfer = body_of<Transfer>(&document)) {
    out.transfer = {row, document.id};
    if (transfer->void_of && context.voided != nullptr) out.transfer = {voided, context.voided->id};
    followed.transfer = transfer_lots(bench, owner, out.transfer.document, out.transfer.name);
    if (row == 0 && !transfer->void_of) return;
    followed.transfer_known = true;
    return;
  }
  Maybe<std::string> name;
  std::optional<Document> sent;
  if (const auto* close = body_of<TransferClose>(&document)) name = close->transfer;
  const auto* receipt = body_of<Receipt>(&document);
  if (receipt != nullptr) name = receipt->transfer;
  const auto* before =
      body_of<Receipt>(context.voided != nullptr ? context.voided : context.previous);
  const bool other = before != nullptr && before->transfer && before->transfer != name;
  if (other && name) {
    std::optional<Document> past;
    out.before = named_transfer(bench, owner, *before->transfer, source, past);
    followed.other_transfer = true;
    followed.transfer_before = transfer_lots(bench, owner, out.before.document, out.before.name);
  } else if (other) {
    name = before->transfer;
  }
  if (!name) return;
  out.transfer = named_transfer(bench, owner, *name, source, sent);
  followed.transfer = transfer_lots(bench, owner, out.transfer.document, out.transfer.name);
  followed.transfer_known = sent.has_value() && !is_voided(bench, out.transfer.document);
  if (const auto* body = body_of<Transfer>(sent ? &*sent : nullptr))
    followed.transfer_to = body->to;
}

void follow_purchase_order(Workbench& bench, core::OwnerId owner, const Document& document,
                           std::int64_t row, std::int64_t voided, core::Context& context) {
  Maybe<std::string> name;
  if (const auto* receipt = body_of<Receipt>(&document)) name = receipt->purchase_order;
  const auto* before =
      body_of<Receipt>(context.voided != nullptr ? context.voided : context.previous);
  if (before != nullptr && !name) name = before->purchase_order;
  const bool is_order = std::holds_alternative<PurchaseOrder>(document.body);
  if (is_order) name = document.id;
  if (!name) return;
  if (!is_order) {
    auto known = bench.store.query(Sql::find_document_any_source, owner,
                                   DocumentType::purchase_order, *name);
    if (!known.next()) return;
  }
  std::vector<core::OrderedUnits> units;
  const auto of = [&units](std::int64_t sku) -> core::OrderedUnits& {
    for (core::OrderedUnits& one : units) {
      if (one.sku == static_cast<core::SkuId>(sku)) return one;
    }
    units.push_back({static_cast<core::SkuId>(sku), {}, {}});
    return units.back();
  };
  {
    auto rows = bench.store.query(Sql::select_ordered, owner, *name);
    while (rows.next()) of(rows.integer(0)).ordered = Quantity{rows.integer(1)};
  }
  auto rows = bench.store.query(Sql::select_received_of_order, owner, *name, row, voided);
  while (rows.next()) of(rows.integer(0)).received = Quantity{rows.integer(1)};
  context.followed.ordered = std::move(units);
}

// Only where several reports can meet: most warehouses never send two.
bool may_be_reported_twice(const Workbench& bench, const Dispatch& dispatch) {
  if (dispatch.shipment) return true;
  for (std::size_t i = 1; i <= bench.state.warehouses_count(); ++i) {
    const core::Warehouse* place = bench.state.warehouse(static_cast<core::WarehouseId>(i));
    if (place != nullptr && place->facts_from_dispatch) return true;
  }
  return false;
}

void follow_dispatches(Workbench& bench, const Document& document, std::int64_t row,
                       core::Context& context) {
  const auto* dispatch = body_of<Dispatch>(&document);
  if (dispatch == nullptr || context.order == 0 || dispatch->void_of) return;
  if (!may_be_reported_twice(bench, *dispatch)) return;
  std::vector<std::int64_t> found;
  {
    auto rows = bench.store.query(Sql::select_standing_dispatches, context.order);
    while (rows.next()) found.push_back(rows.integer(0));
  }
  for (const std::int64_t other : found) {
    if (other == row) continue;
    const auto stored = stored_document(bench, other);
    auto parsed = stored ? parse_stored(*stored) : std::nullopt;
    if (!parsed) continue;
    core::EarlierDispatch earlier;
    earlier.document = static_cast<core::DocumentId>(other);
    earlier.source = std::string(bench.source_name(stored->source));
    earlier.body = std::move(std::get<Dispatch>(parsed->body));
    context.followed.earlier.push_back(std::move(earlier));
  }
}

// Counts after a dispatch may have missed what had left with it.
Quantity missed_by_counts(Workbench& bench, core::LotId lot, core::WarehouseId warehouse,
                          core::DocumentId since) {
  Quantity missed;
  auto rows = bench.store.query(Sql::select_count_moves, lot, since);
  while (rows.next()) {
    const Quantity quantity{rows.integer(0)};
    const auto from = store::account_of(rows.blob(1));
    const auto to = store::account_of(rows.blob(2));
    if (!from || !to) continue;
    if (to->kind == core::AccountKind::lost && to->warehouse == warehouse) missed += quantity;
    const bool back =
        from->kind == core::AccountKind::lost || from->kind == core::AccountKind::found;
    if (back && from->warehouse == warehouse) missed -= quantity;
  }
  return missed;
}

void follow_resolution(Workbench& bench, core::OwnerId owner, const Document& document,
                       std::int64_t row, core::Context& context, Following& out) {
  const auto* resolution = body_of<Resolution>(&document);
  if (resolution == nullptr) return;
  const ResolutionOf& of = resolution->of;
  const std::int64_t source = bench.source_id(of.source.value_or(document.source));
  const std::int64_t target =
      of.dispatch_id
          ? find_named(bench, owner, DocumentType::dispatch, *of.dispatch_id, source)
          : find_named(bench, owner, DocumentType::return_, of.return_id.value_or(""), source);
  const auto stored = target == 0 ? std::nullopt : stored_document(bench, target);
  if (!stored || stored->owner != owner) return;
  out.resolved = parse_stored(*stored);
  if (!out.resolved) return;
  context.followed.resolved = &*out.resolved;
  context.followed.resolved_id = static_cast<core::DocumentId>(target);
  std::vector<core::Entry> entries;
  append_entries(bench, target, entries);
  std::vector<std::int64_t> others;
  {
    auto links = bench.store.query(Sql::select_links, owner, target);
    while (links.next()) others.push_back(links.integer(0));
    auto voids = bench.store.query(Sql::select_voiding, target);
    while (voids.next()) others.push_back(voids.integer(0));
  }
  for (const std::int64_t other : others) {
    if (other != row) append_entries(bench, other, entries);
  }
  keep_standing(entries);
  load_order(bench, static_cast<core::OrderId>(stored->order));
  for (const core::Entry& entry : entries) {
    load_order(bench, entry.from.order);
    load_order(bench, entry.to.order);
  }
  context.followed.resolved_entries = std::move(entries);
  context.followed.missed_by_counts = [&bench](core::LotId lot, core::WarehouseId warehouse,
                                               core::DocumentId since) {
    return missed_by_counts(bench, lot, warehouse, since);
  };
}

std::optional<std::string> supplier_of_order(Workbench& bench, core::OwnerId owner,
                                             const std::string& name) {
  auto rows = bench.store.query(Sql::select_order_supplier, owner, name);
  return rows.next() ? rows.maybe_text(0) : std::nullopt;
}

void keep_receipt(Workbench& bench, core::OwnerId owner, const Receipt& receipt, std::int64_t row,
                  const core::Outcome& outcome) {
  bench.store.run(Sql::delete_received_lines, owner, row);
  if (!receipt.supplier && !receipt.purchase_order) return;
  std::optional<std::string> supplier = receipt.supplier;
  if (!supplier) supplier = supplier_of_order(bench, owner, *receipt.purchase_order);
  std::int64_t place = 0;
  for (const core::ReceivedLine& line : outcome.follows.received) {
    bench.store.run(Sql::insert_received_line, owner, row, ++place, line.line, line.sku, line.lot,
                    line.warehouse, supplier, receipt.purchase_order, line.day,
                    line.quantity.micros, line.rejected.micros);
  }
}

void keep_purchase_order(Workbench& bench, core::OwnerId owner, const Document& document,
                         const PurchaseOrder& order, std::int64_t row,
                         const core::Outcome& outcome) {
  bench.store.run(Sql::delete_ordered_lines, owner, row);
  std::optional<std::int64_t> expected;
  if (order.expected_on) expected = order.expected_on->days;
  for (const core::OrderedLine& line : outcome.follows.ordered) {
    std::optional<std::int64_t> warehouse;
    if (line.warehouse != 0) warehouse = line.warehouse;
    bench.store.run(Sql::insert_ordered_line, owner, row, document.id, line.line, line.sku,
                    warehouse, order.supplier, expected, line.quantity.micros);
  }
  if (order.supplier)
    bench.store.run(Sql::name_supplier_of_order, owner, document.id, order.supplier);
}

}  // namespace

std::int64_t find_named(Workbench& bench, core::OwnerId owner, DocumentType type,
                        const std::string& name, std::int64_t source) {
  if (const auto uid = store::parse_uid(name); uid && uid->type == type) return uid->row;
  {
    auto rows = bench.store.query(Sql::find_document, owner, type, name, source);
    if (rows.next()) return rows.integer(0);
  }
  auto rows = bench.store.query(Sql::find_document_any_source, owner, type, name);
  std::int64_t found = 0;
  while (rows.next()) {
    if (found != 0) return 0;  // of several sources: not ours to choose
    found = rows.integer(0);
  }
  return found;
}

void follow(Workbench& bench, core::OwnerId owner, const Document& document, std::int64_t row,
            std::int64_t voided, core::Context& context, Following& out) {
  switch (document.type()) {
    case DocumentType::transfer:
    case DocumentType::transfer_close:
      follow_transfer(bench, owner, document, row, voided, context, out);
      break;
    case DocumentType::receipt:
      follow_transfer(bench, owner, document, row, voided, context, out);
      follow_purchase_order(bench, owner, document, row, voided, context);
      break;
    case DocumentType::purchase_order:
      follow_purchase_order(bench, owner, document, row, voided, context);
      break;
    case DocumentType::dispatch:
      follow_dispatches(bench, document, row, context);
      break;
    case DocumentType::resolution:
      follow_resolution(bench, owner, document, row, context, out);
      break;
    default:
      break;
  }
}

void keep_follows(Workbench& bench, core::OwnerId owner, const Document& document, std::int64_t row,
                  std::int64_t voided, const Following& following, const core::Outcome& outcome) {
  const core::Follows& follows = outcome.follows;
  if (follows.transfer_changed && !following.transfer.name.empty()) {
    FollowedTransfer transfer = following.transfer;
    const auto* sent = body_of<Transfer>(&document);
    if (sent != nullptr && !sent->void_of) transfer.document = row;
    write_transfer(bench, owner, transfer, follows.transfer);
  }
  if (!following.before.name.empty())
    write_transfer(bench, owner, following.before, follows.transfer_before);
  if (const auto* receipt = body_of<Receipt>(&document)) {
    if (voided != 0) bench.store.run(Sql::delete_received_lines, owner, voided);
    keep_receipt(bench, owner, *receipt, row, outcome);
  }
  if (const auto* order = body_of<PurchaseOrder>(&document))
    keep_purchase_order(bench, owner, document, *order, row, outcome);
  if (follows.about == 0) return;
  bench.store.run(Sql::upsert_link, owner, row, follows.about);
  if (!follows.carrier && !follows.tracking_number) return;
  const auto stored = stored_document(bench, static_cast<std::int64_t>(follows.about));
  auto first = stored ? parse_stored(*stored) : std::nullopt;
  if (!first) return;
  complete_dispatch(*first, follows);
  bench.store.run(Sql::update_document_body, follows.about, write_document(*first));
}

void append_linked(Workbench& bench, core::OwnerId owner, std::int64_t row,
                   std::vector<core::Entry>& out) {
  std::vector<std::int64_t> others;
  {
    auto rows = bench.store.query(Sql::select_links, owner, row);
    while (rows.next()) others.push_back(rows.integer(0));
  }
  for (const std::int64_t other : others) append_entries(bench, other, out);
}

core::Follows known_transfer(Workbench& bench, core::OwnerId owner, DocumentType type,
                             std::int64_t row) {
  core::Follows out;
  if (type != DocumentType::transfer) return out;
  const auto stored = stored_document(bench, row);
  const auto sent = stored ? parse_stored(*stored) : std::nullopt;
  if (!sent) return out;
  out.transfer = transfer_lots(bench, owner, row, sent->id);
  out.transfer_changed = !out.transfer.empty();
  return out;
}

void complete_dispatch(Document& document, const core::Follows& follows) {
  auto* dispatch = std::get_if<Dispatch>(&document.body);
  if (dispatch == nullptr) return;
  if (!dispatch->carrier) dispatch->carrier = follows.carrier;
  if (!dispatch->tracking_number) dispatch->tracking_number = follows.tracking_number;
}

}  // namespace lotbridge::engine
