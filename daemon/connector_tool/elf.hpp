// What the dynamic linker would see in a shared object, read from its bytes; nothing of it runs.
#pragma once

#include <string>
#include <vector>

#include <lotbridge/status.hpp>

namespace lotbridge::connector_tool {

struct ElfSymbol {
  std::string name;
  bool defined = false, weak = false, unique = false, visible = false;
};

struct ElfView {
  std::vector<ElfSymbol> symbols;  // the dynamic ones
  bool executable_stack = false;
};

Result<ElfView> read_elf(const std::string& file);

}  // namespace lotbridge::connector_tool
