// The file itself: what the dynamic linker, the loader and a careful operator look at.
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "daemon/connector_tool/elf.hpp"
#include "daemon/connector_tool/test.hpp"

namespace lotbridge::connector_tool {
namespace {

constexpr std::int64_t kScanUs = 100'000;

void add(Tests& tests, const char* name, const char* sentence,
         std::function<Verdict(const Context&)> run, bool loads = false) {
  const std::string id = std::string("file/") + name;
  tests.push_back({id, id, sentence, std::move(run), loads, false});
}

Verdict loads(const Context& context) {
  return context.offer->loaded ? Verdict::pass() : Verdict::fail(context.offer->problem);
}

// Compilers and libc put these into every file.
bool is_of_the_toolchain(const std::string& name) {
  return name == "_init" || name == "_fini" || name == "__gmon_start__" ||
         name.starts_with("_ITM_") || name == "__cxa_finalize";
}

template <typename Wrong>
Verdict over_symbols(const Context& context, const char* what, Wrong wrong) {
  const auto view = read_elf(context.package->file);
  if (!view.ok()) return Verdict::fail(view.problem().detail);
  std::string found;
  for (const ElfSymbol& symbol : view->symbols) {
    if (is_of_the_toolchain(symbol.name) || !wrong(symbol)) continue;
    found += (found.empty() ? "" : ", ") + symbol.name;
  }
  return found.empty() ? Verdict::pass() : Verdict::fail(std::string(what) + found);
}

Verdict one_symbol(const Context& context) {
  return over_symbols(context,
                      "link with the version script of lotbridge_add_connector(); it also exports ",
                      [](const ElfSymbol& symbol) {
                        return symbol.defined && symbol.visible && !symbol.unique &&
                               symbol.name != "lotbridge_connector_1";
                      });
}

Verdict no_unique(const Context& context) {
  return over_symbols(context, "compile with -fno-gnu-unique; these are shared with other files: ",
                      [](const ElfSymbol& symbol) { return symbol.defined && symbol.unique; });
}

// Only what the file itself asks for counts, not what happens to be in this process.
Verdict no_undefined(const Context& context) {
  void* handle = dlopen(context.package->file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  return over_symbols(context, "no library that it names has ", [&](const ElfSymbol& symbol) {
    return !symbol.defined && dlsym(handle, symbol.name.c_str()) == nullptr;
  });
}

Verdict no_executable_stack(const Context& context) {
  const auto view = read_elf(context.package->file);
  if (!view.ok()) return Verdict::fail(view.problem().detail);
  return view->executable_stack ? Verdict::fail("link with -Wl,-z,noexecstack") : Verdict::pass();
}

Verdict sidecar(const Context& context) {
  const std::string& beside = context.package->descriptor;
  const std::string& embedded = context.offer->descriptor;
  if (beside == embedded) return Verdict::pass();
  if (beside.empty()) return Verdict::fail("there is no " + context.package->descriptor_file);
  std::size_t at = 0;
  while (at < beside.size() && at < embedded.size() && beside[at] == embedded[at]) ++at;
  return Verdict::fail("they differ from byte " + std::to_string(at) + " on");
}

Verdict quick_scan(const Context& context) {
  if (context.offer->load_us < kScanUs) return Verdict::pass();
  return Verdict::fail("loading took " + std::to_string(context.offer->load_us / 1000) +
                       " ms; a static constructor does too much");
}

Verdict safe_mode(const Context& context) {
  const std::filesystem::path file = context.package->file;
  for (const auto& path : {file, file.parent_path(), file.parent_path() / "descriptor.json"}) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) continue;
    if ((info.st_mode & S_IWOTH) != 0)
      return Verdict::fail("everybody may write " + path.string() + ": chmod o-w");
    if (info.st_uid != 0 && info.st_uid != geteuid())
      return Verdict::fail(path.string() + " belongs neither to root nor to you");
  }
  return Verdict::pass();
}

}  // namespace

void add_file_tests(Tests& tests, const Package&, const Offer& offer) {
  add(tests, "loads", "It loads with every symbol bound at once, and its constant is sound.",
      loads);
  add(tests, "no-executable-stack", "It does not ask for an executable stack.",
      no_executable_stack);
  add(tests, "safe-mode", "Nobody else may change the file, its folder or its descriptor.",
      safe_mode);
  add(tests, "one-symbol", "It exports lotbridge_connector_1 and nothing else.", one_symbol);
  add(tests, "no-unique-symbol", "It has no symbol that other connectors would share.", no_unique);
  if (!offer.loaded) return;
  add(tests, "no-undefined-symbol", "The libraries that it names have all that it uses.",
      no_undefined, true);
  add(tests, "sidecar", "descriptor.json beside it is the one that it was built with.", sidecar);
  add(tests, "quick-scan", "It loads within 100 ms.", quick_scan);
}

}  // namespace lotbridge::connector_tool
