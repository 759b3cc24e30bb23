// What the configuration says about a warehouse's files: which files are which, and how their
// columns are called.
//
// Read once when the account is opened; a fault throws Failure(LB_CONFIG) with its place.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/json.hpp>

namespace lotbridge::warehouse_files {

enum class Kind : std::uint8_t { receipts = 0, shipments, returns, counts };
inline constexpr std::array<Kind, 4> kKinds = {Kind::receipts, Kind::shipments, Kind::returns,
                                               Kind::counts};
std::string_view kind_name(Kind kind);    // "receipts": the key in the settings
std::string_view record_name(Kind kind);  // "receipt/1": what its rows become

enum class Encoding : std::uint8_t {
  utf8,
  windows_1252
};  // the latter holds all of Latin-1's letters

struct Feed {
  Kind kind = Kind::receipts;
  std::string match;   // "receipts*.csv"; empty: this kind is not taken
  char delimiter = 0;  // 0: found by the header
  Encoding encoding = Encoding::utf8;
  std::string date_format = "YYYY-MM-DD";
  char decimal = '.';
  int offset_minutes = 0;                       // of times without a zone
  std::map<std::string, std::string> columns;   // field -> the column's name in the file
  std::map<std::string, std::string> defaults;  // field -> what an empty or missing column means
  std::map<std::string, std::map<std::string, std::string>> values;  // field -> theirs -> ours
  std::vector<std::string> ignore;  // rows whose first cell begins so are no data

  bool carries_owners() const { return columns.contains("owner") || defaults.contains("owner"); }
};

class Settings {
 public:
  explicit Settings(const Json& settings);

  const Feed& feed(Kind kind) const { return feeds_[static_cast<std::size_t>(kind)]; }
  // The feed that a file belongs to: the first whose pattern it matches; null: none.
  const Feed* feed_of(std::string_view file_name) const;
  // Empty: the daemon maps no customer codes for this account.
  const std::set<std::string>& customers() const { return customers_; }
  char pick_delimiter() const { return pick_delimiter_; }

 private:
  std::array<Feed, 4> feeds_;
  std::set<std::string> customers_;
  char pick_delimiter_ = ',';
};

}  // namespace lotbridge::warehouse_files
