#include "case_runner.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "case_documents.hpp"
#include "daemon/core/availability.hpp"
#include "daemon/core/tables.hpp"
#include "daemon/core/test_world.hpp"

namespace lotbridge::lots {

namespace {

constexpr const char* kEvidence[] = {"",         "scanned",  "reported",
                                     "directed", "inferred", "unresolved"};

class Runner {
 public:
  Runner() { configure("MAD1", {}); }

  std::string run(const std::string& line) {
    out_.str("");
    try {
      step(line);
      for (const std::string& fault : world_.faults()) out_ << "> FAULT " << fault << '\n';
    } catch (const std::exception& problem) {
      out_ << "> ?? " << problem.what() << '\n';
    }
    return out_.str();
  }

 private:
  void configure(const std::string& name, const Words& words) {
    core::Warehouse warehouse;
    warehouse.name = name;
    warehouse.they_allocate = words.flag("them");
    warehouse.facts_from_dispatch = words.get("dispatch_from");
    warehouse.facts_from_receipt = words.get("receipt_from");
    warehouse.facts_from_count = words.get("count_from");
    warehouse.policy = knobs(words);
    std::int32_t sequence = 0;
    for (const std::string& place : split(words.get_or("places", ""), ',')) {
      warehouse.locations.push_back({0, place, ++sequence});
    }
    world_.state.configure_warehouse(std::move(warehouse));
  }

  void configure_owner(const Words& words) {
    core::Owner owner;
    owner.name = words.get_or("name", "acme");
    owner.policy = knobs(words);
    if (const auto route = words.get("route")) {
      core::Route to_all;
      for (const std::string& name : split(*route, ',')) {
        to_all.warehouses.push_back(world_.state.warehouse_id(name));
      }
      owner.routes.push_back(std::move(to_all));
    }
    world_.state.configure_owner(std::move(owner));
  }

  void step(const std::string& line) {
    const auto colon = line.find(": ");
    const bool ends_in_colon = line.ends_with(':');
    const std::string first = colon == std::string::npos
                                  ? line.substr(0, line.size() - ends_in_colon)
                                  : line.substr(0, colon);
    Words head = Words::parse(first);
    const std::string verb = head.at(0);
    head.plain.erase(head.plain.begin());
    std::vector<Words> lines;
    if (colon != std::string::npos) {
      for (const std::string& part : split(line.substr(colon + 2), ';'))
        lines.push_back(Words::parse(part));
    }
    if (verb == "warehouse") return configure(head.at(0), head);
    if (verb == "owner") return configure_owner(head);
    if (verb == "system") {
      world_.state.system_policy() = knobs(head);
      return;
    }
    if (verb == "today") return tell_all(world_.move_to(Date::parse(head.at(0)).value()));
    if (verb == "now") return tell_all(world_.move_clock(Timestamp::parse(head.at(0)).value()));
    if (verb == "reload") {
      const std::string difference = world_.reload();
      if (!difference.empty()) out_ << "> FAULT reloaded otherwise: " << difference << '\n';
      return;
    }
    if (verb == "may-override") {
      world_.may_override = head.at(0) != "no";
      return;
    }
    if (verb == "instructed") {
      world_.pick_instruction_delivered = head.at(0) != "no";
      return;
    }
    asked_ = head.get("of") ? world_.state.owner_id(*head.get("of")) : world_.owner;
    if (verb == "show") return show_order(head.at(0));
    if (verb == "why") return explain(head.at(0));
    if (verb == "stock") return show_stock(head.at(0));
    if (verb == "cost") return show_cost(head.at(0), head.at(1), head.at(2));
    if (verb == "trace") return show_trace(head.at(0), head.at(1));
    if (verb == "lot") return show_lot(head.at(0), head.at(1));
    if (verb == "available") return show_available(head.at(0), head.get_or("channel", ""));
    if (verb == "allocate" || verb == "reoptimize" || verb == "substitute")
      return command(verb, head);
    tell(world_.submit(document_of(verb, head, lines, ++serial_)));
  }

  void command(const std::string& verb, const Words& head) {
    tell(world_.run_on(head.at(0), [&](core::OrderId id, const core::Context& ctx) {
      if (verb == "allocate") return core::allocate(world_.state, id, ctx);
      if (verb == "reoptimize") return core::reoptimize(world_.state, id, ctx);
      core::Substitute wish;
      wish.line = head.at(1);
      wish.lot = LotCode{head.at(2)};
      wish.new_lot = LotCode{head.at(3)};
      wish.quantity = quantity(head.at(4));
      wish.reason = head.get_or("reason", "");
      return core::substitute(world_.state, id, wish, ctx);
    }));
  }

  void tell_all(const std::vector<core::Outcome>& outcomes) {
    for (const core::Outcome& outcome : outcomes) tell(outcome);
  }

  std::string order_name(core::OrderId id) const {
    const core::Order* order = world_.state.order(id);
    if (order == nullptr) return "?";
    return order->known ? order->doc_id : order->reference;
  }

  void tell(const core::Outcome& outcome) {
    if (outcome.refused) out_ << "> refused " << outcome.refused->code << '\n';
    if (outcome.parked) out_ << "> parked " << outcome.parked_reason.code << '\n';
    for (const core::Exception& exception : outcome.exceptions)
      out_ << "> exception " << exception.code << '\n';
    for (const core::AlertChange& alert : outcome.alerts) {
      out_ << "> " << (alert.open ? "alert " : "closes ") << alert.kind;
      if (alert.order != 0) out_ << " order " << order_name(alert.order);
      if (alert.lot != 0) out_ << " lot " << world_.state.lot_code(alert.lot);
      if (!alert.quantity.is_zero()) out_ << ' ' << alert.quantity.text();
      for (const auto& [key, value] : alert.extra) out_ << ' ' << key << '=' << value;
      for (const auto& [lot, units] : alert.lots) {
        out_ << ' ' << world_.state.lot_code(lot) << '=' << units.text();
      }
      out_ << '\n';
    }
    for (const core::Event& event : outcome.events) {
      if (event.kind == "reservation.moved") {
        out_ << "> order " << order_name(event.order) << " gives back " << event.quantity.text()
             << " of " << world_.state.lot_code(event.lot) << ": " << event.reason << '\n';
      } else if (event.kind.starts_with("lot.") || event.kind == "reservation.expired") {
        out_ << "> event " << event.kind;
        if (event.lot != 0) out_ << ' ' << world_.state.lot_code(event.lot);
        if (!event.value.empty()) out_ << ' ' << event.value;
        out_ << '\n';
      }
    }
    tell_follows(outcome.follows);
    for (const core::CodeCounter& counter : outcome.counters) {
      out_ << "> number " << counter.last << " of " << counter.key << '\n';
    }
    for (const core::LotChange& change : outcome.lot_changes) {
      out_ << "> history " << world_.state.lot_code(change.lot) << ' ' << change.field << ' '
           << change.old_value.value_or("") << " -> " << change.new_value.value_or("");
      if (!change.evidence.empty()) out_ << ", " << change.evidence;
      out_ << '\n';
    }
    for (const core::AuditLine& audit : outcome.audit) {
      out_ << "> audit " << audit.action << ' ' << audit.field << ' ' << audit.old_value << " -> "
           << audit.new_value << '\n';
    }
  }

  void tell_way(const std::vector<core::TransferLot>& lots) {
    for (const core::TransferLot& lot : lots) {
      out_ << "> way " << world_.state.lot_code(lot.lot) << " to "
           << world_.state.warehouse(lot.warehouse)->name << ": sent " << lot.sent.text()
           << ", arrived " << lot.arrived.text();
      if (!lot.lost.is_zero()) out_ << ", lost " << lot.lost.text();
      out_ << '\n';
    }
  }

  void tell_follows(const core::Follows& follows) {
    if (follows.transfer_changed) tell_way(follows.transfer);
    tell_way(follows.transfer_before);
    for (const core::ChosenLot& chosen : follows.chosen) {
      out_ << "> chosen " << chosen.quantity.text() << " of " << world_.state.lot_code(chosen.lot)
           << '\n';
    }
    for (const core::ReceivedLine& line : follows.received) {
      if (line.rejected.is_positive()) out_ << "> rejected " << line.rejected.text() << '\n';
    }
    if (follows.carrier) out_ << "> carrier " << *follows.carrier << '\n';
    if (follows.tracking_number) out_ << "> tracking " << *follows.tracking_number << '\n';
  }

  void show_order(const std::string& name) {
    const core::Order* order = world_.state.order(world_.order_id(name));
    if (order == nullptr) {
      out_ << "> no order\n";
      return;
    }
    out_ << "> " << core::order_status(world_.state, *order, world_.context());
    if (order->warehouse > 1) out_ << " at " << world_.state.warehouse(order->warehouse)->name;
    out_ << '\n';
    for (const core::LineState& line : order->lines) show_line(*order, line);
  }

  void show_line(const core::Order& order, const core::LineState& line) {
    out_ << ">   " << line.sent.line << ": ";
    if (line.removed) out_ << "removed ";
    out_ << (line.problem.empty() ? core::wanted_quantity(line).text() : line.problem);
    for (const core::PickPlace& place : core::picking_order(world_.state, order, line)) {
      out_ << ", " << (place.picked ? "picked " : "") << place.quantity.text() << " of "
           << world_.state.lot_code(place.lot);
      if (place.location != 0) out_ << " at " << world_.state.location(place.location)->name;
      if (place.warehouse != order.warehouse)
        out_ << " in " << world_.state.warehouse(place.warehouse)->name;
    }
    if (!core::shortage_reason(world_.state, order, line).empty() && line.problem.empty()) {
      out_ << ", short: " << core::shortage_reason(world_.state, order, line);
    }
    for (const core::Stamp& stamp : line.stamps) {
      out_ << ", gone " << stamp.quantity.text() << " of "
           << (stamp.lot == 0 ? "?" : std::string(world_.state.lot_code(stamp.lot))) << ' '
           << kEvidence[static_cast<int>(stamp.evidence)];
      for (const core::LotId candidate : stamp.candidates)
        out_ << ' ' << world_.state.lot_code(candidate) << '?';
    }
    if (line.returned.is_positive()) out_ << ", back " << line.returned.text();
    out_ << '\n';
  }

  void explain(const std::string& name) {
    for (const core::LineExplanation& line :
         core::explain(world_.state, world_.order_id(name), world_.context())) {
      for (const core::Excluded& excluded : line.excluded) {
        out_ << "> " << world_.state.lot_code(excluded.lot) << ' ' << excluded.quantity.text()
             << ' ' << excluded.reason;
        if (excluded.warehouse > 1)
          out_ << " in " << world_.state.warehouse(excluded.warehouse)->name;
        out_ << '\n';
      }
    }
  }

  void show_stock(const std::string& name) {
    const core::SkuId sku = world_.state.sku_id(asked_, name);
    for (core::WarehouseId id = 1; world_.state.warehouse(id) != nullptr; ++id) {
      for (const core::LotStock& row : world_.state.stock_of(sku, id)) {
        out_ << "> " << world_.state.lot_code(row.lot);
        if (id > 1) out_ << " in " << world_.state.warehouse(id)->name;
        for (const core::StockCell& cell : world_.state.cells(row.lot, id)) {
          out_ << ", " << cell.on_hand.text();
          if (cell.location != 0) out_ << " at " << world_.state.location(cell.location)->name;
          if (cell.status != StockStatus::available) out_ << ' ' << status_name(cell.status);
        }
        const Quantity picked = world_.state.picked(row.lot, id);
        const Quantity reserved = row.promised - picked;
        if (!reserved.is_zero()) out_ << ", reserved " << reserved.text();
        if (!picked.is_zero()) out_ << ", picked " << picked.text();
        out_ << ", available "
             << core::available(world_.state, row.lot, id, world_.context()).text() << '\n';
      }
    }
    for (const auto& [place, units] : world_.state.tables().lotless) {
      if (std::get<0>(place) == sku) out_ << "> unresolved " << units.text() << '\n';
    }
  }

  void show_available(const std::string& name, const std::string& channel) {
    const core::SkuId sku = world_.state.sku_id(asked_, name);
    for (core::WarehouseId id = 1; world_.state.warehouse(id) != nullptr; ++id) {
      const auto units =
          core::available_to_channel(world_.state, sku, id, channel, world_.context());
      if (!units) continue;
      out_ << "> " << units->text();
      if (id > 1) out_ << " in " << world_.state.warehouse(id)->name;
      out_ << '\n';
    }
  }

  static std::string text_of(const Maybe<Money>& money) {
    return money ? money->amount_text() + money->currency : "unknown";
  }

  // What the lot costs; with a quantity, what so many units of it are worth.
  void show_cost(const std::string& sku, const std::string& code, const std::string& units) {
    const core::LotId id = world_.state.lot_id(world_.state.sku_id(asked_, sku), code);
    const core::LotCost cost = world_.cost_of(id);
    out_ << "> unit " << text_of(core::unit_cost(cost)) << ", charges "
         << text_of(core::charges_of(cost)) << ", landed " << text_of(core::landed_unit_cost(cost));
    if (!units.empty()) out_ << ", worth " << text_of(core::value_of(cost, quantity(units)));
    out_ << '\n';
  }

  void show_trace(const std::string& sku, const std::string& code) {
    const core::State::Tables& t = world_.state.tables();
    const core::LotId id = world_.state.lot_id(world_.state.sku_id(asked_, sku), code);
    for (const bool from : {true, false}) {
      const std::map<core::DocumentId, std::map<std::pair<bool, core::LotId>, Quantity>> in_order(
          t.transformations.begin(), t.transformations.end());
      for (const auto& [document, parts] : in_order) {
        const bool about = std::any_of(parts.begin(), parts.end(), [&](const auto& part) {
          return part.first.first == from && t.home_of(part.first.second) == id;
        });
        for (const auto& [part, units] : parts) {
          if (!about || part.first == from) continue;
          out_ << (from ? "> made from " : "> made into ") << units.text() << " of "
               << t.code(part.second) << '\n';
        }
      }
    }
  }

  void show_lot(const std::string& sku, const std::string& code) {
    const core::LotId id = world_.state.lot_id(world_.state.sku_id(asked_, sku), code);
    const core::Lot* lot = world_.state.lot(id);
    if (lot == nullptr) {
      out_ << "> no lot\n";
      return;
    }
    out_ << "> " << world_.state.lot_code(id) << " expires "
         << (lot->expires_on == core::kNoDate ? "never" : Date{lot->expires_on}.text());
    if (lot->best_before) out_ << " best_before";
    if (!lot->received) out_ << " unverified";
    if (lot->expired_on_receipt) out_ << " expired_on_receipt";
    for (const LotCode& alias : world_.state.lot_details(id).aliases) {
      out_ << " also " << alias.text;
    }
    for (const core::Block& block : world_.state.blocks(id)) {
      out_ << (block.kind == core::BlockKind::hold ? " hold " : " recalled ") << block.code;
      if (block.warehouse != 0) out_ << " in " << world_.state.warehouse(block.warehouse)->name;
    }
    out_ << '\n';
  }

  core::TestWorld world_;
  std::ostringstream out_;
  int serial_ = 0;
  core::OwnerId asked_ = 0;  // whose stock a question is about
};

}  // namespace

std::string run_case(const std::string& text) {
  Runner runner;
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('>')) continue;
    out += line + "\n";
    const std::string step = trimmed(line);
    if (!step.empty() && !step.starts_with('#')) out += runner.run(step);
  }
  return out;
}

}  // namespace lotbridge::lots
