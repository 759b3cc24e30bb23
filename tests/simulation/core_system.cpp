// The core with a store in memory: what the engine does around it, in little, at the pace of the
// core.
#include <algorithm>
#include <array>

#include "core_rows.hpp"
#include "daemon/engine/calendar.hpp"
#include "memory_store.hpp"
#include "system.hpp"

namespace lotbridge::simulation {

namespace {

Maybe<std::string> void_reference(const Document& document) {
  return std::visit(
      [](const auto& body) -> Maybe<std::string> {
        if constexpr (requires { body.void_of; }) return body.void_of;
        return {};
      },
      document.body);
}

struct OrderReference {
  Maybe<std::string> name, source;
};
OrderReference order_reference(const Document& document) {
  return std::visit(
      [](const auto& body) -> OrderReference {
        if constexpr (requires { body.order_source; }) return {body.order, body.order_source};
        return {};
      },
      document.body);
}

Answer refused(std::string code) { return {Answer::Fate::answered, "refused", std::move(code)}; }

class CoreSystem : public System {
 public:
  explicit CoreSystem(const World& world) : world_(world), now_(world.start) {
    for (std::size_t i = 0; i < world.warehouses.size(); ++i) {
      const auto id = static_cast<core::WarehouseId>(i + 1);
      static_cast<void>(calendar_.add(id, zone_name(world.warehouses[i].zone)));
    }
    load();
    for (core::WarehouseId id = 1; state_.warehouse(id) != nullptr; ++id) days_[id] = today(id);
  }

  std::vector<Answer> run(const std::vector<Step>& steps) override {
    store_.arm(steps.front().fail_at, steps.front().crash_at);
    state_.begin();
    const Timestamp clock_before = now_;
    days_before_ = days_;
    std::vector<Answer> answers;
    store_.call();  // the transaction begins
    for (const Step& step : steps) {
      if (store_.fate() != MemoryStore::Fate::fine) break;
      answers.push_back(take(step));
    }
    if (store_.fate() == MemoryStore::Fate::fine)
      write_touched(state_, store_, touched_lots_, touched_orders_);
    const bool stored = store_.fate() == MemoryStore::Fate::fine && store_.commit();
    if (stored) {
      state_.commit();
      state_.evict_closed();
      const bool heard = store_.call();  // the answer goes out
      if (heard || store_.fate() != MemoryStore::Fate::crashed) return answers;
    }
    Answer lost;
    lost.fate = stored ? Answer::Fate::crashed_stored : Answer::Fate::unavailable;
    if (!stored && store_.fate() == MemoryStore::Fate::crashed) lost.fate = Answer::Fate::crashed;
    now_ = stored ? now_ : clock_before;
    if (lost.fate == Answer::Fate::unavailable) {
      state_.rollback();
      store_.rollback();
      days_ = days_before_;
    } else {
      restart();
    }
    touched_lots_.clear();
    touched_orders_.clear();
    return std::vector<Answer>(steps.size(), lost);
  }

  void restart() override {
    store_.rollback();
    load();
  }

  void look(const std::function<void(const core::State&, const Books&)>& with) override {
    Books books;
    books.sums = [this](core::SkuId sku, core::LotId lot, core::Book book) {
      std::map<core::Account, std::int64_t> out;
      BalanceKey from{sku, lot, book, {}};
      from.account.kind = core::AccountKind{};
      for (auto at = store_.balances().lower_bound(from);
           at != store_.balances().end() && at->first.sku == sku && at->first.lot == lot &&
           at->first.book == book;
           ++at) {
        if (at->second != 0) out[at->first.account] = at->second;
      }
      return out;
    };
    books.closed_order = [this](core::OrderId id) -> const core::Order* {
      const auto at = store_.now().orders.find(id);
      return at == store_.now().orders.end() ? nullptr : &at->second;
    };
    with(state_, books);
  }

  std::set<core::LotId> touched_lots() override { return std::exchange(touched_lots_, {}); }
  std::set<core::OrderId> touched_orders() override { return std::exchange(touched_orders_, {}); }
  std::vector<std::string> verify() override { return {}; }

 private:
  std::int32_t today(core::WarehouseId id) const { return calendar_.business_date(id, now_).days; }

  // A start from what is committed, as the loader does it.
  void load() {
    state_ = core::State();
    configure(state_, world_);
    const Tables& t = store_.now();
    for (const auto& [id, location] : t.locations)
      state_.load_location(location.first, location.second);
    for (const auto& [id, sku] : t.skus) state_.load_sku(sku);
    for (const auto& [id, lot] : t.lots) {
      core::Lot row = lot.lot;
      row.has_blocks = false;
      state_.load_lot(row, lot.code, lot.details);
      for (const auto& [warehouse, day] : lot.first_received)
        state_.load_first_received(id, warehouse, day);
    }
    for (const auto& [id, blocks] : t.blocks) {
      for (const core::Block& block : blocks) state_.load_block(block);
    }
    for (const auto& [owner, policies] : t.policies) {
      for (const core::PolicyDocument& policy : policies) state_.load_policy(policy);
    }
    for (const auto& [id, order] : t.orders) state_.put_order(order);
    for (const auto& [key, sum] : store_.balances()) {
      if (sum != 0) state_.load_balance(key.book, key.sku, key.lot, key.account, Quantity{sum});
    }
    load_from_stamps(t);
    if (!t.orders.empty()) state_.reserve_orders(t.orders.rbegin()->first);
    state_.finish_loading();
    state_.evict_closed();
    if (t.clock) now_ = *t.clock;
    for (const auto& [id, day] : t.days) days_[id] = day;
  }

  void load_from_stamps(const Tables& t) {
    struct Open {
      Quantity sum;
      std::vector<core::LotId> candidates;
    };
    std::map<std::tuple<core::DocumentId, core::SkuId, core::WarehouseId>, Open> open;
    for (const auto& [id, order] : t.orders) {
      for (const core::LineState& line : order.lines) {
        for (const core::Stamp& stamp : line.stamps) {
          if (stamp.lot == 0) {
            Open& one = open[{stamp.dispatch, stamp.sku, stamp.warehouse}];
            one.sum += stamp.quantity;
            one.candidates = stamp.candidates;
          } else if (order.header.customer && order.header.customer->id &&
                     stamp.expires_on != core::kNoDate && stamp.quantity.is_positive()) {
            state_.load_last_shipped(order.owner, *order.header.customer->id, stamp.sku, stamp.at,
                                     stamp.expires_on);
          }
        }
      }
    }
    for (const auto& [key, one] : open) {
      const auto& [document, sku, warehouse] = key;
      if (one.sum.is_positive())
        state_.load_unresolved(sku, warehouse, document, one.sum, one.candidates);
    }
  }

  core::Context context(core::DocumentId row, const Circumstances& given) {
    core::Context ctx;
    ctx.now = now_;
    ctx.calendar = &calendar_;
    ctx.document = row;
    ctx.may_override = given.may_override;
    ctx.pick_instruction_delivered = given.directed;
    return ctx;
  }

  Answer take(const Step& step) {
    switch (step.deed) {
      case Deed::document:
        return submit(step);
      case Deed::clock:
        return move_clock(step.clock);
      case Deed::allocate:
      case Deed::reoptimize:
      case Deed::substitute:
        return command(step);
      default:
        return {};
    }
  }

  std::string key_of(const Document& document) const {
    const bool any = document.type() == DocumentType::policy;
    return document.owner + "/" + std::to_string(static_cast<int>(document.type())) + "/" +
           (any ? std::string() : document.source) + "/" + document.id;
  }

  bool load_order(core::OrderId id) {
    if (id == 0) return false;
    if (state_.order(id) != nullptr) return true;
    const auto at = store_.now().orders.find(id);
    if (at == store_.now().orders.end()) return false;
    state_.put_order(at->second);
    return true;
  }

  struct Way {
    core::DocumentId row = 0;
    bool known = false, revised = false;
    core::DocumentId voided = 0;
    Document previous, voided_document;
    std::vector<core::Entry> reversed;
    core::Context ctx;
  };

  void add_entries(Way& way, core::DocumentId row) {
    for (const core::Entry& entry : store_.entries_of(row)) way.reversed.push_back(entry);
  }

  // False after a refusal.
  bool prepare(const Step& step, Way& way, Answer& answer) {
    const Document& document = step.document;
    const core::OwnerId owner = state_.owner_id(document.owner);
    const core::DocumentId known = store_.find_document(key_of(document));
    const bool command = document.command.value_or(document.source == "api");
    const DocumentType type = document.type();
    const bool revisable =
        type == DocumentType::item || type == DocumentType::policy || type == DocumentType::order;
    way.row = known != 0 ? known : store_.last_row + 1;
    way.known = known != 0;
    way.ctx = context(way.row, step.given);
    answer.outcome = "applied";
    core::OrderId own_order = 0;
    if (known != 0) {
      const StoredDocument& before = *store_.document(known);
      own_order = before.order;
      if (before.content == step.content) {
        answer.outcome = "duplicate";
        return false;
      }
      if (const auto* now = std::get_if<lotbridge::Order>(&document.body)) {
        const auto& was = std::get<lotbridge::Order>(before.document.body);
        if (now->version && was.version && *now->version < *was.version) {
          answer.outcome = "stale";
          return false;
        }
      }
      if (!revisable && command) {
        answer = refused("id_conflict");
        return false;
      }
      answer.outcome = revisable ? "revised" : "corrected";
      way.revised = revisable;
    }
    if (const auto* order = std::get_if<lotbridge::Order>(&document.body)) {
      way.ctx.order = own_order;
      if (known == 0) {
        std::vector<std::string> names = {document.id};
        if (order->number) names.push_back(*order->number);
        for (const std::string& name : names) {
          for (const core::OrderId id : store_.orders_named(owner, name, {})) {
            if (way.ctx.order == 0 && load_order(id) && !state_.order(id)->known)
              way.ctx.order = id;
          }
        }
      }
      if (order->from_cart) {
        const auto carts = store_.orders_named(owner, *order->from_cart, document.source);
        if (carts.size() == 1 && load_order(carts.front())) way.ctx.cart = carts.front();
      }
    } else if (const OrderReference named = order_reference(document); named.name) {
      const auto found = store_.orders_named(owner, *named.name, named.source);
      way.ctx.order_ambiguous = found.size() > 1;
      if (found.size() == 1) way.ctx.order = found.front();
    } else if (type == DocumentType::dispatch) {
      way.ctx.order = own_order;
    }
    load_order(way.ctx.order);
    return prepare_void(document, way, answer) && prepare_correction(way, answer);
  }

  bool prepare_void(const Document& document, Way& way, Answer& answer) {
    const Maybe<std::string> name = void_reference(document);
    if (!name) return true;
    Document other = document;
    other.id = *name;
    way.voided = store_.find_document(key_of(other));
    const StoredDocument* stored = way.voided == 0 ? nullptr : store_.document(way.voided);
    const bool again = stored != nullptr && stored->voided_by != 0 && stored->voided_by != way.row;
    if (stored == nullptr || again) {
      answer = refused("invalid_value");
      return false;
    }
    way.voided_document = stored->document;
    way.ctx.voided = &way.voided_document;
    way.ctx.voided_id = way.voided;
    if (!way.known) add_entries(way, way.voided);
    keep_standing(way.reversed);
    load_order(stored->order);
    load_orders_of(way.reversed);
    if (way.ctx.order == 0) way.ctx.order = stored->order;
    way.ctx.reversed = &way.reversed;
    return true;
  }

  bool prepare_correction(Way& way, const Answer& answer) {
    if (answer.outcome != "corrected") return true;
    const StoredDocument& before = *store_.document(way.row);
    way.previous = before.document;
    way.ctx.previous = &way.previous;
    add_entries(way, way.row);
    if (before.voided_by != 0) add_entries(way, before.voided_by);
    way.ctx.followed.taken_back = before.voided_by != 0;
    keep_standing(way.reversed);
    load_order(before.order);
    load_orders_of(way.reversed);
    way.ctx.reversed = &way.reversed;
    return true;
  }

  void load_orders_of(const std::vector<core::Entry>& entries) {
    for (const core::Entry& entry : entries) {
      load_order(entry.from.order);
      load_order(entry.to.order);
    }
  }

  Answer submit(const Step& step) {
    Answer answer;
    Way way;
    store_.call();  // whether it is known
    if (!prepare(step, way, answer)) return answer;
    if (const auto* count = std::get_if<Count>(&step.document.body);
        count != nullptr && count->snapshot_at) {
      // What a corrected count itself moved is taken back first.
      way.ctx.moved_since = [this, row = way.row](auto... a) {
        return store_.moved_since(row, a...);
      };
    }
    state_.begin_document();
    const core::Outcome outcome = core::apply(state_, step.document, way.ctx);
    if (outcome.refused || outcome.parked) {
      state_.rollback_document();
      if (outcome.refused) return refused(outcome.refused->code);
      return {Answer::Fate::answered, "parked", outcome.parked_reason.code};
    }
    keep(step, way, outcome);
    for (const core::DocumentId row : outcome.reapply) reapply(row, outcome.order);
    return answer;
  }

  void keep(const Step& step, const Way& way, const core::Outcome& outcome) {
    const core::OwnerId owner = state_.owner_id(step.document.owner);
    store_.last_row = std::max(store_.last_row, way.row);
    StoredDocument stored;
    if (way.known) stored = *store_.document(way.row);
    stored.row = way.row;
    stored.document = step.document;
    stored.content = step.content;
    if (outcome.order != 0) stored.order = outcome.order;
    if (way.voided != 0) {
      StoredDocument other = *store_.document(way.voided);
      other.voided_by = way.row;
      store_.write([&](Tables& t) { t.documents[other.row] = other; });
    }
    store_.note_document(key_of(step.document), way.row);
    store_.write([&](Tables& t) { t.documents[way.row] = stored; });
    record(outcome, way.row, step.document.at.value_or(now_));
    if (const auto* order = std::get_if<lotbridge::Order>(&step.document.body)) {
      name_order(owner, step.document.id, outcome.order, step.document.source, false);
      if (order->number)
        name_order(owner, *order->number, outcome.order, step.document.source, false);
    } else if (const OrderReference named = order_reference(step.document);
               named.name && outcome.order != 0 && way.ctx.order == 0) {
      name_order(owner, *named.name, outcome.order, named.source.value_or(""), true);
    }
  }

  void name_order(core::OwnerId owner, const std::string& name, core::OrderId order,
                  const std::string& source, bool heard) {
    store_.write([&](Tables& t) { t.names.push_back({owner, name, order, heard, source}); });
  }

  void reapply(core::DocumentId row, core::OrderId order) {
    const StoredDocument stored = *store_.document(row);
    core::Context ctx = context(row, {});
    ctx.order = order;
    state_.begin_document();
    const core::Outcome outcome = core::apply(state_, stored.document, ctx);
    if (outcome.refused || outcome.parked) {
      state_.rollback_document();
      return;
    }
    record(outcome, row, stored.document.at.value_or(now_));
  }

  void record(const core::Outcome& outcome, core::DocumentId row, Timestamp at) {
    for (const core::Entry& entry : outcome.entries) {
      store_.write([&](Tables& t) { t.entries.push_back({row, at, entry}); });
      if (entry.lot != 0) touched_lots_.insert(entry.lot);
      for (const core::OrderId id : {entry.from.order, entry.to.order}) {
        if (id != 0) touched_orders_.insert(id);
      }
    }
    for (std::size_t i = 0; i < outcome.stamps.size(); ++i) store_.call();
  }

  Answer move_clock(Timestamp to) {
    if (to > now_) now_ = to;
    for (auto& [id, day] : days_) {
      if (today(id) <= day) continue;
      state_.begin_document();
      record(core::day_changed(state_, id, Date{day}, Date{today(id)}, context(0, {})), 0, now_);
      day = today(id);
      store_.write([&](Tables& t) { t.days[id] = day; });
    }
    state_.begin_document();
    record(core::time_passed(state_, context(0, {})), 0, now_);
    store_.write([&](Tables& t) { t.clock = now_; });
    return {Answer::Fate::answered, "applied", ""};
  }

  Answer command(const Step& step) {
    const core::OwnerId owner = state_.owner_id(step.owner);
    const auto found = store_.orders_named(owner, step.order, step.source);
    if (found.size() != 1 || !load_order(found.front())) return refused("not_found");
    const core::OrderId id = found.front();
    const core::Context ctx = context(0, step.given);
    state_.begin_document();
    core::Outcome outcome;
    if (step.deed == Deed::allocate) outcome = core::allocate(state_, id, ctx);
    if (step.deed == Deed::reoptimize) outcome = core::reoptimize(state_, id, ctx);
    if (step.deed == Deed::substitute) {
      core::Substitute wish;
      wish.line = step.wish.line;
      wish.lot = LotCode{step.wish.lot};
      wish.new_lot = LotCode{step.wish.new_lot};
      wish.quantity = Quantity{step.wish.units};
      wish.reason = step.wish.reason;
      outcome = core::substitute(state_, id, wish, ctx);
    }
    if (outcome.refused) {
      state_.rollback_document();
      return refused(outcome.refused->code);
    }
    record(outcome, 0, now_);
    return {Answer::Fate::answered, "applied", ""};
  }

  const World& world_;
  engine::ZoneCalendar calendar_;
  Timestamp now_;
  core::State state_;
  MemoryStore store_;
  std::map<core::WarehouseId, std::int32_t> days_, days_before_;
  std::set<core::LotId> touched_lots_;
  std::set<core::OrderId> touched_orders_;
};

}  // namespace

std::unique_ptr<System> core_system(const World& world) {
  return std::make_unique<CoreSystem>(world);
}

}  // namespace lotbridge::simulation
