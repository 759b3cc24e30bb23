// How the store's rows spell what the core keeps as structs: account blobs, uids, dates.
//
// account_blob / account_of are exact inverses; equal accounts have equal bytes, so a blob can be a
// key. A uid is a prefix by type and a row number: an order's is its order_id, an item's its
// sku_id, every other document's its document_id. Pure functions, any thread. Layout:
// docs/format/ledger.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <lotbridge/documents.hpp>

#include "daemon/core/ledger.hpp"
#include "daemon/core/model.hpp"

namespace lotbridge::store {

std::string account_blob(const core::Account&);
std::optional<core::Account> account_of(std::string_view blob);  // nullopt: not one of ours
std::string_view account_name(core::AccountKind);  // "stock", "supplier", "in_transit"
std::string_view status_name(StockStatus);         // "available", "in_transit"
std::string_view evidence_name(core::Evidence);    // "scanned" ... "unresolved"

struct Uid {
  DocumentType type = DocumentType::item;
  std::int64_t row = 0;
  bool operator==(const Uid&) const = default;
};
std::string uid_text(DocumentType, std::int64_t row);  // "ord_1234"
std::optional<Uid> parse_uid(std::string_view text);   // nullopt: a sender's id, no uid

// "12:1:0:0:5000000 ...": document, warehouse, location, status, quantity; "" for none.
std::string conflicts_text(const std::vector<core::DateConflict>&);
std::vector<core::DateConflict> conflicts_of(std::string_view text);

// lots.flags
constexpr std::int64_t kLotBestBefore = 1, kLotReceived = 2, kLotExpiredOnReceipt = 4;

}  // namespace lotbridge::store
