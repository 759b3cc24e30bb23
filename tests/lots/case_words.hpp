// The words of a case line: plain ones in order, and key=value pairs.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <lotbridge/documents.hpp>

namespace lotbridge::lots {

struct Words {
  std::vector<std::string> plain;
  std::map<std::string, std::string> named;

  static Words parse(const std::string& text);
  // The plain word at a place, "" where there is none.
  std::string at(std::size_t index) const;
  Maybe<std::string> get(const std::string& key) const;
  std::string get_or(const std::string& key, const std::string& otherwise) const;
  Maybe<Date> date(const std::string& key) const;
  Maybe<std::int32_t> number(const std::string& key) const;
  bool flag(const std::string& word) const;  // a plain word that stands alone
};

std::vector<std::string> split(const std::string& text, char by);
std::string trimmed(const std::string& text);
Quantity quantity(const std::string& text);
// The policy knobs among the named words; throws std::runtime_error for a bad value.
PolicyKnobs knobs(const Words&);
StockStatus status(const std::string& name);
std::string status_name(StockStatus);

}  // namespace lotbridge::lots
