// Which document is new, and what items, policies, receipts, blocks, counts, transfers and
// adjustments do. See model.hpp.
#include <algorithm>

#include "model.hpp"

namespace lotbridge::simulation {

namespace {

int type_of(const Document& document) { return static_cast<int>(document.type()); }

Maybe<std::string> void_reference(const Document& document) {
  return std::visit(
      [](const auto& body) -> Maybe<std::string> {
        if constexpr (requires { body.void_of; }) return body.void_of;
        return {};
      },
      document.body);
}

// What stands of moves between two accounts in both directions, in the order of the first.
std::vector<Move> standing(const std::vector<Move>& all) {
  std::vector<Move> out;
  for (const Move& m : all) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Move& o) {
      return o.lot == m.lot &&
             ((o.from == m.from && o.to == m.to) || (o.from == m.to && o.to == m.from));
    });
    if (same == out.end()) {
      out.push_back(m);
    } else {
      same->units += same->from == m.from ? m.units : -m.units;
    }
  }
  std::erase_if(out, [](const Move& m) { return m.units == 0; });
  for (Move& m : out) {
    if (m.units > 0) continue;
    m.units = -m.units;
    std::swap(m.from, m.to);
  }
  return out;
}

}  // namespace

// ---- identity

int Model::find_document(const Document& document) const {
  const int owner = world_.owner(document.owner);
  const bool any_source = document.type() == DocumentType::policy;
  const auto at = document_ids_.find(
      {owner, type_of(document), any_source ? "" : document.source, document.id});
  return at == document_ids_.end() ? kNone : at->second;
}

int Model::resolve_order(int owner, const std::string& name, const Maybe<std::string>& source,
                         bool& several) const {
  several = false;
  const auto at = order_names_.find({owner, name});
  if (at == order_names_.end()) return kNone;
  std::vector<int> found;
  for (const int order : at->second) {
    const OrderBook& book = orders_[static_cast<std::size_t>(order)];
    if (source && book.known && book.source != *source) continue;
    if (std::find(found.begin(), found.end(), order) == found.end()) found.push_back(order);
  }
  several = found.size() > 1;
  return found.size() == 1 ? found.front() : kNone;
}

int Model::find_order(int owner, const std::string& id, const std::string& source) const {
  bool several = false;
  return resolve_order(owner, id, source, several);
}

Verdict Model::submit(const Document& document, const std::string& content,
                      const Circumstances& given) {
  start();
  const int known = find_document(document);
  std::string outcome = "applied";
  const bool command = document.command.value_or(document.source == "api");
  if (known != kNone) {
    const DocumentBook& before = documents_[static_cast<std::size_t>(known)];
    if (before.content == content) return {"duplicate", "", false};
    const auto* now = std::get_if<lotbridge::Order>(&document.body);
    if (now != nullptr) {
      const auto& was = std::get<lotbridge::Order>(before.document.body);
      if (now->version && was.version && *now->version < *was.version) return {"stale", "", false};
    }
    const DocumentType type = document.type();
    const bool revisable =
        type == DocumentType::item || type == DocumentType::policy || type == DocumentType::order;
    if (!revisable && command) return {"refused", "id_conflict", false};
    outcome = revisable ? "revised" : "corrected";
  }
  w_.owner = world_.owner(document.owner);
  w_.source = document.source;
  w_.command = command;
  w_.at = document.at.value_or(now_);
  w_.given = given;
  w_.document = known != kNone ? known : static_cast<int>(documents_.size());
  int voided = kNone;
  if (const auto name = void_reference(document)) {
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      const Document& other = documents_[i].document;
      if (other.type() == document.type() && other.owner == document.owner && other.id == *name &&
          other.source == document.source)
        voided = static_cast<int>(i);
    }
    const bool again = voided != kNone &&
                       documents_[static_cast<std::size_t>(voided)].voided_by != kNone &&
                       documents_[static_cast<std::size_t>(voided)].voided_by != known;
    if (voided == kNone || again) return {"refused", "invalid_value", false};
    w_.reversing = voided;
  }
  if (outcome == "corrected") {
    w_.previous = &documents_[static_cast<std::size_t>(known)];
    if (voided == kNone) w_.reversing = known;
  }
  // What was taken back stays so, whatever its sender corrects.
  const bool taken_back = outcome == "corrected" && voided == kNone &&
                          documents_[static_cast<std::size_t>(known)].voided_by != kNone;
  if (!taken_back && !apply(document)) {
    const Verdict failed = w_.verdict;
    take_all_back();
    return failed;
  }
  if (known == kNone) {
    documents_.emplace_back();
    const bool any_source = document.type() == DocumentType::policy;
    document_ids_[{w_.owner, type_of(document), any_source ? "" : document.source, document.id}] =
        w_.document;
  }
  DocumentBook& book = documents_[static_cast<std::size_t>(w_.document)];
  const bool was_voided = voided != kNone;
  book.document = document;
  book.content = content;
  book.moves.insert(book.moves.end(), w_.moves.begin(), w_.moves.end());
  book.moves = standing(book.moves);
  if (w_.order != kNone) book.order = w_.order;
  if (was_voided) documents_[static_cast<std::size_t>(voided)].voided_by = w_.document;
  // What came before its order takes effect now.
  const std::vector<int> again = w_.reapply;
  bool changed = !w_.moves.empty() || !saved_.lots.empty() || !saved_.orders.empty() ||
                 !saved_.skus.empty() || lots_.size() > saved_.lot_count ||
                 orders_.size() > saved_.order_count || skus_.size() > saved_.sku_count ||
                 document.type() == DocumentType::policy;
  for (const int other : again) {
    start();
    const Document waiting = documents_[static_cast<std::size_t>(other)].document;
    w_.owner = world_.owner(waiting.owner);
    w_.source = waiting.source;
    w_.command = waiting.command.value_or(waiting.source == "api");
    w_.at = waiting.at.value_or(now_);
    w_.document = other;
    if (!apply(waiting)) {
      take_all_back();
      continue;
    }
    changed = true;
    DocumentBook& kept = documents_[static_cast<std::size_t>(other)];
    kept.moves.insert(kept.moves.end(), w_.moves.begin(), w_.moves.end());
    kept.moves = standing(kept.moves);
  }
  return {outcome, "", changed};
}

bool Model::apply(const Document& document) {
  if (!apply_body(document)) return false;
  for (const auto& [lot, warehouse] : std::vector(w_.judge_later)) judge_lot(lot, warehouse);
  fill_waiting();
  // The order that it was about gets another look, after those that compete better.
  if (w_.order != kNone && document.type() != DocumentType::order) allocate_order(w_.order);
  fill_waiting();
  return true;
}

bool Model::apply_body(const Document& document) {
  return std::visit([&](const auto& body) { return apply(document, body); }, document.body);
}

// ---- items and policies

bool Model::apply(const Document& document, const Item& sent) {
  int at = find_sku(w_.owner, sent.sku);
  if (at == kNone) at = new_sku(w_.owner, sent.sku);
  SkuBook& book = sku(at);
  const Item before = book.item;
  const bool was_known = book.known;
  const auto has = [](const Item& item, const char* key) {
    return std::find(item.given.begin(), item.given.end(), key) != item.given.end();
  };
  if (was_known && document.source != "api") {
    // A connector's item adds aliases and fills what nobody set.
    Item out = before;
    for (const ItemAlias& alias : sent.aliases) {
      const auto same = std::find_if(out.aliases.begin(), out.aliases.end(), [&](const auto& a) {
        return a.source == alias.source && a.code == alias.code;
      });
      if (same == out.aliases.end()) {
        out.aliases.push_back(alias);
      } else {
        same->quantity = alias.quantity;
      }
    }
    const auto fill = [&](const char* key, auto member) {
      if (has(before, key) || !has(sent, key)) return;
      out.*member = sent.*member;
      out.given.emplace_back(key);
    };
    fill("shelf_life_days", &Item::shelf_life_days);
    fill("removal_days", &Item::removal_days);
    fill("alert_days", &Item::alert_days);
    fill("policy", &Item::policy);
    fill("requires_inspection", &Item::requires_inspection);
    fill("date_kind", &Item::date_kind);
    fill("decimals", &Item::decimals);
    fill("packs", &Item::packs);
    fill("components", &Item::components);
    for (const std::string& gtin : sent.gtins) {
      if (std::find(out.gtins.begin(), out.gtins.end(), gtin) == out.gtins.end())
        out.gtins.push_back(gtin);
    }
    book.item = out;
  } else {
    book.item = sent;
    for (const ItemAlias& alias : before.aliases) {
      const bool named = std::any_of(sent.aliases.begin(), sent.aliases.end(),
                                     [&](const auto& a) { return a.source == alias.source; });
      if (!named && was_known) book.item.aliases.push_back(alias);
    }
  }
  book.known = true;
  // Lines that nobody understood may mean it.
  std::vector<int> woken;
  for (std::size_t o = 0; o < orders_.size(); ++o) {
    if (orders_[o].owner != w_.owner || !orders_[o].known || orders_[o].cancelled) continue;
    bool changed = false;
    for (std::size_t l = 0; l < orders_[o].lines.size(); ++l) {
      if (orders_[o].lines[l].removed || orders_[o].lines[l].problem != "unknown_sku") continue;
      LineBook line = orders_[o].lines[l];
      resolve_line(orders_[o], line);
      if (line.problem == "unknown_sku") continue;
      order(static_cast<int>(o)).lines[l] = line;
      changed = true;
    }
    if (changed) woken.push_back(static_cast<int>(o));
  }
  for (const int o : by_rank(woken)) allocate_order(o);
  for (const int l : std::vector(skus_[static_cast<std::size_t>(at)].lots)) judge_lot_everywhere(l);
  w_.freed.insert(at);
  return true;
}

bool Model::apply(const Document& document, const Policy& policy) {
  if (policy.scope.warehouse && world_.warehouse(*policy.scope.warehouse) == kNone)
    return refuse("not_found");
  if (!saved_.policies) saved_.policies = policies_;
  auto& all = policies_[static_cast<std::size_t>(w_.owner)];
  std::erase_if(all, [&](const PolicyBook& p) { return p.id == document.id; });
  all.push_back({document.id, policy});
  std::vector<int> mine;
  for (std::size_t o = 0; o < orders_.size(); ++o) {
    if (orders_[o].owner == w_.owner && orders_[o].known) mine.push_back(static_cast<int>(o));
  }
  for (const int o : by_rank(mine)) judge_order(o);
  for (std::size_t s = 0; s < skus_.size(); ++s) {
    if (skus_[s].owner == w_.owner) w_.freed.insert(static_cast<int>(s));
  }
  return true;
}

// ---- goods-in

bool Model::learn(int at, const Told& told, const Maybe<std::string>& supplier, bool& conflict) {
  conflict = false;
  const LotBook& before = lots_[static_cast<std::size_t>(at)];
  if (before.code == "LEGACY") return true;
  const bool dated = before.expires_on != kNever;
  const bool differs = dated && told.expires_on && told.expires_on->days != before.expires_on;
  // A corrected receipt may correct the date that it gave itself.
  bool own_date = false;
  if (w_.previous != nullptr) {
    if (const auto* receipt = std::get_if<Receipt>(&w_.previous->document.body)) {
      for (const ReceiptLine& line : receipt->lines) {
        if (!line.lot || line.lot->text != before.code ||
            line.sku != skus_[static_cast<std::size_t>(before.sku)].name)
          continue;
        own_date = line.expires_on && line.expires_on->days == before.expires_on;
        break;
      }
    }
  }
  const auto contradiction = [&] {
    conflict = true;
    return w_.command ? refuse("expiry_conflict") : true;
  };
  if (differs && !told.derived && !own_date) return contradiction();
  const bool agree = told.expires_on && dated && !differs;
  if (supplier && before.supplier && *supplier != *before.supplier && !agree && before.received)
    return contradiction();
  LotBook& book = lot(at);
  bool changed = false;
  const auto fill = [&](std::int32_t LotBook::*member, const Maybe<Date>& date) {
    if (book.*member != kNever || !date) return;
    book.*member = date->days;
    changed = true;
  };
  const DateKind kind =
      told.kind.value_or(skus_[static_cast<std::size_t>(book.sku)].item.date_kind);
  if (!dated && told.expires_on) {
    fill(&LotBook::expires_on, told.expires_on);
    book.best_before = kind == DateKind::best_before;
  } else if (differs && own_date) {
    book.expires_on = told.expires_on->days;
    book.best_before = kind == DateKind::best_before;
    book.expired_on_receipt = false;
    changed = true;
  } else if (dated && told.kind && !book.received) {
    book.best_before = *told.kind == DateKind::best_before;
  }
  fill(&LotBook::produced_on, told.produced_on);
  fill(&LotBook::sell_by, told.sell_by);
  fill(&LotBook::removal_on, told.removal_on);
  if (changed) judge_lot_everywhere(at);
  return true;
}

bool Model::receive_line(const Receipt& receipt, const ReceiptLine& line, int warehouse,
                         std::int32_t day) {
  const int at = sku_named(line.sku);
  if (at == kNone) return false;
  const Item item = skus_[static_cast<std::size_t>(at)].item;
  const Maybe<Units> units = base_units(item, line.quantity, line.pack);
  if (!units || *units < 0 || *units > 1'000'000'000'000LL * kOne ||
      (*units == 0 && !line.rejected))
    return w_.command ? refuse("invalid_value") : park("invalid_value");
  if (!fits(item, *units) && w_.command) return refuse("invalid_value");
  if (*units == 0) return true;  // all of it was refused at the dock
  if (!line.lot && item.lot_tracked && receipt.kind != ReceiptKind::opening && w_.command)
    return refuse("no_lot");
  const std::string code = line.lot ? line.lot->text : "LEGACY";
  Told told{line.expires_on, line.produced_on, line.sell_by,
            line.removal_on, line.date_kind,   false};
  if (!told.expires_on && told.produced_on) {
    if (item.shelf_life_months) {
      told.expires_on = told.produced_on->plus_months(*item.shelf_life_months);
    } else if (item.shelf_life_days) {
      told.expires_on = told.produced_on->plus_days(*item.shelf_life_days);
    }
    told.derived = told.expires_on.has_value();
  }
  if (told.produced_on && told.expires_on && *told.expires_on < *told.produced_on)
    return w_.command ? refuse("invalid_value") : park("invalid_value");
  const int l = code == "LEGACY" ? legacy(at) : lot_or_new(at, code);
  StockStatus status = line.status;
  if (item.requires_inspection && !line.status_given) status = StockStatus::quarantine;
  bool conflict = false;
  if (!learn(l, told, receipt.supplier, conflict)) return false;
  LotBook& book = lot(l);
  if (conflict) {
    status = StockStatus::quarantine;
  } else {
    if (receipt.supplier && !book.supplier) book.supplier = receipt.supplier;
    if (line.batch) book.batch = line.batch;
    const PolicyKnobs k = knobs(w_.owner, at, warehouse, nullptr, nullptr);
    if (!book.expired_on_receipt && day >= first_bad_day(book, k)) {
      book.expired_on_receipt = true;
      judge_lot_everywhere(l);
    }
  }
  book.received = true;
  const auto first = book.first_received.find(warehouse);
  if (first == book.first_received.end() || day < first->second)
    book.first_received[warehouse] = day;
  const Account from = receipt.transfer ? Account{Kind::in_transit, warehouse, "", {}, kNone, kNone}
                       : receipt.kind == ReceiptKind::opening
                           ? Account{Kind::opening, kNone, "", {}, kNone, kNone}
                           : Account{Kind::supplier, kNone, "", {}, kNone, kNone};
  put_units(l, warehouse, line.location.value_or(""), status, *units, from);
  w_.judge_later.emplace_back(l, warehouse);
  return true;
}

bool Model::apply(const Document&, const Receipt& receipt) {
  const int warehouse = warehouse_named(receipt.warehouse);
  if (warehouse == kNone) return false;
  const WarehouseConfig& place = world_.warehouses[static_cast<std::size_t>(warehouse)];
  if (not_authoritative(place.receipt_from)) return true;
  if (w_.reversing != kNone) reverse(w_.reversing);
  if (receipt.void_of) return true;
  const std::int32_t day =
      receipt.received_on ? receipt.received_on->days : civil_day(place.zone, w_.at).days;
  for (const ReceiptLine& line : receipt.lines) {
    if (!receive_line(receipt, line, warehouse, day)) return false;
  }
  return true;
}

}  // namespace lotbridge::simulation
