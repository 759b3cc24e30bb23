#include "workbench.hpp"

#include "daemon/log/log.hpp"
#include "daemon/store/encoding.hpp"
#include "daemon/store/order_rows.hpp"
#include "references.hpp"

namespace lotbridge::engine {

using store::Blob;
using store::Sql;

std::size_t BalanceKeyHash::operator()(const BalanceKey& key) const noexcept {
  std::uint64_t h = key.lot;
  const auto mix = [&h](std::uint64_t value) {
    h ^= value + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
  };
  mix(key.sku);
  mix(static_cast<std::uint64_t>(key.book) << 8 | static_cast<std::uint64_t>(key.account.kind));
  mix(static_cast<std::uint64_t>(key.account.status) << 16 | key.account.warehouse);
  mix(key.account.location);
  mix(key.account.order);
  mix(key.account.line);
  return static_cast<std::size_t>(h);
}

std::string order_key(const core::Order& order) {
  if (!order.reference.empty()) return "/" + order.reference;
  return order.source + "/" + order.doc_id;
}

Workbench::Workbench(store::Writer& store_, core::State& state_, const Settings& settings_,
                     const core::Calendar& calendar_, const KeyedDigest& digest_)
    : store(store_), state(state_), settings(settings_), calendar(calendar_), digest(digest_) {}

Refused Workbench::begin(Timestamp time) {
  now = time;
  moved_orders.clear();
  wake = false;
  newest_event = 0;
  documents = 0;
  judged = false;
  new_days.clear();
  touched_.reset();
  if (sources_.empty()) {
    auto rows = store.query(Sql::select_sources);
    while (rows.next()) {
      sources_[std::string(rows.text(1))] = rows.integer(0);
      source_names_[rows.integer(0)] = std::string(rows.text(1));
    }
    auto parked = store.query(Sql::select_open_parked);
    while (parked.next()) {
      note_parked(static_cast<core::OwnerId>(parked.integer(0)), parked.text(1), parked.text(2),
                  parked.text(3));
    }
    auto last = store.query(Sql::last_document);
    if (last.next()) last_document_ = static_cast<core::DocumentId>(last.integer(0));
  }
  if (!store.begin()) {
    Refused why = store.failure();
    store.rollback();
    forget();
    return why;
  }
  state.begin();
  in_batch_ = true;
  return std::nullopt;
}

Refused Workbench::commit() {
  if (!store.failed()) flush();
  if (store.failed() || !store.commit()) {
    Refused why = store.failure();
    rollback();
    return why;
  }
  state.commit();
  in_batch_ = false;
  deltas_.clear();
  for (auto& [owner, head] : heads_) head.changed = false;
  state.evict_closed();
  return std::nullopt;
}

void Workbench::rollback() {
  store.rollback();
  if (in_batch_) state.rollback();
  in_batch_ = false;
  forget();
}

void Workbench::forget() {
  // Numbers and names handed out in the batch were never stored: read them again.
  deltas_.clear();
  sums_.clear();
  heads_.clear();
  sources_.clear();
  source_names_.clear();
  last_document_ = 0;
  costs_known_.reset();
}

std::int64_t Workbench::source_id(const std::string& name) {
  if (const auto found = sources_.find(name); found != sources_.end()) return found->second;
  if (!store.run(Sql::insert_source, name)) return 0;
  const std::int64_t id = store.last_row_id();
  sources_[name] = id;
  source_names_[id] = name;
  return id;
}

std::string_view Workbench::source_name(std::int64_t id) const {
  const auto found = source_names_.find(id);
  return found == source_names_.end() ? std::string_view{} : std::string_view(found->second);
}

core::Context Workbench::context(core::DocumentId document) const {
  core::Context context;
  context.now = now;
  context.calendar = &calendar;
  context.document = document;
  return context;
}

core::OwnerId Workbench::owner_of_sku(core::SkuId id) const {
  const core::Sku* sku = state.sku(id);
  return sku == nullptr ? core::OwnerId{0} : sku->owner;
}

const core::Touched& Workbench::touched() {
  if (!touched_) touched_ = state.touched();
  return *touched_;
}

std::vector<core::SkuId> Workbench::moved_skus() const {
  std::vector<core::SkuId> out;
  for (const auto& [key, delta] : deltas_) {
    if (out.empty() || out.back() != key.sku) out.push_back(key.sku);
  }
  return out;
}

std::vector<core::LotId> Workbench::lots_with_customers() const {
  std::set<core::LotId> lots;
  for (const auto& [key, delta] : deltas_) {
    if (key.lot != 0 && key.account.kind == core::AccountKind::dispatched) lots.insert(key.lot);
  }
  return {lots.begin(), lots.end()};
}

Workbench::Head& Workbench::head(core::OwnerId owner) {
  const auto [place, fresh] = heads_.try_emplace(owner);
  if (fresh) {
    auto rows = store.query(Sql::chain_head, owner);
    if (rows.next()) {
      place->second.number = rows.integer(0);
      const std::string_view hash = rows.blob(1);
      if (hash.size() == place->second.hash.size()) {
        std::copy(hash.begin(), hash.end(), place->second.hash.begin());
      }
    }
  }
  return place->second;
}

AccountNames Workbench::names_of(const core::Account& account, std::string& key) {
  AccountNames names;
  names.kind = store::account_name(account.kind);
  if (account.kind == core::AccountKind::stock) names.status = store::status_name(account.status);
  if (const core::Warehouse* place = state.warehouse(account.warehouse))
    names.warehouse = place->name;
  if (const core::Location* place =
          account.location == 0 ? nullptr : state.location(account.location)) {
    names.location = place->name;
  }
  if (account.order != 0) {
    load_order(*this, account.order);
    const core::Order* order = state.order(account.order);
    key = order == nullptr ? std::string() : order_key(*order);
    names.order = key;
    names.line = static_cast<std::int64_t>(account.line) + 1;
  }
  return names;
}

void Workbench::add_entries(const std::vector<core::Entry>& entries, const Cause& cause) {
  std::string from_key, to_key, lot_code;
  for (const core::Entry& entry : entries) {
    const core::OwnerId owner = owner_of_sku(entry.sku);
    Head& chain = head(owner);
    LedgerFields fields;
    fields.owner = state.owner(owner) == nullptr ? std::string_view{} : state.owner(owner)->name;
    fields.number = ++chain.number;
    fields.book = entry.book;
    fields.sku = state.sku(entry.sku)->item.sku;
    if (entry.lot != 0) {
      fields.lot = state.lot_code(entry.lot);
      if (state.lot(entry.lot)->renamed) fields.lot = lot_code = state.lot_first_code(entry.lot);
    }
    fields.quantity = entry.quantity.micros;
    fields.from = names_of(entry.from, from_key);
    fields.to = names_of(entry.to, to_key);
    if (cause.document != 0) {
      fields.document_type = cause.type;
      fields.document_source = cause.source;
      fields.document_id = cause.id;
    }
    fields.happened_at = cause.happened_at.ms;
    fields.known_at = now.ms;
    chain.hash = hasher_.next(chain.hash, fields);
    chain.changed = true;
    store.run(Sql::insert_ledger, owner, chain.number, entry.book, entry.sku, entry.lot,
              entry.quantity.micros, Blob{store::account_blob(entry.from)},
              Blob{store::account_blob(entry.to)}, cause.document, cause.happened_at.ms, now.ms,
              Blob{bytes_of(chain.hash)});
    const BalanceKey key{owner, entry.book, entry.sku, entry.lot, entry.from};
    deltas_.emplace_back(key, -entry.quantity.micros);
    deltas_.emplace_back(key, entry.quantity.micros);
    deltas_.back().first.account = entry.to;
    if (entry.from.order != 0) moved_orders.insert(entry.from.order);
    if (entry.to.order != 0) moved_orders.insert(entry.to.order);
  }
}

void Workbench::add_stamps(const std::vector<core::Stamp>& stamps) {
  for (const core::Stamp& stamp : stamps) {
    std::optional<std::int64_t> expires;
    if (stamp.expires_on != core::kNoDate) expires = stamp.expires_on;
    std::optional<std::string> candidates;
    if (!stamp.candidates.empty()) candidates = store::candidates_text(stamp.candidates);
    store.run(Sql::insert_stamp, owner_of_sku(stamp.sku), stamp.sku, stamp.lot, stamp.order,
              stamp.line, stamp.dispatch, stamp.dispatch_line, stamp.warehouse,
              stamp.quantity.micros, stamp.evidence, expires, candidates, stamp.at.ms);
    if (stamp.order != 0) moved_orders.insert(stamp.order);
  }
}

void Workbench::record(const core::Outcome& outcome, const Cause& cause, const Caller& caller) {
  add_entries(outcome.entries, cause);
  add_stamps(outcome.stamps);
  add_making(outcome, cause);
  add_recalls(outcome.recalls, cause);
  for (const core::AuditLine& line : outcome.audit) add_audit(line, cause.owner, caller);
  for (const core::AlertChange& change : outcome.alerts) change_alert(change, cause.owner);
  for (const core::Event& event : outcome.events) add_event(event, cause.owner);
}

void Workbench::add_audit(const core::AuditLine& line, core::OwnerId owner, const Caller& caller) {
  Head& chain = head(owner);
  const core::Order* order = line.order == 0 ? nullptr : state.order(line.order);
  const std::string key = order == nullptr ? std::string() : order_key(*order);
  const std::string actor = digest.of(caller.actor);
  const std::string actor_hex = hex_of(actor);
  AuditFields fields;
  fields.owner = state.owner(owner) == nullptr ? std::string_view{} : state.owner(owner)->name;
  fields.number = ++chain.number;
  fields.at = now.ms;
  fields.token = caller.token;
  fields.actor_digest = actor_hex;
  fields.action = line.action;
  fields.order = key;
  fields.line = line.line;
  fields.field = line.field;
  fields.old_value = line.old_value;
  fields.new_value = line.new_value;
  fields.reason = line.reason;
  chain.hash = hasher_.next(chain.hash, fields);
  chain.changed = true;
  std::optional<std::int64_t> order_id;
  if (line.order != 0) order_id = static_cast<std::int64_t>(line.order);
  store.run(Sql::insert_audit, owner, chain.number, now.ms, caller.token, caller.actor, Blob{actor},
            line.action, order_id, line.line, line.field, line.old_value, line.new_value,
            line.reason, Blob{bytes_of(chain.hash)});
}

}  // namespace lotbridge::engine
