// Freight, duty and other costs of a receipt that come with an invoice of their own (rule 31).
#include <algorithm>

#include "documents.hpp"

namespace lotbridge::core {

namespace {

struct Brought {
  LotId lot = 0;
  Quantity quantity;
};

// The receipt's lots in its order, with the units that it brought and that still stand.
std::vector<Brought> parts_of(const Work& w) {
  std::vector<Brought> out;
  for (const Entry& entry : *w.ctx.charged) {
    if (entry.book != Book::goods || entry.lot == 0) continue;
    const bool came = entry.to.kind == AccountKind::stock;
    if (!came ||
        (entry.from.kind != AccountKind::supplier && entry.from.kind != AccountKind::opening &&
         entry.from.kind != AccountKind::in_transit)) {
      continue;
    }
    const LotId lot = w.t.home_of(entry.lot);
    const auto same =
        std::find_if(out.begin(), out.end(), [&](const Brought& part) { return part.lot == lot; });
    if (same == out.end()) {
      out.push_back({lot, entry.quantity});
    } else {
      same->quantity += entry.quantity;
    }
  }
  return out;
}

bool is_meant(const Work& w, const Charge& charge, LotId lot) {
  const SkuId sku = w.t.lots[lot].sku;
  if (charge.sku && w.t.skus[sku].item.sku != *charge.sku) return false;
  return !charge.lot || w.t.find_lot(sku, charge.lot->text) == lot;
}

}  // namespace

bool apply_charge(Work& w, const Document&, const Charge& charge) {
  if (w.ctx.charged == nullptr) {
    const std::string detail = "There is no receipt \"" + charge.receipt + "\".";
    if (w.command) return w.refuse("not_found", detail, "/receipt");
    return park(w, "not_found", detail);
  }
  std::vector<Brought> parts = parts_of(w);
  std::erase_if(parts, [&](const Brought& part) { return !is_meant(w, charge, part.lot); });
  if (parts.empty()) {
    const std::string detail = "The receipt brought no such goods.";
    const char* pointer = charge.lot ? "/lot" : charge.sku ? "/sku" : "/receipt";
    const char* code = charge.lot ? "unknown_lot" : "invalid_value";
    if (w.command) return w.refuse(code, detail, pointer);
    return park(w, code, detail);
  }
  std::vector<Quantity> weights;
  for (const Brought& part : parts) weights.push_back(part.quantity);
  const auto shares = split(charge.amount.micros, charge.amount.currency, weights);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    w.out.costs.push_back(
        {parts[i].lot, CostKind::charge, Quantity{}, shares[i], charge.amount.currency});
    w.out.produced_lots.push_back(parts[i].lot);
  }
  return true;
}

}  // namespace lotbridge::core
