#include "daemon/ctl/completion.hpp"

#include <fmt/core.h>

namespace lotbridge::ctl {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string bash(const std::vector<VerbWords>& verbs) {
  std::string names, cases;
  for (const VerbWords& verb : verbs) {
    names += (names.empty() ? "" : " ") + verb.name;
    cases += fmt::format("    {}) words=\"{}\" ;;\n", verb.name, joined(verb.options));
  }
  return fmt::format(
      "_lotctl() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} words=\"{}\" verb=\n"
      "  for verb in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do [[ $verb != -* ]] && break; done\n"
      "  case $verb in\n{}  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "  [[ ${{#COMPREPLY[@]}} -eq 0 ]] && COMPREPLY=($(compgen -f -- \"$word\"))\n"
      "}}\ncomplete -F _lotctl lotctl\n",
      names, cases);
}

std::string zsh(const std::vector<VerbWords>& verbs) {
  std::string names, cases;
  for (const VerbWords& verb : verbs) {
    names += fmt::format("    '{}:{}'\n", verb.name, verb.what);
    cases += fmt::format("    {}) compadd -- {} ; _files ;;\n", verb.name, joined(verb.options));
  }
  return fmt::format(
      "#compdef lotctl\n_lotctl() {{\n  local -a verbs=(\n{}  )\n"
      "  if (( CURRENT == 2 )); then _describe verb verbs; return; fi\n"
      "  case $words[2] in\n{}  esac\n}}\ncompdef _lotctl lotctl\n",
      names, cases);
}

std::string fish(const std::vector<VerbWords>& verbs) {
  std::string out;
  for (const VerbWords& verb : verbs) {
    out += fmt::format("complete -c lotctl -n __fish_use_subcommand -a {} -d '{}'\n", verb.name,
                       verb.what);
    for (const std::string& option : verb.options) {
      out += fmt::format("complete -c lotctl -n '__fish_seen_subcommand_from {}' -l {}\n",
                         verb.name, option.substr(2));
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const std::vector<VerbWords>& verbs, const std::string& shell) {
  if (shell == "zsh") return zsh(verbs);
  if (shell == "fish") return fish(verbs);
  return bash(verbs);
}

}  // namespace lotbridge::ctl
