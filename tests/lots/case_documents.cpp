#include "case_documents.hpp"

#include <stdexcept>

#include "case_trade.hpp"

namespace lotbridge::lots {

namespace {

LotCode lot_code(const std::string& text) {
  const auto code = LotCode::parse(text);
  if (!code) throw std::runtime_error("not a lot code: " + text);
  return *code;
}

Maybe<LotCode> maybe_lot(const std::string& text) {
  if (text.empty() || text == "-") return {};
  return lot_code(text);
}

Maybe<std::string> maybe_text(const std::string& text) {
  if (text.empty() || text == "-") return {};
  return text;
}

// "L1=3 L2=2" among the named words; "L1=3!" was scanned.
std::vector<LotQuantity> lots_of(const Words& words, const std::set<std::string>& not_lots) {
  std::vector<LotQuantity> lots;
  for (auto [code, units] : words.named) {
    if (not_lots.contains(code)) continue;
    LotQuantity lot;
    if (units.ends_with('!')) {
      lot.scanned = true;
      units.pop_back();
    }
    lot.lot = lot_code(code);
    lot.quantity = quantity(units);
    lots.push_back(std::move(lot));
  }
  return lots;
}

// "0.82EUR"
Money money_of(const std::string& text) {
  const auto split_at = text.find_first_not_of("0123456789.");
  if (split_at == std::string::npos) throw std::runtime_error("no currency: " + text);
  return Money::parse(text.substr(0, split_at), text.substr(split_at)).value();
}

Item item_of(const Words& words) {
  Item item;
  item.sku = words.at(0);
  item.policy = knobs(words);
  item.shelf_life_days = words.number("shelf_life_days");
  item.shelf_life_months = words.number("shelf_life_months");
  item.removal_days = words.number("removal_days");
  item.alert_days = words.number("alert_days");
  item.decimals = words.number("decimals").value_or(0);
  if (words.flag("best_before")) item.date_kind = DateKind::best_before;
  item.lot_tracked = !words.flag("untracked");
  item.shelf_life_controlled = !words.flag("no_shelf_life");
  item.requires_inspection = words.flag("inspect");
  item.lot_template = words.get("template");
  item.merged_into = words.get("merged_into");
  item.lot_template_mode = words.get("template_mode");
  item.yield_tolerance_percent = words.number("yield");
  if (const auto base = words.get("base")) item.unit = *base;
  if (const auto gtin = words.get("gtin")) item.gtins = {*gtin};
  if (const auto days = words.number("short_dated")) item.short_dated_days = {*days};
  if (const auto alias = words.get("alias")) {
    const auto parts = split(*alias, ':');
    item.aliases.push_back({parts.at(0), parts.at(1), quantity(parts.size() > 2 ? parts[2] : "1")});
  }
  if (const auto pack = words.get("pack")) {
    const auto parts = split(*pack, ':');
    item.packs.push_back({parts.at(0), quantity(parts.at(1)), {}});
  }
  if (const auto unit = words.get("unit")) {
    const auto parts = split(*unit, ':');
    item.units.push_back({parts.at(0), parts.at(1)});
  }
  if (const auto components = words.get("components")) {
    for (const std::string& component : split(*components, ',')) {
      const auto parts = split(component, ':');
      item.components.push_back({parts.at(0), quantity(parts.at(1))});
    }
  }
  for (const auto& [key, value] : words.named) item.given.push_back(key);
  return item;
}

Policy policy_of(const Words& words) {
  Policy policy;
  policy.scope.channel = words.get("channel");
  policy.scope.customer = words.get("customer");
  policy.scope.sku = words.get("sku");
  policy.scope.warehouse = words.get("warehouse");
  policy.scope.destination = words.get("to");
  policy.policy = knobs(words);
  return policy;
}

ReceiptLine receipt_line(const Words& words) {
  ReceiptLine line;
  line.line = "1";
  line.sku = words.at(0) == "-" ? "" : words.at(0);
  line.lot = maybe_lot(words.at(1));
  line.quantity = quantity(words.at(2));
  line.expires_on = words.date("expires");
  line.produced_on = words.date("made");
  line.sell_by = words.date("sell_by");
  line.removal_on = words.date("removal");
  line.location = words.get("at");
  line.pack = words.get("pack");
  line.unit = words.get("unit");
  line.rounding = words.get("rounding");
  if (const auto price = words.get("cost")) line.unit_cost = money_of(*price);
  line.batch = words.get("batch");
  if (const auto scan = words.get("scan")) line.scan = scan_text(*scan);
  if (const auto rejected = words.get("rejected")) line.rejected = quantity(*rejected);
  if (const auto kind = words.get("date_kind")) {
    line.date_kind = *kind == "best_before" ? DateKind::best_before : DateKind::use_by;
  }
  if (const auto name = words.get("status")) {
    line.status = status(*name);
    line.status_given = true;
  }
  return line;
}

Receipt receipt_of(const Words& head, const std::vector<Words>& more) {
  Receipt receipt;
  receipt.warehouse = head.get_or("in", "MAD1");
  receipt.supplier = head.get("supplier");
  receipt.received_on = head.date("on");
  receipt.transfer = head.get("transfer");
  receipt.purchase_order = head.get("po");
  if (head.flag("opening")) receipt.kind = ReceiptKind::opening;
  receipt.lines.push_back(receipt_line(head));
  for (const Words& line : more) receipt.lines.push_back(receipt_line(line));
  return receipt;
}

OrderLine order_line(const Words& words) {
  OrderLine line;
  line.line = words.at(0);
  line.sku = maybe_text(words.at(1));
  line.quantity_text = words.at(2);
  if (const auto parsed = Quantity::parse(words.at(2)); parsed && !(*parsed < Quantity{}))
    line.quantity = *parsed;
  line.variant = words.get("variant");
  line.pack = words.get("pack");
  line.unit = words.get("unit");
  line.gtin = words.get("gtin");
  line.warehouse = words.get("from");
  line.same_lot_group = words.get("group");
  if (const auto lot = words.get("lot")) line.lot = lot_code(*lot);
  line.requires_shipping = !words.flag("virtual");
  line.policy = knobs(words);
  return line;
}

Order order_of(const Words& head, const std::vector<Words>& lines) {
  Order order;
  order.channel = head.get("channel");
  order.priority = head.number("priority").value_or(0);
  order.hold = head.get("hold");
  order.ship_on = head.date("ship_on");
  order.promised_on = head.date("promised");
  order.warehouse = head.get("from");
  if (const auto at = head.get("placed")) order.placed_at = Timestamp::parse(*at).value();
  if (const auto at = head.get("hold_until")) order.hold_until = Timestamp::parse(*at).value();
  if (const auto customer = head.get("customer")) {
    order.customer = Customer{};
    order.customer->id = *customer;
  }
  if (const auto to = head.get("to")) {
    const auto parts = split(*to, '-');
    order.ship_to = Address{};
    order.ship_to->country = parts.at(0);
    if (parts.size() > 1) order.ship_to->region = parts[1];
  }
  order.policy = knobs(head);
  for (const Words& line : lines) order.lines.push_back(order_line(line));
  return order;
}

Pick pick_of(const Words& head, const std::vector<Words>& lines, bool back) {
  Pick pick;
  pick.order = head.at(0);
  pick.put_back = back;
  pick.warehouse = head.get("in");
  for (const Words& words : lines) {
    PickLine line;
    line.order_line = maybe_text(words.at(0));
    line.lot = maybe_lot(words.at(1));
    line.quantity = quantity(words.at(2));
    line.reason = words.get("reason");
    line.location = words.get("at");
    line.sku = words.get("sku");
    line.gtin = words.get("gtin");
    if (const auto scan = words.get("scan")) line.scan = scan_text(*scan);
    if (const auto missing = words.get("short")) line.short_quantity = quantity(*missing);
    pick.lines.push_back(std::move(line));
  }
  return pick;
}

Dispatch dispatch_of(const Words& head, const std::vector<Words>& lines) {
  Dispatch dispatch;
  dispatch.order = maybe_text(head.at(0));
  dispatch.warehouse = head.get("in");
  dispatch.tracking_number = head.get("tracking");
  dispatch.carrier = head.get("carrier");
  dispatch.shipment = head.get("shipment");
  dispatch.override_reason = head.get("override");
  for (const Words& words : lines) {
    DispatchLine line;
    line.order_line = maybe_text(words.at(0));
    line.quantity = quantity(words.at(1));
    line.sku = words.get("sku");
    const auto lots = lots_of(words, {"sku"});
    if (!lots.empty()) line.lots = lots;
    dispatch.lines.push_back(std::move(line));
  }
  return dispatch;
}

Return return_of(const Words& head, const std::vector<Words>& lines) {
  Return back;
  back.order = maybe_text(head.at(0));
  back.warehouse = head.get("in");
  back.received = !head.flag("money_only");
  for (const Words& words : lines) {
    ReturnLine line;
    line.order_line = maybe_text(words.at(0));
    line.quantity = quantity(words.at(1));
    line.sku = words.get("sku");
    if (words.flag("restock")) line.disposition = ReturnDisposition::restock;
    if (words.flag("scrap")) line.disposition = ReturnDisposition::scrap;
    const auto lots = lots_of(words, {"sku"});
    if (!lots.empty()) line.lots = lots;
    back.lines.push_back(std::move(line));
  }
  return back;
}

Cancellation cancellation_of(const Words& head, const std::vector<Words>& lines) {
  Cancellation cancellation;
  cancellation.order = head.at(0);
  if (lines.empty()) return cancellation;
  cancellation.lines.emplace();
  for (const Words& words : lines) {
    cancellation.lines->push_back({words.at(0), {}, quantity(words.at(1))});
  }
  return cancellation;
}

TransferPlace place_of(const std::string& text, const std::string& warehouse) {
  TransferPlace place;
  place.warehouse = warehouse;
  for (const std::string& word : split(text, '/')) {
    if (word == "quarantine" || word == "damaged" || word == "available") {
      place.status = status(word);
    } else if (!word.empty()) {
      place.location = word;
    }
  }
  return place;
}

Transfer transfer_of(const Words& head) {
  Transfer transfer;
  const std::string in = head.get_or("in", "MAD1");
  transfer.from = place_of(head.get_or("from", "available"), in);
  transfer.to = place_of(head.get_or("to", "available"), head.get_or("to_warehouse", in));
  transfer.arrives_on = head.date("arrives");
  transfer.lines.push_back({head.at(0), maybe_lot(head.at(1)), quantity(head.at(2))});
  return transfer;
}

Count count_of(const Words& head, const std::vector<Words>& lines) {
  Count count;
  count.warehouse = head.get_or("in", "MAD1");
  count.location = head.get("at");
  for (const Words& words : lines) {
    CountLine line;
    line.sku = words.at(0);
    line.lot = lot_code(words.at(1));
    line.counted = quantity(words.at(2));
    line.status = status(words.get_or("status", "available"));
    line.expires_on = words.date("expires");
    count.lines.push_back(std::move(line));
  }
  return count;
}

Adjustment adjustment_of(const Words& head) {
  Adjustment adjustment;
  adjustment.warehouse = head.get_or("in", "MAD1");
  const std::string reason = head.at(0);
  adjustment.reason = reason == "scrapped"          ? AdjustmentReason::scrapped
                      : reason == "lost"            ? AdjustmentReason::lost
                      : reason == "found"           ? AdjustmentReason::found
                      : reason == "supplier_return" ? AdjustmentReason::supplier_return
                                                    : AdjustmentReason::correction;
  AdjustmentLine line;
  line.sku = head.at(1);
  line.lot = lot_code(head.at(2));
  line.quantity = quantity(head.at(3));
  line.location = head.get("at");
  line.status = status(head.get_or("status", "available"));
  if (const auto from = head.get("from_lot")) line.from_lot = lot_code(*from);
  adjustment.lines.push_back(std::move(line));
  return adjustment;
}

void add_made(Transformation& making, const Words& words) {
  const std::string what = words.at(0);
  if (what == "use") {
    TransformationInput input;
    input.sku = words.at(1);
    input.lot = lot_code(words.at(2));
    input.quantity = quantity(words.at(3));
    input.location = words.get("at");
    input.status = status(words.get_or("status", "available"));
    making.inputs.push_back(std::move(input));
  } else if (what == "make") {
    TransformationOutput output;
    output.sku = words.at(1);
    output.lot = maybe_lot(words.at(2));
    output.quantity = quantity(words.at(3));
    output.expires_on = words.date("expires");
    output.produced_on = words.date("made");
    output.batch = words.get("batch");
    output.location = words.get("at");
    output.status = status(words.get_or("status", "available"));
    making.outputs.push_back(std::move(output));
  } else if (what == "loss") {
    making.loss.push_back({words.at(1), quantity(words.at(2)), words.get("reason")});
  } else if (what == "cost") {
    making.costs.push_back({words.at(1), money_of(words.at(2))});
  } else {
    throw std::runtime_error("a transformation uses, makes, loses or costs, not: " + what);
  }
}

Transformation transformation_of(const Words& head, const std::vector<Words>& lines) {
  Transformation making;
  making.warehouse = head.get_or("in", "MAD1");
  making.unbuild_of = head.get("unbuild_of");
  for (const Words& words : lines) add_made(making, words);
  return making;
}

LotCorrection correction_of(const Words& head) {
  LotCorrection correction;
  correction.sku = head.at(0);
  correction.lot = lot_code(head.at(1));
  if (const auto code = head.get("new")) correction.new_lot = lot_code(*code);
  correction.expires_on = head.date("expires");
  correction.produced_on = head.date("made");
  correction.sell_by = head.date("sell_by");
  correction.removal_on = head.date("removal");
  correction.batch = head.get("batch");
  correction.evidence = head.get("evidence");
  if (const auto kind = head.get("date_kind")) {
    correction.date_kind = *kind == "best_before" ? DateKind::best_before : DateKind::use_by;
  }
  return correction;
}

Charge charge_of(const Words& head) {
  Charge charge;
  charge.receipt = head.at(0);
  charge.kind = head.at(1);
  charge.amount = money_of(head.at(2));
  charge.sku = head.get("sku");
  if (const auto lot = head.get("lot")) charge.lot = lot_code(*lot);
  return charge;
}

template <typename T>
T block_of(const Words& head) {
  T block;
  block.code = head.at(0);
  block.reason = head.get("reason");
  block.lots.push_back({head.at(1), lot_code(head.at(2)), head.get("in")});
  return block;
}

Body void_of(const Words& head) {
  const std::string type = head.at(0);
  const auto voided = [&](auto body) {
    body.void_of = head.at(1);
    return body;
  };
  if (type == "receipt") {
    Receipt receipt;
    receipt.warehouse = head.get_or("in", "MAD1");
    return voided(receipt);
  }
  if (type == "dispatch") return voided(Dispatch{});
  if (type == "return") return voided(Return{});
  if (type == "pick") return voided(Pick{});
  if (type == "transfer") return voided(Transfer{});
  if (type == "count") return voided(Count{});
  if (type == "adjustment") return voided(Adjustment{});
  if (type == "sale") return voided(OwnerTransfer{});
  if (type == "transformation") return voided(Transformation{});
  throw std::runtime_error("void what? " + type);
}

// "YOG:L1,YOG:L2" as pairs; a word without a colon has no first part.
std::vector<std::pair<std::string, std::string>> pairs_of(const Words& head, const char* key) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string& text : split(head.get_or(key, ""), ',')) {
    const auto colon = text.find(':');
    if (text.empty()) continue;
    out.emplace_back(colon == std::string::npos ? "" : text.substr(0, colon),
                     colon == std::string::npos ? text : text.substr(colon + 1));
  }
  return out;
}

Recall recall_of(const Words& head) {
  Recall recall;
  if (const auto version = head.number("version")) recall.version = *version;
  recall.title = head.get("title");
  recall.include_derived = !head.flag("not_derived");
  recall.drill = head.flag("drill");
  RecallScope& scope = recall.scope;
  for (const auto& [sku, lot] : pairs_of(head, "lots")) scope.lots.push_back({sku, lot_code(lot)});
  for (const auto& [gtin, lot] : pairs_of(head, "gtins"))
    scope.gtin_lots.push_back({gtin, lot_code(lot)});
  for (const auto& [sku, batch] : pairs_of(head, "batches"))
    scope.batches.push_back({maybe_text(sku), batch});
  for (const auto& [sku, day] : pairs_of(head, "dates"))
    scope.sku_dates.push_back({sku, Date::parse(day).value()});
  for (const auto& [none, sku] : pairs_of(head, "skus")) scope.skus.push_back(sku);
  return recall;
}

Body body_of(const std::string& verb, const Words& head, const std::vector<Words>& lines) {
  if (verb == "item") return item_of(head);
  if (verb == "policy") return policy_of(head);
  if (verb == "receive") return receipt_of(head, lines);
  if (verb == "order") return order_of(head, lines);
  if (verb == "cancel") return cancellation_of(head, lines);
  if (verb == "pick") return pick_of(head, lines, false);
  if (verb == "put-back") return pick_of(head, lines, true);
  if (verb == "ship") return dispatch_of(head, lines);
  if (verb == "return") return return_of(head, lines);
  if (verb == "hold") return block_of<Hold>(head);
  if (verb == "release") return block_of<Release>(head);
  if (verb == "move") return transfer_of(head);
  if (verb == "count") return count_of(head, lines);
  if (verb == "adjust") return adjustment_of(head);
  if (verb == "transform") return transformation_of(head, lines);
  if (verb == "correct") return correction_of(head);
  if (verb == "charge") return charge_of(head);
  if (verb == "recall") return recall_of(head);
  if (verb == "void") return void_of(head);
  if (auto body = trade_of(verb, head, lines)) return std::move(*body);
  throw std::runtime_error("unknown word " + verb);
}

}  // namespace

Document document_of(const std::string& verb, const Words& head, const std::vector<Words>& lines,
                     int serial) {
  Document document;
  document.body = body_of(verb, head, lines);
  document.source = head.get_or("by", "api");
  document.id = head.get_or("id", verb + "-" + std::to_string(serial));
  if (verb == "item" || verb == "policy" || verb == "order" || verb == "purchase" ||
      verb == "recall")
    document.id = head.at(0);
  document.owner = head.get_or("as", "");
  if (head.flag("fact")) document.command = false;
  if (const auto when = head.get("when")) document.at = Timestamp::parse(*when).value();
  return document;
}

}  // namespace lotbridge::lots
