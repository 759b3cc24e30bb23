# cmake -D NAME=... -D INPUT=... -D OUTPUT=... -P: writes the file's bytes as a C++ constant.
file(READ ${INPUT} hex HEX)
string(LENGTH "${hex}" length)
math(EXPR length "${length} / 2")
string(REGEX REPLACE "(..)" "\\\\x\\1" escaped "${hex}")
# Lines of 24 bytes; adjacent literals are one.
string(REGEX REPLACE "(................................................................................................)"
       "\\1\"\n    \"" escaped "${escaped}")

string(REGEX REPLACE "[^A-Za-z0-9]" ";" words "${NAME}")
set(constant k)
foreach(word IN LISTS words)
  string(SUBSTRING "${word}" 0 1 first)
  string(SUBSTRING "${word}" 1 -1 rest)
  string(TOUPPER "${first}" first)
  string(APPEND constant ${first}${rest})
endforeach()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [=[// Made from descriptor.json; every byte of it.
#pragma once

#include <string_view>

inline constexpr std::string_view @constant@Descriptor(
    "@escaped@",
    @length@);
]=] @ONLY)

# The same for C: descriptor_json in NAME.descriptor.h.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
string(REPLACE "0x0a," "0x0a,\n" bytes "${bytes}")
string(REGEX REPLACE "\\.hpp$" ".h" c_header "${OUTPUT}")
file(CONFIGURE OUTPUT ${c_header} CONTENT [=[/* Made from descriptor.json; every byte of it. */
static const char descriptor_json[] = {
@bytes@};
]=] @ONLY)
