// Whether values fit their application identifiers, and identifiers each other; and Digital Links.
//
// The parts that gs1.cpp and gs1_link.cpp share; nothing outside this folder uses them.
#pragma once

#include <string>
#include <string_view>

#include <lotbridge/gs1.hpp>

namespace lotbridge::gs1 {

constexpr char kSeparator = '\x1d';  // GS: what a scanner sends for an FNC1 that is not the first

bool is_digits(std::string_view text);
// Sets label.fault and says false.
bool fail(Gs1Label& label, std::string_view word, std::string detail);
// Checks one value against its AI's format and adds it; an equal repeat is one element.
bool add_element(Gs1Label& label, std::string_view ai, std::string value);
// What must and what must not stand beside what.
bool check_company(Gs1Label& label, const Gs1Options& options);

bool is_link(std::string_view text);
bool read_link(Gs1Label& label, std::string_view text, const Gs1Options& options);

}  // namespace lotbridge::gs1
