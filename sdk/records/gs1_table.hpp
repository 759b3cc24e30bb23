// The application identifiers: how long they are, what may stand in them, what they need beside
// them.
//
// Only plain facts of the GS1 General Specifications in one table; gs1.cpp reads it.
#pragma once

#include <cstddef>
#include <string_view>

namespace lotbridge::gs1 {

struct Ai {
  std::string_view ai;      // "310*": any digit that `last` allows in the last place
  std::string_view format;  // parts "N14k" one after the other, optional ones in brackets (gs1.cpp)
  // In a Digital Link: 'k' a primary key, 'q' a qualifier, 'a' an attribute, '-' none of them.
  char link;
  std::string_view needs;     // any of these must stand beside it; "/" parts groups, all needed
  std::string_view excludes;  // none of these may
  std::string_view sequence;  // of a key: its qualifiers in order, alternatives parted by "|"
};

// nullptr: nobody assigned it.
const Ai* find_ai(std::string_view ai);
// How many digits an AI that begins with these two digits has; 0: none does.
std::size_t ai_length(std::string_view two_digits);
// Whether its length is known from its first two digits, so that no separator follows it.
bool has_fixed_length(std::string_view ai);

}  // namespace lotbridge::gs1
