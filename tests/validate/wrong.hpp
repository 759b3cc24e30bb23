// Which promise this build of the connector breaks: its variant's name, set by variant.c.in.
#pragma once

#include <string_view>

extern "C" const char lotbridge_wrong[];

inline bool is(std::string_view variant) { return variant == lotbridge_wrong; }

// Each breaks one rule about the process, in the middle of a pull.
void break_a_rule();
