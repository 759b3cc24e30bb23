// Completion scripts for shells, from the verbs and options that main.cpp knows.
#pragma once

#include <string>
#include <vector>

namespace lotbridge::ctl {

struct VerbWords {
  std::string name, what;
  std::vector<std::string> options;  // "--json", "--owner"; those of every verb are included
};

// `shell`: bash, zsh or fish.
std::string completion_script(const std::vector<VerbWords>& verbs, const std::string& shell);

}  // namespace lotbridge::ctl
