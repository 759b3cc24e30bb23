#include "places.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "allocator.hpp"

namespace lotbridge::core {

namespace {

bool is_negative(const State::Tables& t, LotId lot, WarehouseId warehouse) {
  const std::vector<StockCell> cells = t.cells(lot, warehouse);
  return std::any_of(cells.begin(), cells.end(),
                     [](const StockCell& cell) { return cell.on_hand < Quantity{}; });
}

// What word processors and scanners make of a dash or a space, or put where nobody sees it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kTypeset = {
    {{"\xE2\x80\x90", "-"},
     {"\xE2\x80\x91", "-"},
     {"\xE2\x80\x92", "-"},
     {"\xE2\x80\x93", "-"},
     {"\xE2\x80\x94", "-"},
     {"\xE2\x80\x95", "-"},
     {"\xE2\x88\x92", "-"},
     {"\xC2\xA0", ""},
     {"\xE2\x80\xAF", ""},
     {"\xE2\x80\x89", ""},
     {"\xE2\x80\x8B", ""},
     {"\xE2\x80\x8C", ""},
     {"\xE2\x80\x8D", ""},
     {"\xEF\xBB\xBF", ""},
     {"\xC2\xAD", ""}}};

// Codes that people confuse fold to the same text: case, white space, look-alike characters.
std::string folded(std::string_view code) {
  std::string out;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const auto c = static_cast<unsigned char>(code[i]);
    if (c >= 0x80) {
      const auto known = std::find_if(kTypeset.begin(), kTypeset.end(), [&](const auto& pair) {
        return code.substr(i).starts_with(pair.first);
      });
      if (known != kTypeset.end()) {
        out += known->second;
        i += known->first.size() - 1;
        continue;
      }
    }
    if (std::isspace(c)) continue;
    switch (const char up = static_cast<char>(std::toupper(c))) {
      case 'O':
        out += '0';
        break;
      case 'I':
      case 'L':
        out += '1';
        break;
      case 'S':
        out += '5';
        break;
      case 'B':
        out += '8';
        break;
      default:
        out += up;
    }
  }
  return out;
}

// Compared with the newest lots of the SKU: a typing error resembles what is handled these days.
constexpr int kCompareNewest = 256;

void warn_of_near_duplicate(Work& w, LotId fresh) {
  const std::string key = folded(w.t.code(fresh));
  int compared = 0;
  for (LotId other = w.t.older_lot[fresh]; other != 0 && compared < kCompareNewest;
       other = w.t.older_lot[other], ++compared) {
    if (folded(w.t.code(other)) != key) continue;
    AlertChange& alert = w.alert("near_duplicate", "warning",
                                 "Lot " + w.lot_text(fresh) + " looks like lot " +
                                     std::string(w.t.code(other)) + "; is it the same?");
    alert.sku = w.t.lots[fresh].sku;
    alert.lot = fresh;
    alert.extra = {{"other_lot", std::string(w.t.code(other))}};
    w.except("near_duplicate", alert.detail);
    return;
  }
}

}  // namespace

std::vector<StockCell> in_picking_order(const State::Tables& t, std::vector<StockCell> cells) {
  std::sort(cells.begin(), cells.end(), [&](const StockCell& a, const StockCell& b) {
    if ((a.location == 0) != (b.location == 0)) return a.location == 0;
    const Location& place_a = t.locations[a.location].second;
    const Location& place_b = t.locations[b.location].second;
    return std::tie(place_a.pick_sequence, place_a.name, a.status) <
           std::tie(place_b.pick_sequence, place_b.name, b.status);
  });
  return cells;
}

void reconcile_alert(Work& w, LotId lot, WarehouseId warehouse, bool was_negative) {
  const bool negative = is_negative(w.t, lot, warehouse);
  if (negative == was_negative && !negative) return;
  AlertChange key;
  key.kind = "unreconciled";
  key.severity = "warning";
  key.sku = w.t.lots[lot].sku;
  key.lot = lot;
  key.warehouse = warehouse;
  if (!negative) {
    w.close_alert(key);
    return;
  }
  key.quantity = -on_hand(w.t, lot, warehouse);
  key.detail = "More units of " + w.lot_text(lot) + " left " + w.t.warehouses[warehouse].name +
               " than came in; a receipt is missing.";
  w.out.alerts.push_back(key);
}

void take_units(Work& w, LotId lot, const Place& place, Quantity quantity, const Account& to) {
  const SkuId sku = w.t.lots[lot].sku;
  const LotId home = w.t.home_of(lot);
  const bool was_negative = is_negative(w.t, home, place.warehouse);
  const auto from_cells = [&](bool named_place_only, bool named_status_only) {
    for (const StockCell& cell : in_picking_order(w.t, w.t.cells(home, place.warehouse))) {
      if (!quantity.is_positive()) return;
      if (!cell.on_hand.is_positive()) continue;
      if (named_place_only && cell.location != *place.location) continue;
      if (named_status_only && cell.status != place.status) continue;
      const Quantity units = std::min(cell.on_hand, quantity);
      w.goods(sku, lot, units, stock_account(place.warehouse, cell.location, cell.status), to);
      quantity -= units;
    }
  };
  if (place.location) from_cells(true, true);
  from_cells(false, true);
  if (place.any_status) from_cells(false, false);
  if (quantity.is_positive()) {
    w.goods(sku, lot, quantity,
            stock_account(place.warehouse, place.location.value_or(0), place.status), to);
  }
  reconcile_alert(w, home, place.warehouse, was_negative);
}

void put_units(Work& w, LotId lot, WarehouseId warehouse, LocationId location, StockStatus status,
               Quantity quantity, const Account& from) {
  const SkuId sku = w.t.lots[lot].sku;
  const LotId home = w.t.home_of(lot);
  const bool was_negative = is_negative(w.t, home, warehouse);
  for (const StockCell& cell : in_picking_order(w.t, w.t.cells(home, warehouse))) {
    if (!quantity.is_positive()) break;
    if (!(cell.on_hand < Quantity{})) continue;
    const Quantity units = std::min(-cell.on_hand, quantity);
    w.goods(sku, lot, units, from, stock_account(warehouse, cell.location, cell.status));
    quantity -= units;
  }
  w.goods(sku, lot, quantity, from, stock_account(warehouse, location, status));
  if (was_negative) reconcile_alert(w, home, warehouse, true);
  w.free_up(w.t.lots[home].sku);
}

Quantity on_hand(const State::Tables& t, LotId lot, WarehouseId warehouse) {
  Quantity sum;
  for (const StockCell& cell : t.cells(lot, warehouse)) sum += cell.on_hand;
  return sum;
}

LocationId location_of(Work& w, WarehouseId warehouse, const Maybe<std::string>& name) {
  if (!name || name->empty()) return 0;
  return w.t.mention_location(warehouse, *name);
}

LotId legacy_lot(Work& w, SkuId sku) {
  const LotId known = w.t.find_lot(sku, "LEGACY");
  const LotId lot = known != 0 ? known : w.t.create_lot(sku, "LEGACY");
  if (!w.t.lots[lot].received) {
    Lot changed = w.t.lots[lot];
    changed.received = true;  // it stands for stock that was there before anybody looked
    w.t.set_lot(changed);
  }
  return lot;
}

LotId find_or_create_lot(Work& w, SkuId sku, const LotCode& code) {
  if (const LotId known = w.t.find_lot(sku, code.text)) return known;
  const LotId lot = w.t.create_lot(sku, code.text);
  warn_of_near_duplicate(w, lot);
  return lot;
}

}  // namespace lotbridge::core
