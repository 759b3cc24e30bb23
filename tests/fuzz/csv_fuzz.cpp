// Any bytes as a warehouse's file: nothing crashes, the same bytes give the same records, and every
// document that comes out is one that the daemon reads.
#include <cstdint>
#include <cstdlib>
#include <lotbridge/csv.hpp>
#include <lotbridge/records.hpp>
#include <string>
#include <string_view>

#include "connectors/warehouse-files/report.hpp"
#include "connectors/warehouse-files/translate.hpp"

namespace {

using namespace lotbridge;
using namespace lotbridge::warehouse_files;

void must(bool holds) {
  if (!holds) std::abort();
}

void read_all(std::string_view text, char delimiter) {
  CsvReader reader(text, {.delimiter = delimiter});
  std::size_t line = 0;
  const char* end = text.data();
  for (CsvRow row;;) {
    const auto more = reader.next(row);
    if (more && !*more) return;
    must(row.line > line);
    line = row.line;
    must(row.raw.data() >= end && row.raw.data() + row.raw.size() <= text.data() + text.size());
    end = row.raw.data() + row.raw.size();
  }
}

const Settings& settings(unsigned which) {
  static const Settings plain(Json::parse("{}"));
  static const Settings declared(
      Json::parse(R"({"date_format": "DD/MM/YYYY", "decimal": ",", "encoding": "windows-1252",
      "owner_column": "c", "customers": ["A", "B"], "defaults": {"warehouse": "M"}, "ignore_rows": ["T"]})"));
  return which == 0 ? plain : declared;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  read_all(bytes, ",;\t|"[choice >> 3 & 3]);
  const Settings& how = settings(choice >> 2 & 1);
  const Feed& feed = how.feed(kKinds[choice & 3]);
  const auto run = [&] {
    return translate(bytes, "f.csv", "0123456789abcdef", how, feed, Timestamp{});
  };
  const Translation one = run();
  const Translation two = run();
  must(one.outputs.size() == two.outputs.size());
  std::size_t line = 0;
  for (std::size_t i = 0; i < one.outputs.size(); ++i) {
    must(i == 0 || one.outputs[i].line > line);
    line = one.outputs[i].line;
    const auto* document = std::get_if<Document>(&one.outputs[i].record);
    if (document == nullptr) continue;
    must(*document == std::get<Document>(two.outputs[i].record));
    must(read_document(document->type(), write_document(*document)).ok());
  }
  must(!report_json({"f.csv", "0"}, feed, one, Timestamp{}).empty());
  return 0;
}
