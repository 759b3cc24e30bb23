#include "labels.hpp"

#include <lotbridge/gs1.hpp>

#include "documents.hpp"

namespace lotbridge::core {

namespace {

// The century of a label's dates is the one around the day on which it was read.
int year_of(Timestamp at) { return std::stoi(at.utc_date().text().substr(0, 4)); }

bool unreadable(Work& w, const char* code, const std::string& detail, const std::string& pointer) {
  if (w.command) return w.refuse(code, detail, pointer);
  w.except(code, detail);
  return true;
}

bool mismatched(Work& w, LotId lot, const std::string& detail, const std::string& pointer) {
  if (w.command) return w.refuse("expiry_mismatch", detail, pointer);
  AlertChange& alert = w.alert("expiry_mismatch", "critical", detail);
  if (lot != 0) alert.sku = w.t.lots[lot].sku;
  alert.lot = lot;
  w.except("expiry_mismatch", detail);
  return true;
}

}  // namespace

bool read_label(Work& w, const std::string& scan, const std::string& pointer, ScannedLabel& out) {
  Gs1Options options;
  options.pad_gtins = true;
  options.lenient = true;  // a lot's own label may stand beside the item's
  const Gs1Label label = read_gs1(scan, options);
  if (!label.ok()) {
    return unreadable(w, "invalid_value", "The label can't be read: " + label.fault->detail,
                      pointer);
  }
  const int year = year_of(w.at);
  const auto date = [&](const char* ai) -> Maybe<Date> {
    const std::string* value = label.find(ai);
    return value == nullptr ? Maybe<Date>{} : gs1_date(*value, year);
  };
  out.expires_on = date("7003");
  if (!out.expires_on) out.expires_on = date("17");
  out.best_before = date("15");
  out.sell_by = date("16");
  out.produced_on = date("11");
  if (const std::string* lot = label.find("10")) out.lot = LotCode{*lot};
  const Maybe<std::string> gtin = label.gtin();
  if (!gtin) return true;
  out.sku = w.state.sku_by_gtin(w.owner, *gtin, nullptr);
  if (out.sku != 0) return true;
  return unreadable(w, "unknown_sku", "No item has the GTIN " + *gtin + ".", pointer);
}

bool check_label_date(Work& w, LotId lot, const Maybe<Date>& said, const std::string& pointer,
                      bool& mismatch) {
  if (lot == 0 || !said) return true;
  const Lot& known = w.t.lots[lot];
  if (known.expires_on == kNoDate || known.expires_on == said->days) return true;
  mismatch = true;
  return mismatched(w, lot,
                    "The label says " + said->text() + ", and " + w.lot_text(lot) +
                        " is known to expire on " + Date{known.expires_on}.text() + ".",
                    pointer);
}

bool fill_from_label(Work& w, const ReceiptLine& line, const std::string& pointer,
                     ScannedLine& out) {
  out.line = line;
  if (!line.scan) return true;
  const std::string at = pointer + "/scan";
  ScannedLabel label;
  if (!read_label(w, *line.scan, at, label)) return false;
  ReceiptLine& filled = out.line;
  if (label.sku != 0) {
    if (filled.sku.empty()) {
      filled.sku = w.t.skus[label.sku].item.sku;
    } else if (sku_of(w, filled.sku, pointer + "/sku") != label.sku) {
      return unreadable(
          w, "wrong_sku",
          "The label is of " + w.t.skus[label.sku].item.sku + ", the line of " + filled.sku + ".",
          at);
    }
  }
  if (filled.sku.empty()) {
    const std::string detail = "The label does not say which item it is.";
    if (w.command) return w.refuse("unknown_sku", detail, at);
    return park(w, "unknown_sku", detail);
  }
  if (!filled.lot) filled.lot = label.lot;
  if (label.lot && *label.lot != *filled.lot) {
    out.mismatch = true;
    return mismatched(
        w, 0, "The label is of lot " + label.lot->text + ", the line of " + filled.lot->text + ".",
        at);
  }
  if (filled.expires_on && label.dated() && *filled.expires_on != *label.dated()) {
    out.mismatch = true;
    return mismatched(
        w, 0,
        "The label says " + label.dated()->text() + ", the line " + filled.expires_on->text() + ".",
        at);
  }
  if (!filled.expires_on && label.dated()) {
    filled.expires_on = label.dated();
    filled.date_kind = label.expires_on ? DateKind::use_by : DateKind::best_before;
  }
  if (!filled.produced_on) filled.produced_on = label.produced_on;
  if (!filled.sell_by) filled.sell_by = label.sell_by;
  const SkuId sku = w.t.find_sku(w.owner, filled.sku);
  if (out.mismatch || sku == 0 || !filled.lot) return true;
  return check_label_date(w, w.t.find_lot(sku, filled.lot->text), label.dated(), at, out.mismatch);
}

}  // namespace lotbridge::core
