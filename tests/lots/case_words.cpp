#include "case_words.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include <lotbridge/records.hpp>

namespace lotbridge::lots {

namespace {

const std::set<std::string> kKnobs = {"rotation",
                                      "allocate",
                                      "allocate_days_before",
                                      "min_remaining_days",
                                      "min_remaining_percent",
                                      "max_remaining_days",
                                      "transit_days",
                                      "last_day_usable",
                                      "null_expiry",
                                      "past_best_before_days",
                                      "allow_past_sell_by",
                                      "not_before_expiry",
                                      "max_lots",
                                      "multiple",
                                      "ship_complete",
                                      "min_fulfil_percent",
                                      "lot_preference",
                                      "substitution",
                                      "inbound_min_percent",
                                      "legacy_lot",
                                      "returns_to",
                                      "split_warehouses",
                                      "network_fefo"};

bool is_json_word(const std::string& text) {
  return text == "true" || text == "false" || text == "null" ||
         text.find_first_not_of("-0123456789.") == std::string::npos;
}

}  // namespace

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, by);) out.push_back(trimmed(part));
  return out;
}

Words Words::parse(const std::string& text) {
  Words words;
  std::string word;
  bool quoted = false;
  const auto finish = [&] {
    if (word.empty()) return;
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      words.plain.push_back(word);
    } else {
      words.named[word.substr(0, equals)] = word.substr(equals + 1);
    }
    word.clear();
  };
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if ((c == ' ' || c == '\t') && !quoted) {
      finish();
    } else {
      word += c;
    }
  }
  finish();
  return words;
}

std::string Words::at(std::size_t index) const { return index < plain.size() ? plain[index] : ""; }

Maybe<std::string> Words::get(const std::string& key) const {
  const auto found = named.find(key);
  return found == named.end() ? Maybe<std::string>{} : Maybe<std::string>{found->second};
}

std::string Words::get_or(const std::string& key, const std::string& otherwise) const {
  return get(key).value_or(otherwise);
}

Maybe<Date> Words::date(const std::string& key) const {
  const Maybe<std::string> text = get(key);
  if (!text) return {};
  const auto date = Date::parse(*text);
  if (!date) throw std::runtime_error("not a date: " + *text);
  return *date;
}

Maybe<std::int32_t> Words::number(const std::string& key) const {
  const Maybe<std::string> text = get(key);
  if (!text) return {};
  return std::stoi(*text);
}

bool Words::flag(const std::string& word) const {
  return std::find(plain.begin(), plain.end(), word) != plain.end();
}

Quantity quantity(const std::string& text) {
  const auto parsed = Quantity::parse(text);
  if (!parsed) throw std::runtime_error("not a quantity: " + text);
  return *parsed;
}

PolicyKnobs knobs(const Words& words) {
  std::string json = "{";
  for (const auto& [key, value] : words.named) {
    if (!kKnobs.contains(key)) continue;
    if (json.size() > 1) json += ',';
    json += "\"" + key + "\":" + (is_json_word(value) ? value : "\"" + value + "\"");
  }
  const auto policy = read_policy(json + "}");
  if (!policy) throw std::runtime_error(policy.problem().detail + " in " + json + "}");
  return *policy;
}

StockStatus status(const std::string& name) {
  for (const StockStatus s : {StockStatus::available, StockStatus::quarantine, StockStatus::damaged,
                              StockStatus::in_transit, StockStatus::lot_unresolved}) {
    if (status_name(s) == name) return s;
  }
  throw std::runtime_error("not a status: " + name);
}

std::string status_name(StockStatus status) {
  switch (status) {
    case StockStatus::available:
      return "available";
    case StockStatus::quarantine:
      return "quarantine";
    case StockStatus::damaged:
      return "damaged";
    case StockStatus::in_transit:
      return "in_transit";
    case StockStatus::lot_unresolved:
      return "lot_unresolved";
  }
  return "";
}

}  // namespace lotbridge::lots
