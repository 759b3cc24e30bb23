// GET /v1/recalls and one of them.
#include <chrono>

#include "daemon/api/recall_report.hpp"
#include "daemon/store/encoding.hpp"

namespace lotbridge::api {
namespace {

void write_recall_row(JsonWriter& json, Reading& reading, const store::RecallRow& row) {
  json.open('{');
  put(json, "uid", store::uid_text(DocumentType::recall, row.document));
  put(json, "owner", reading.reader.owner(row.owner));
  put(json, "id", row.id);
  put_maybe(json, "version", row.version);
  put(json, "status", row.closed ? "closed" : "open");
  json.key("drill");
  json.raw(row.drill ? "true" : "false");
  put_moment(json, "started_at", row.started_at);
  put_moment(json, "closed_at", row.closed_at);
  json.close('}');
}

Response list_all_recalls(Reading& reading) {
  return list_response(
      reading, "recalls",
      [&](core::OwnerId owner, const std::vector<std::string>& after, std::size_t limit) {
        return store::list_recalls(reading.reader, owner, key_number(after, 0), limit);
      },
      [](const store::RecallRow& row) {
        return std::vector<std::string>{std::to_string(row.document)};
      },
      [&](JsonWriter& json, const store::RecallRow& row) {
        write_recall_row(json, reading, row);
        return true;
      });
}

// The report with how long the first one took, which is measured once.
std::string with_elapsed(std::string report, std::int64_t elapsed_us) {
  const std::int64_t tenths = (elapsed_us + 99) / 100;
  report.pop_back();
  return report + ",\"elapsed_ms\":" + std::to_string(tenths / 10) + "." +
         std::to_string(tenths % 10) + "}";
}

std::vector<store::RecallRow> named_recalls(Reading& reading, const std::string& id) {
  std::vector<store::RecallRow> found;
  const auto uid = store::parse_uid(id);
  const bool by_uid = uid && uid->type == DocumentType::recall;
  for (const core::OwnerId owner : reading.sight.owners) {
    for (auto& row : store::find_recalls(reading.reader, owner, by_uid ? std::string() : id,
                                         by_uid ? uid->row : 0)) {
      found.push_back(std::move(row));
    }
  }
  return found;
}

Response one_recall(Reading& reading) {
  const std::string& id = reading.request.path[2];
  auto found = named_recalls(reading, id);
  if (found.empty()) return not_found("recall");
  const store::RecallRow& first = found.front();
  const bool one = found.size() == 1;  // what several owners share is put together anew each time
  if (one && first.drill && !first.report.empty())
    return json_response(with_elapsed(first.report, first.elapsed_us.value_or(0)));
  const auto began = std::chrono::steady_clock::now();
  const std::int64_t document = first.document;
  const bool drill = first.drill;
  const auto known = first.elapsed_us;
  std::string report = RecallReport(reading, std::move(found)).json();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
                        std::chrono::steady_clock::now() - began)
                        .count();
  if (!known && one)
    reading.engine.keep_recall_report(document, drill ? report : std::string(), took);
  return json_response(with_elapsed(std::move(report), known.value_or(took)));
}

}  // namespace

std::vector<ReadRoute> recall_reads() {
  return {{"/v1/recalls",
           list_all_recalls,
           {},
           Scope::read,
           {"owner", "id", "version", "status", "drill", "started_at", "closed_at"}},
          {"/v1/recalls/{}", one_recall, {}}};
}

}  // namespace lotbridge::api
