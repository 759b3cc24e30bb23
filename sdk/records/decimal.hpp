// Decimal text to scaled 64-bit integers and back: exact, or not at all.
//
// Stateless; no allocation; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lotbridge {

// True where `text` is a number as JSON's grammar (RFC 8259, section 6) has it.
bool is_json_number(std::string_view text);

// The number times 10^decimals, where that is a whole number within 64 bits; else nullopt. The
// text must be a JSON number; "3", "3.0", "0.3e1" all read as the same value.
std::optional<std::int64_t> parse_scaled(std::string_view json_number, int decimals);

// Writes millionths as the shortest exact decimal with at least `min_decimals` decimals; returns
// the length. `to` needs room for 32 characters.
std::size_t write_scaled(char* to, std::int64_t micros, int min_decimals);

}  // namespace lotbridge
