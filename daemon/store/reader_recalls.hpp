// Recalls as they are stored: which lots they mean, what consignees answered, how they ended.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/reader.hpp"

namespace lotbridge::store {

struct RecallRow {
  core::OwnerId owner = 0;
  std::int64_t document = 0;
  std::string id;
  std::optional<std::int64_t> version;
  bool drill = false, closed = false;
  std::int64_t started_at = 0;
  std::optional<std::int64_t> closed_at, elapsed_us;
  std::string closing;  // JSON, or ""
  std::string report;   // of a drill, as it was first given; or ""
  std::string body;     // the document
};
// By the sender's id within an owner; by document where `id` is empty.
std::vector<RecallRow> find_recalls(Reader&, core::OwnerId, std::string_view id,
                                    std::int64_t document);
// Newest first.
std::vector<RecallRow> list_recalls(Reader&, core::OwnerId, std::int64_t before, std::size_t limit);
// The lots that the newest version means, by age.
std::vector<core::LotId> recall_lots(Reader&, core::OwnerId, std::int64_t document);

struct ResponseRow {
  bool acknowledged = false;
  std::optional<std::string> contact, note;
  std::int64_t at = 0;
};
std::map<core::OrderId, ResponseRow> recall_responses(Reader&, core::OwnerId,
                                                      std::int64_t document);

// Notices of a recall among the instructions on their way out, by state.
struct NoticeCounts {
  std::int64_t all = 0, delivered = 0;
};
NoticeCounts recall_notices(Reader&, core::OwnerId, std::int64_t document);

}  // namespace lotbridge::store
