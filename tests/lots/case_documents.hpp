// Case lines that are documents: the words become the struct that the daemon would have read.
#pragma once

#include "case_words.hpp"

namespace lotbridge::lots {

// `verb`: item, policy, receive, order, cancel, pick, put-back, ship, return, hold, release, move,
// count, adjust, void. `head` holds the words up to the first ':', `lines` what follows, split by
// ';'. Throws for what it does not understand.
Document document_of(const std::string& verb, const Words& head, const std::vector<Words>& lines,
                     int serial);

}  // namespace lotbridge::lots
