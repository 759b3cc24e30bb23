// What a recall found: who has it or may have it, what is left, and whether the balance closes.
//
// Folded from the lots' own stamps and entries, like a trace, so that what comes later joins by
// itself (rules 33 to 36). One thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/api/trace.hpp"
#include "daemon/store/reader_recalls.hpp"

namespace lotbridge::api {

class RecallReport {
 public:
  // One recall, or those of several owners that belong together.
  RecallReport(Reading&, std::vector<store::RecallRow>);

  std::string json();

 private:
  // One order's units of one lot.
  struct Affected {
    core::OwnerId owner = 0;
    core::OrderId order = 0;
    core::SkuId sku = 0;
    std::string sku_code, lot;
    Quantity quantity;    // net of what had come back when the recall began
    Quantity returned;    // since then
    Quantity unresolved;  // came back, and nobody knows of which lot
  };
  struct Here {
    core::OwnerId owner = 0;
    std::string sku, lot, warehouse;
    StockStatus status = StockStatus::available;
    Quantity quantity;
  };

  void add_lot(const store::LotRow&, std::int64_t started_at);
  void add_affected(const Trace&, const store::LotRow&, std::int64_t started_at);
  void add_possible(Trace&, const store::LotRow&);
  void add_stock(const Trace&, const store::LotRow&);
  void write_rows(JsonWriter&, std::string_view key, const std::vector<Affected>&);
  void write_stock(JsonWriter&);
  void write_progress(JsonWriter&);

  Reading& reading_;
  std::vector<store::RecallRow> recalls_;
  Names names_;
  std::vector<store::LotRow> lots_;
  std::vector<Affected> affected_, possible_;
  std::vector<Here> stock_;
  std::map<core::OrderId, Contacts> contacts_;
  std::map<core::OrderId, store::ResponseRow> responses_;
  Balance balance_;
};

}  // namespace lotbridge::api
