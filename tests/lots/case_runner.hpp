// Runs a case file: plain lines that say what happens, followed by `>` lines that say what must
// come of it.
#pragma once

#include <string>
#include <vector>

namespace lotbridge::lots {

// The text of the case with the answers that the core really gives; equal to the input when the
// case holds. A line that can't be understood is answered with "> ?? ...".
std::string run_case(const std::string& text);

}  // namespace lotbridge::lots
