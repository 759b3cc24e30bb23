#include "settings.hpp"

#include <algorithm>

#include <lotbridge/failure.hpp>

#include "columns.hpp"
#include "values.hpp"

namespace lotbridge::warehouse_files {
namespace {

[[noreturn]] void refuse(const Json& at, const std::string& why) {
  throw Failure(LB_CONFIG, why, at.path());
}

char read_delimiter(const Json& value) {
  const std::string text = value.text();
  if (text == "auto") return 0;
  if (text == "tab") return '\t';
  if (text.size() == 1 && std::string_view(",;|\t").find(text[0]) != std::string_view::npos)
    return text[0];
  refuse(value, "must be one of , ; | tab auto");
}

Encoding read_encoding(const Json& value) {
  const std::string text = value.text();
  if (text == "utf-8") return Encoding::utf8;
  if (text == "windows-1252" || text == "latin-1") return Encoding::windows_1252;
  refuse(value, "must be utf-8, windows-1252 or latin-1");
}

// Field names are ours; what they stand for is the warehouse's.
void check_field(Kind kind, const std::string& field, const Json& at) {
  if (find_field(kind, field) == nullptr) {
    refuse(at, "a row of " + std::string(kind_name(kind)) + " has no field \"" + field +
                   "\"; it has " + field_names(kind));
  }
}

void read_texts(const Feed& feed, const Json& object, std::map<std::string, std::string>& to) {
  for (const auto& [name, value] : object.members()) {
    const std::string field(name);
    check_field(feed.kind, field, value);
    to[field] = value.text();
  }
}

// What may stand for all feeds and for one.
void read_form(const Json& settings, Feed& feed, bool is_feed) {
  if (const Json value = settings["delimiter"]) feed.delimiter = read_delimiter(value);
  if (const Json value = settings["encoding"]) feed.encoding = read_encoding(value);
  if (const Json value = settings["date_format"]) {
    feed.date_format = value.text();
    if (!is_date_format(feed.date_format)) refuse(value, "must be one of " + date_formats());
  }
  if (const Json value = settings["decimal"]) {
    const std::string text = value.text();
    if (text != "." && text != ",") refuse(value, "must be . or ,");
    feed.decimal = text[0];
  }
  if (const Json value = settings["utc_offset"]) {
    const auto offset = read_offset(value.text());
    if (!offset) refuse(value, "must look like +02:00");
    feed.offset_minutes = *offset;
  }
  if (const Json value = settings["owner_column"]) feed.columns["owner"] = value.text();
  for (const Json& word : settings["ignore_rows"].items_or_none())
    feed.ignore.push_back(word.text());
  if (const Json value = settings["defaults"]) {
    for (const auto& [name, text] : value.members()) {
      // A default for all feeds is for those that have the field.
      if (is_feed) check_field(feed.kind, std::string(name), text);
      if (find_field(feed.kind, name) != nullptr) feed.defaults[std::string(name)] = text.text();
    }
  }
}

void read_feed(const Json& settings, Feed& feed) {
  read_form(settings, feed, true);
  if (const Json value = settings["match"]; value.exists()) feed.match = value.text_or("");
  if (const Json value = settings["columns"]) read_texts(feed, value, feed.columns);
  if (const Json value = settings["values"]) {
    for (const auto& [field, words] : value.members()) {
      check_field(feed.kind, std::string(field), words);
      for (const auto& [theirs, ours] : words.members()) {
        feed.values[std::string(field)][std::string(theirs)] = ours.text();
      }
    }
  }
}

}  // namespace

std::string_view kind_name(Kind kind) {
  static constexpr std::array<std::string_view, 4> kNames = {"receipts", "shipments", "returns",
                                                             "counts"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view record_name(Kind kind) {
  static constexpr std::array<std::string_view, 4> kNames = {"receipt/1", "dispatch/1", "return/1",
                                                             "count/1"};
  return kNames[static_cast<std::size_t>(kind)];
}

Settings::Settings(const Json& settings) {
  for (const Json& code : settings["customers"].items_or_none()) customers_.insert(code.text());
  // Where the daemon says so and names none, there is one owner, and a code could be checked by
  // nobody.
  const bool one_owner = settings["customers"].is_array() && customers_.empty();
  for (const Kind kind : kKinds) {
    Feed& feed = feeds_[static_cast<std::size_t>(kind)];
    feed.kind = kind;
    feed.match = std::string(kind_name(kind)) + "*.csv";
    read_form(settings, feed, false);
    if (const Json own = settings["feeds"][kind_name(kind)]) read_feed(own, feed);
    if (one_owner && feed.carries_owners()) {
      throw Failure(
          LB_CONFIG,
          "an owner_column needs `owners: {CODE: owner}` of the connector, not one `owner`",
          "/owner_column");
    }
    if (!customers_.empty() && !feed.match.empty() && !feed.carries_owners()) {
      throw Failure(LB_CONFIG,
                    "the account serves several customers, so " + std::string(kind_name(kind)) +
                        " need an owner_column that names the customer of a row",
                    "/feeds/" + std::string(kind_name(kind)));
    }
  }
  if (const Json value = settings["picks"]["delimiter"]) {
    pick_delimiter_ = read_delimiter(value);
    if (pick_delimiter_ == 0) refuse(value, "must be one of , ; | tab");
  }
}

const Feed* Settings::feed_of(std::string_view file_name) const {
  for (const Feed& feed : feeds_) {
    if (!feed.match.empty() && matches(feed.match, file_name)) return &feed;
  }
  return nullptr;
}

}  // namespace lotbridge::warehouse_files
