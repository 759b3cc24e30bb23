// An order with its lots as a CSV file for the warehouse.
//
// One file per order and version: of several files of one order the highest version counts. Columns
// and name are documented in docs/format/warehouse-files.md.
#pragma once

#include <string>

#include <lotbridge/instructions.hpp>

namespace lotbridge::warehouse_files {

// "pick_pure-fresh_1001_5123456789_v3.csv"
std::string pick_file_name(const Instruction& instruction);
std::string pick_file(const Instruction& instruction, const PickSend& pick, char delimiter);

}  // namespace lotbridge::warehouse_files
