// Texts made wrong by a seed: bytes changed, cut, doubled, values of JSON put for others.
//
// The same seed makes the same text. Plain functions.
#pragma once

#include <random>
#include <string>

namespace lotbridge::connector_tool {

using Random = std::mt19937_64;

std::string mutated(const std::string& text, Random& random);

}  // namespace lotbridge::connector_tool
