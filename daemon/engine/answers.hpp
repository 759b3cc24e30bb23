// What a caller is told: the POST answer, an order as it stands, a dispatch with its lots, and
// problems.
//
// JSON is canonical: fixed key order, null where a value is not set. Reads the hot state; the order
// must be loaded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "identity.hpp"
#include "workbench.hpp"

namespace lotbridge::engine {

struct DocumentAnswer {
  std::string_view outcome;
  DocumentType type = DocumentType::item;
  std::int64_t row = 0;         // of the document; an item's sku row, an order's order row
  std::string_view id;          // the sender's
  std::string_view document;    // JSON
  std::string_view exceptions;  // JSON array, or empty
  core::OrderId order = 0;
  std::int64_t document_row = 0;
  const std::vector<core::Stamp>* stamps = nullptr;  // of a dispatch without order
  const std::vector<core::LotId>* lots = nullptr;    // that the document made or touched
  const core::Follows* follows = nullptr;            // of a transfer: what it sent, and which lots
};
std::string document_answer(Workbench&, const DocumentAnswer&);

// {"uid","id","number",...}: the value of "order".
std::string order_json(Workbench&, core::OrderId, bool preview = false);  // a preview has no uid
std::string exceptions_json(const std::vector<core::Exception>&);         // "" for none

// Units of a line in its own measure: a kit counts whole kits.
struct LineFigures {
  Quantity allocated, picked, dispatched, shortage;
};
LineFigures figures_of(const core::State&, const core::Order&, const core::LineState&);

// What of a stamp still stands: the sum by lot and evidence of what left for a line.
struct NetStamp {
  core::Stamp stamp;
  Quantity quantity;
};
std::vector<NetStamp> net_stamps(const std::vector<core::Stamp>&,
                                 core::DocumentId dispatch);  // 0: all

}  // namespace lotbridge::engine
