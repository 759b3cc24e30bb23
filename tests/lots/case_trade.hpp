// The lines of a case about goods on their way, purchases, sales between owners, and answers to
// what nobody knew.
#pragma once

#include <optional>
#include <vector>

#include "case_words.hpp"

namespace lotbridge::lots {

// nullopt: it is no such line.
std::optional<Body> trade_of(const std::string& verb, const Words& head,
                             const std::vector<Words>& lines);
// "<GS>" stands for the separator that a scanner sends.
std::string scan_text(std::string text);

}  // namespace lotbridge::lots
