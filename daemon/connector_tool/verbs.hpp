// The verbs of `lotctl connector`, one function each.
//
// A verb prints its result on standard output and everything about it on standard error. Exit
// codes: 0 done, 1 not as it should be, 2 wrong usage.
#pragma once

#include <string>
#include <vector>

namespace lotbridge::connector_tool {

enum Exit : int { kDone = 0, kRefused = 1, kUsage = 2 };

using Words = std::vector<std::string>;
int validate(const Words& words);
int scaffold(const Words& words);
int describe(const Words& words);
int check(const Words& words);
int run_operation(const Words& words);
int replay(const Words& words);
int record(const Words& words);
int dev(const Words& words);
int pack(const Words& words);
int install(const Words& words);
int list(const Words& words);

// Runs the verb that the first word names.
int run_verb(const Words& words);

int wrong_usage(const std::string& detail, const char* usage);
int refused(const std::string& detail);

}  // namespace lotbridge::connector_tool
