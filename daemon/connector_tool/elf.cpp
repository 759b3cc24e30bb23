#include "daemon/connector_tool/elf.hpp"

#include <elf.h>

#include <cstring>

#include "daemon/connector_tool/package.hpp"

namespace lotbridge::connector_tool {
namespace {

Problem broken(const std::string& file) {
  return {"bad_file", file + " is no shared object for a 64-bit machine", {}};
}

// Copies a struct out of the bytes; nullopt where they end before it does.
template <typename T>
std::optional<T> at(const std::string& bytes, std::size_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T out;
  std::memcpy(&out, bytes.data() + offset, sizeof out);
  return out;
}

std::string name_at(const std::string& bytes, std::size_t offset) {
  if (offset >= bytes.size()) return {};
  return std::string(bytes.c_str() + offset);
}

void read_symbols(const std::string& bytes, const Elf64_Shdr& table, const Elf64_Shdr& names,
                  ElfView& into) {
  for (std::size_t n = 1; n < table.sh_size / sizeof(Elf64_Sym); ++n) {
    const auto symbol = at<Elf64_Sym>(bytes, table.sh_offset + n * sizeof(Elf64_Sym));
    if (!symbol) return;
    ElfSymbol out;
    out.name = name_at(bytes, names.sh_offset + symbol->st_name);
    out.defined = symbol->st_shndx != SHN_UNDEF;
    out.weak = ELF64_ST_BIND(symbol->st_info) == STB_WEAK;
    out.unique = ELF64_ST_BIND(symbol->st_info) == STB_GNU_UNIQUE;
    const auto seen = ELF64_ST_VISIBILITY(symbol->st_other);
    out.visible = ELF64_ST_BIND(symbol->st_info) != STB_LOCAL &&
                  (seen == STV_DEFAULT || seen == STV_PROTECTED);
    if (!out.name.empty()) into.symbols.push_back(std::move(out));
  }
}

}  // namespace

Result<ElfView> read_elf(const std::string& file) {
  const std::string bytes = text_of_file(file);
  const auto head = at<Elf64_Ehdr>(bytes, 0);
  if (!head || std::memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 ||
      head->e_ident[EI_CLASS] != ELFCLASS64)
    return broken(file);
  ElfView out;
  for (std::size_t n = 0; n < head->e_phnum; ++n) {
    const auto part = at<Elf64_Phdr>(bytes, head->e_phoff + n * sizeof(Elf64_Phdr));
    if (part && part->p_type == PT_GNU_STACK) out.executable_stack = (part->p_flags & PF_X) != 0;
  }
  for (std::size_t n = 0; n < head->e_shnum; ++n) {
    const auto section = at<Elf64_Shdr>(bytes, head->e_shoff + n * sizeof(Elf64_Shdr));
    if (!section || section->sh_type != SHT_DYNSYM) continue;
    const auto names = at<Elf64_Shdr>(bytes, head->e_shoff + section->sh_link * sizeof(Elf64_Shdr));
    if (names) read_symbols(bytes, *section, *names, out);
  }
  if (out.symbols.empty()) return broken(file);
  return out;
}

}  // namespace lotbridge::connector_tool
