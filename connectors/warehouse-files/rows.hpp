// What one row of each kind adds to its document.
//
// A row that is refused (Row::refused) has added nothing.
#pragma once

#include <string>
#include <vector>

#include "groups.hpp"
#include "table.hpp"

namespace lotbridge::warehouse_files {

struct RowContext {
  Groups& groups;
  const Settings& settings;
  const Feed& feed;
  Timestamp latest;
  std::vector<std::string> warnings;  // of this row
  bool ignored = false;               // the row says nothing: a quantity of 0 left, came or went
};

void add_receipt_row(Row& row, RowContext& context);
void add_shipment_row(Row& row, RowContext& context);
void add_return_row(Row& row, RowContext& context);
void add_count_row(Row& row, RowContext& context);

}  // namespace lotbridge::warehouse_files
