// lotctl deliveries, connectors, parked, alerts: what waits for somebody.
#include <fmt/core.h>

#include <lotbridge/json.hpp>

#include "daemon/ctl/table.hpp"
#include "daemon/ctl/verbs.hpp"

namespace lotbridge::ctl {
namespace {

std::string cell(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_text()) return value.text();
  return std::string(value.raw());
}

std::string shortened(std::string text, std::size_t most) {
  for (char& c : text) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most) + "…";
}

struct Field {
  Column column;
  const char* key;
  std::size_t most = 80;
};

int list(Session& session, const std::string& path, const Query& query,
         const std::vector<Field>& fields, std::string_view nothing,
         void (*note)(const Json& row) = nullptr) {
  std::vector<std::string> rows;
  if (const int code = all_pages(session, path, query, rows); code != kDone) return code;
  if (session.common.json) {
    print_rows_json(rows);
    return kDone;
  }
  std::vector<Column> columns;
  for (const Field& field : fields) columns.push_back(field.column);
  Table table(std::move(columns));
  for (const std::string& text : rows) {
    const Json row = Json::parse(text);
    std::vector<std::string> cells;
    for (const Field& field : fields) cells.push_back(shortened(cell(row[field.key]), field.most));
    table.row(std::move(cells));
  }
  table.print(nothing);
  for (const std::string& text : rows) {
    if (note != nullptr) note(Json::parse(text));
  }
  return kDone;
}

// What does not fit into a row: what happened to a connector, and what to do.
void note_connector(const Json& row) {
  const std::string name = row["name"].text_or("");
  const auto say = [&](const char* what, const Json& text) {
    if (text.is_text() && !text.text_view().empty())
      fmt::print("\n{}: {}{}\n", name, what, text.text());
  };
  if (row["state"].text_or("") != "ready") say("", row["reason"]);
  const Json incident = row["incident"];
  if (incident.is_object()) {
    say("what happened: ", incident["what"]);
    say("what to do: ", incident["advice"]);
  }
  say("the file in its place is not used: ", row["file_refused"]);
  say("the walls around its process are not complete: ", row["walls_missing"]);
}

int command(Session& session, const std::string& path, const std::string& body,
            std::string_view done) {
  const auto reply = session.client.post(path, body);
  if (!reply) return explain_unreachable(session, reply.problem());
  if (!reply->ok()) return explain_problem(session, *reply);
  if (session.common.json) {
    fmt::print("{}\n", reply->body);
  } else {
    fmt::print("{}\n", done);
  }
  return kDone;
}

void add_if(Query& query, const char* key, const std::string& value) {
  if (!value.empty()) query.emplace_back(key, value);
}

}  // namespace

int deliveries(Session& session, const ListOptions& options) {
  if (options.retry != 0) {
    return command(session, fmt::format("/v1/deliveries/{}/retry", options.retry), "{}",
                   "It will be sent again now.");
  }
  Query query;
  add_if(query, "state", options.state);
  return list(session, "/v1/deliveries", query,
              {{{"id", Align::right}, "id"},
               {{"connector"}, "connector"},
               {{"operation"}, "operation"},
               {{"subject"}, "subject", 30},
               {{"state"}, "state"},
               {{"attempts", Align::right}, "attempts"},
               {{"next attempt"}, "next_at"},
               {{"last error"}, "last_error", 60}},
              "Nothing goes out.");
}

int connectors(Session& session) {
  return list(session, "/v1/connectors", {},
              {{{"name"}, "name"},
               {{"type"}, "type"},
               {{"version"}, "version"},
               {{"mode"}, "mode"},
               {{"isolation"}, "isolation"},
               {{"state"}, "state"},
               {{"last success"}, "last_success_at"},
               {{"last error"}, "last_error", 60}},
              "No connectors are configured.", note_connector);
}

int parked(Session& session, const ListOptions& options) {
  if (options.retry != 0) {
    return command(session, fmt::format("/v1/parked/{}/retry", options.retry), "{}",
                   "It was tried again; `lotctl parked` shows whether it is still there.");
  }
  if (options.discard != 0) {
    return command(session, fmt::format("/v1/parked/{}/discard", options.discard), "{}",
                   "It is discarded; what it said stays in the store.");
  }
  Query query;
  add_if(query, "state", options.state);
  return list(session, "/v1/parked", query,
              {{{"id", Align::right}, "id"},
               {{"source"}, "source"},
               {{"kind"}, "kind"},
               {{"where"}, "origin", 40},
               {{"code"}, "code"},
               {{"reason"}, "detail", 90}},
              "Nothing is parked.");
}

int alerts(Session& session, const ListOptions& options) {
  if (options.close != 0) {
    return command(session, fmt::format("/v1/alerts/{}/close", options.close),
                   json_object({{"note", options.note}}).str(), "The alert is closed.");
  }
  if (options.accept != 0) {
    return command(session, fmt::format("/v1/alerts/{}/accept", options.accept), "",
                   "What it proposes is done.");
  }
  Query query;
  add_if(query, "state", options.state);
  add_if(query, "kind", options.kind);
  return list(session, "/v1/alerts", query,
              {{{"id", Align::right}, "id"},
               {{"severity"}, "severity"},
               {{"kind"}, "kind"},
               {{"sku"}, "sku"},
               {{"lot"}, "lot"},
               {{"order"}, "order", 24},
               {{"what"}, "detail", 80}},
              "No alerts are open.");
}

}  // namespace lotbridge::ctl
