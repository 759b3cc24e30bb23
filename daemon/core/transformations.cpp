// Kitting, repacking, production, taking apart: units go in, others come out, and what was made of
// what stays known (rule 30).
#include "transformations.hpp"

#include <algorithm>

#include "allocator.hpp"
#include "arrivals.hpp"
#include "documents.hpp"
#include "lot_dates.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

// The document under which the genealogy is kept: itself, or the one that it takes back.
void take_genealogy_back(Work& w) {
  const DocumentId root = w.ctx.voided != nullptr ? w.ctx.voided_id : w.ctx.document;
  const auto known = w.t.transformations.find(root);
  if (known == w.t.transformations.end()) return;
  const auto parts = known->second;
  for (const auto& [part, quantity] : parts) {
    w.t.add_genealogy(root, part.first, part.second, -quantity);
    w.out.genealogy.push_back({root, part.first, part.second, -quantity});
  }
}

void note_genealogy(Work& w, bool output, LotId lot, Quantity quantity) {
  w.t.add_genealogy(w.ctx.document, output, lot, quantity);
  w.out.genealogy.push_back({w.ctx.document, output, lot, quantity});
}

bool check_quantity(Work& w, SkuId sku, Quantity quantity, const std::string& pointer) {
  const Item& item = w.t.skus[sku].item;
  if (fits_decimals(quantity, item.decimals)) return true;
  const std::string detail =
      "The item's quantities have at most " + std::to_string(item.decimals) + " decimals.";
  if (w.command) return w.refuse("invalid_value", detail, pointer + "/quantity");
  w.except("invalid_quantity", detail);
  return true;
}

// Why a command may not use up units of a lot; "" where it may.
std::string_view obstacle(Work& w, LotId lot, WarehouseId warehouse) {
  const Lot& row = w.t.lots[lot];
  if (blocked(w.t, lot, warehouse, BlockKind::recalled)) return "recalled";
  if (blocked(w.t, lot, warehouse, BlockKind::hold)) return "hold";
  const EffectivePolicy policy =
      resolve_policy(w.t, {w.owner, row.sku, warehouse, nullptr, nullptr});
  if (row.expired_on_receipt || w.today(warehouse) >= first_bad_day(row, policy)) return "expired";
  return "";
}

Quantity units_at(const State::Tables& t, LotId lot, const Place& place) {
  Quantity sum;
  for (const StockCell& cell : t.cells(lot, place.warehouse)) {
    if (place.location && cell.location != *place.location) continue;
    if (cell.status == place.status) sum += cell.on_hand;
  }
  return sum;
}

LotId input_lot(Work& w, SkuId sku, const LotCode& code, const std::string& pointer) {
  if (code.text == "LEGACY") return legacy_lot(w, sku);
  if (const LotId known = w.t.find_lot(sku, code.text)) return known;
  if (w.command) {
    w.refuse("unknown_lot", "Nobody knows a lot " + code.text + " of this item.", pointer + "/lot");
    return 0;
  }
  const LotId lot = find_or_create_lot(w, sku, code);
  AlertChange& alert = w.alert("unknown_lot", "warning",
                               "Nobody received " + w.lot_text(lot) + ", and it was used up.");
  alert.sku = sku;
  alert.lot = lot;
  w.except("unknown_lot", alert.detail);
  return lot;
}

bool consume(Work& w, const TransformationInput& line, WarehouseId warehouse,
             const std::string& pointer, std::vector<Portion>& inputs) {
  const SkuId sku = sku_of(w, line.sku, pointer + "/sku");
  if (sku == 0 || !check_quantity(w, sku, line.quantity, pointer)) return false;
  const LotId lot = input_lot(w, sku, line.lot, pointer);
  if (lot == 0) return false;
  Place place;
  place.warehouse = warehouse;
  place.status = line.status;
  if (line.location) place.location = location_of(w, warehouse, line.location);
  const std::string why(obstacle(w, lot, warehouse));
  if (w.command) {
    if (!why.empty()) {
      return w.refuse(why, w.lot_text(lot) + " may not be used.", pointer + "/lot");
    }
    const Quantity there = units_at(w.t, lot, place);
    if (there < line.quantity) {
      return w.refuse(
          "insufficient",
          "Only " + std::max(there, Quantity{}).text() + " of " + w.lot_text(lot) + " are there.",
          pointer + "/quantity");
    }
  }
  if (!why.empty()) w.except(why, w.lot_text(lot) + " was used, and should not have been.");
  take_units(w, lot, place, line.quantity, outside(AccountKind::consumed, warehouse));
  w.to_judge.emplace_back(lot, warehouse);
  inputs.push_back({lot, line.quantity});
  return true;
}

// The first day on which something that went in expires.
Maybe<Date> earliest_input(const State::Tables& t, const std::vector<Portion>& inputs) {
  Maybe<Date> out;
  for (const Portion& input : inputs) {
    const std::int32_t day = t.lots[input.lot].expires_on;
    if (day != kNoDate && (!out || day < out->days)) out = Date{day};
  }
  return out;
}

ToldDates output_dates(const Item& item, const TransformationOutput& line, const Arrival& arrival,
                       Maybe<Date> earliest) {
  ToldDates told{line.expires_on, line.produced_on, line.sell_by,
                 line.removal_on, line.date_kind,   false};
  if (told.expires_on || !item.shelf_life_controlled) return told;
  const Maybe<Date> own = derived_expiry(item, line.produced_on.value_or(Date{arrival.day}));
  if (own && (!earliest || *own < *earliest)) earliest = own;
  told.expires_on = earliest;
  told.derived = earliest.has_value();
  return told;
}

// Which of its component's lots a unit that is taken apart gives back: those that went in, as far
// as they go.
std::vector<Portion> lots_taken_apart(const Work& w, SkuId sku, Quantity quantity) {
  std::vector<Portion> out;
  const auto known = w.t.transformations.find(w.ctx.unbuilt_id);
  if (w.ctx.unbuilt_id == 0 || known == w.t.transformations.end()) return out;
  for (const auto& [part, used] : known->second) {
    const LotId lot = w.t.home_of(part.second);
    if (part.first || w.t.lots[lot].sku != sku || !quantity.is_positive()) continue;
    const Quantity units = std::min(used, quantity);
    out.push_back({lot, units});
    quantity -= units;
  }
  if (quantity.is_positive() && !out.empty()) out.back().quantity += quantity;
  return out;
}

Maybe<LotCode> output_code(Work& w, SkuId sku, const TransformationOutput& line, Arrival& arrival,
                           const std::string& pointer) {
  if (line.lot) {
    if (!check_template(w, sku, *line.lot, arrival, line.produced_on, pointer + "/lot")) return {};
    return line.lot;
  }
  if (w.t.skus[sku].item.lot_tracked) {
    if (auto code = code_by_template(w, sku, arrival, line.produced_on)) return code;
    if (!miss_lot(w, pointer)) return {};
  }
  return LotCode{"LEGACY"};
}

bool come_out(Work& w, const TransformationOutput& line, LotId lot, Quantity quantity,
              Arrival& arrival, const ToldDates& told, const std::string& pointer,
              std::vector<Portion>& outputs) {
  const SkuId sku = w.t.lots[lot].sku;
  StockStatus status = line.status;
  if (w.t.skus[sku].item.requires_inspection && status == StockStatus::available) {
    status = StockStatus::quarantine;
  }
  const std::int32_t known = w.t.lots[lot].expires_on;
  ToldDates judged = told;
  // One date for the lot: what would expire earlier than it says may not hide in it.
  if (told.derived && known != kNoDate && told.expires_on->days < known) judged.derived = false;
  const Learned learned = learn_dates(w, lot, judged, {}, pointer);
  if (learned == Learned::refused) return false;
  const LocationId location = location_of(w, arrival.warehouse, line.location);
  if (learned == Learned::conflict) {
    note_conflict(w, lot, arrival, location, status, quantity);
    status = StockStatus::quarantine;
  } else {
    LotDetails details = w.state.lot_details(lot);
    if (line.batch) details.batch = line.batch;
    if (line.tlc_source) details.tlc_source = line.tlc_source;
    w.t.set_details(lot, std::move(details));
    block_expired(w, lot, arrival);
  }
  warn_of_missing_expiry(w, lot);
  arrive(w, lot, arrival, location, status, quantity);
  w.to_judge.emplace_back(lot, arrival.warehouse);
  watch_dates(w, lot, arrival.warehouse);
  w.out.produced_lots.push_back(lot);
  outputs.push_back({lot, quantity});
  return true;
}

bool produce(Work& w, const Transformation& transformation, const TransformationOutput& line,
             Arrival& arrival, Maybe<Date> earliest, const std::string& pointer,
             std::vector<Portion>& outputs) {
  const SkuId sku = sku_of(w, line.sku, pointer + "/sku");
  if (sku == 0 || !check_quantity(w, sku, line.quantity, pointer)) return false;
  ToldDates told;
  if (transformation.unbuild_of) {
    // What is taken apart goes back as what it was.
    told = {line.expires_on, line.produced_on, line.sell_by,
            line.removal_on, line.date_kind,   false};
    if (!line.lot) {
      const std::vector<Portion> back = lots_taken_apart(w, sku, line.quantity);
      for (const Portion& part : back) {
        if (!come_out(w, line, part.lot, part.quantity, arrival, told, pointer, outputs))
          return false;
      }
      if (!back.empty()) return true;
    }
  } else {
    told = output_dates(w.t.skus[sku].item, line, arrival, earliest);
  }
  if (told.produced_on && told.expires_on && *told.expires_on < *told.produced_on &&
      !told.derived) {
    const std::string detail = "The lot would have expired before it was made.";
    if (w.command) return w.refuse("invalid_value", detail, pointer + "/expires_on");
    return park(w, "invalid_value", detail);
  }
  const Maybe<LotCode> code = output_code(w, sku, line, arrival, pointer);
  if (!code) return false;
  const LotId lot = code->text == "LEGACY" ? legacy_lot(w, sku) : find_or_create_lot(w, sku, *code);
  return come_out(w, line, lot, line.quantity, arrival, told, pointer, outputs);
}

// A lot that is, through whatever was made of it, one of its own ingredients.
void watch_loops(Work& w, const std::vector<Portion>& inputs, const std::vector<Portion>& outputs) {
  for (const Portion& output : outputs) {
    for (const Portion& input : inputs) {
      if (!w.t.comes_from(input.lot, output.lot)) continue;
      AlertChange& alert = w.alert("genealogy_loop", "warning",
                                   w.lot_text(output.lot) + " was made out of " +
                                       w.lot_text(input.lot) + ", which came out of it.");
      alert.sku = w.t.lots[output.lot].sku;
      alert.lot = output.lot;
      alert.extra = {{"input_lot", std::string(w.t.code(input.lot))}};
      w.except("genealogy_loop", alert.detail);
    }
  }
}

std::vector<LotCode> codes_named(const Work& w) {
  std::vector<LotCode> out;
  const auto* before =
      w.ctx.previous == nullptr ? nullptr : std::get_if<Transformation>(&w.ctx.previous->body);
  if (before == nullptr) return out;
  for (const TransformationOutput& line : before->outputs) {
    if (line.lot) out.push_back(*line.lot);
  }
  return out;
}

bool know_unbuilt(Work& w, const Transformation& transformation) {
  if (!transformation.unbuild_of || w.ctx.unbuilt != nullptr) return true;
  const std::string detail =
      "There is no transformation \"" + *transformation.unbuild_of + "\" to take apart.";
  if (w.command) return w.refuse("not_found", detail, "/unbuild_of");
  w.except("not_found", detail);
  return true;
}

}  // namespace

bool apply_transformation(Work& w, const Document& document, const Transformation& sent) {
  if (w.ctx.previous != nullptr || w.ctx.voided != nullptr) {
    take_genealogy_back(w);
    if (!reverse_entries(w)) return false;
  }
  if (sent.void_of) return true;
  Arrival arrival;
  arrival.warehouse = warehouse_of(w, sent.warehouse.value_or(""), "/warehouse");
  if (arrival.warehouse == 0 || !know_unbuilt(w, sent)) return false;
  arrival.day = w.day_at(arrival.warehouse, w.at);
  arrival.from = outside(AccountKind::produced, arrival.warehouse);
  arrival.named_before = codes_made_before(w, codes_named(w));
  std::vector<Portion> inputs, outputs;
  for (std::size_t i = 0; i < sent.inputs.size(); ++i) {
    const std::string pointer = "/inputs/" + std::to_string(i);
    if (!consume(w, sent.inputs[i], arrival.warehouse, pointer, inputs)) return false;
  }
  const Maybe<Date> earliest = earliest_input(w.t, inputs);
  for (std::size_t i = 0; i < sent.outputs.size(); ++i) {
    const std::string pointer = "/outputs/" + std::to_string(i);
    if (!produce(w, sent, sent.outputs[i], arrival, earliest, pointer, outputs)) return false;
  }
  if (!sent.unbuild_of) watch_loops(w, inputs, outputs);
  for (const Portion& input : inputs) note_genealogy(w, false, input.lot, input.quantity);
  for (const Portion& output : outputs) note_genealogy(w, true, output.lot, output.quantity);
  watch_yield(w, document, arrival.warehouse, inputs, outputs);
  carry_cost(w, sent, inputs, outputs);
  return true;
}

}  // namespace lotbridge::core
