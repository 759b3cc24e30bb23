// What a scanned GS1 label tells a document about its line: the item, the lot and its dates.
#pragma once

#include "work.hpp"

namespace lotbridge::core {

struct ScannedLabel {
  SkuId sku = 0;  // by its GTIN; 0: it names none, or one that no item has
  Maybe<LotCode> lot;
  Maybe<Date> expires_on, best_before, produced_on, sell_by;
  Maybe<Date> dated() const { return expires_on ? expires_on : best_before; }
};

// False after refusing a command whose label can't be read, or names an item that nobody knows; a
// fact goes on without what the label does not say.
bool read_label(Work&, const std::string& scan, const std::string& pointer, ScannedLabel&);

// A receipt line with what its label adds. `mismatch`: it contradicts the label, or the label what
// is known of the lot; the units then stand in quarantine. False after a refusal.
struct ScannedLine {
  ReceiptLine line;
  bool mismatch = false;
};
bool fill_from_label(Work&, const ReceiptLine&, const std::string& pointer, ScannedLine& out);

// The date on a label that is not the one that the lot is known by: refused, or told of. False
// after a refusal.
bool check_label_date(Work&, LotId, const Maybe<Date>& said, const std::string& pointer,
                      bool& mismatch);

}  // namespace lotbridge::core
