// Any bytes as lotbridge.yaml: nothing crashes, the same bytes give the same answer, and what is
// not a configuration says why, by file.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/app/config.hpp"

namespace {

using namespace lotbridge;

void must(bool holds) {
  if (!holds) std::abort();
}

// No connector is asked: only the text is judged here.
app::Catalog nobody() {
  app::Catalog catalog;
  catalog.inspect = [](const std::vector<std::string>&, const std::string&) {
    return Result<host::Inspection>(host::Inspection{});
  };
  catalog.check = [](const host::Inspection&, const host::ConnectorConfig&) {
    return std::vector<FieldError>{};
  };
  return catalog;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const app::ConfigReading reading = app::read_config_text(text, "fuzz/lotbridge.yaml", nobody());
  must(reading.config.has_value() == reading.errors.empty());
  for (const std::string& error : reading.errors) must(error.starts_with("fuzz/lotbridge.yaml"));
  const app::ConfigReading again = app::read_config_text(text, "fuzz/lotbridge.yaml", nobody());
  must(again.errors == reading.errors && again.warnings == reading.warnings);
  return 0;
}
