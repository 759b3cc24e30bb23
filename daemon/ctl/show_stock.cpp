// lotctl stock, lot, trace: where units are, and who got them.
#include <fmt/core.h>

#include <lotbridge/json.hpp>

#include "daemon/ctl/table.hpp"
#include "daemon/ctl/verbs.hpp"

namespace lotbridge::ctl {
namespace {

std::string number(const Json& value) { return value.is_null() ? "" : value.decimal(); }
std::string word(const Json& value) { return value.is_null() ? "" : value.text(); }

void add_if(Query& query, const char* key, const std::string& value) {
  if (!value.empty()) query.emplace_back(key, value);
}

// "2 x GYP-260516-B01-MA" parts of a trace, one line each.
void print_part(const Json& trace, const char* key, const char* title) {
  const auto rows = trace[key].items_or_none();
  if (rows.empty()) return;
  fmt::print("{} {}\n", bold("├─"), bold(title));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Json& row = rows[i];
    std::string line;
    for (const char* field : {"order", "number", "dispatch", "receipt", "document", "supplier",
                              "warehouse", "location", "status", "sku", "lot", "transformation",
                              "channel", "evidence", "carrier", "tracking_number", "at"}) {
      const Json value = row[field];
      if (!value.is_text()) continue;
      if (!line.empty()) line += "  ";
      line += value.text();
    }
    fmt::print("│  {} {:>8}  {}\n", i + 1 == rows.size() ? "└" : "├", number(row["quantity"]),
               line);
  }
}

}  // namespace

int stock(Session& session, const StockOptions& options) {
  Query query;
  add_if(query, "sku", options.sku);
  add_if(query, "warehouse", options.warehouse);
  add_if(query, "lot", options.lot);
  add_if(query, "status", options.status);
  std::vector<std::string> rows;
  if (const int code = all_pages(session, "/v1/stock", query, rows); code != kDone) return code;
  if (session.common.json) {
    print_rows_json(rows);
    return kDone;
  }
  Table table({{"sku"},
               {"lot"},
               {"warehouse"},
               {"location"},
               {"status"},
               {"on hand", Align::right},
               {"reserved", Align::right},
               {"picked", Align::right},
               {"available", Align::right}});
  for (const std::string& text : rows) {
    const Json row = Json::parse(text);
    table.row({word(row["sku"]), word(row["lot"]), word(row["warehouse"]), word(row["location"]),
               word(row["status"]), number(row["on_hand"]), number(row["reserved"]),
               number(row["picked"]), number(row["available"])});
  }
  table.print("No stock matches.");
  return kDone;
}

namespace {

int label(Session& session, const LotOptions& options) {
  Query query;
  add_if(query, "owner", session.common.owner);
  const auto reply = session.client.get(
      "/v1/lots/" + Client::part(options.sku) + "/" + Client::part(options.lot) + "/gs1", query);
  if (!reply) return explain_unreachable(session, reply.problem());
  if (!reply->ok()) return explain_problem(session, *reply);
  if (session.common.json) {
    fmt::print("{}\n", reply->body);
    return kDone;
  }
  const Json shown = Json::parse(reply->body);
  fmt::print("{}\n{}\n", word(shown["bracketed"]), word(shown["digital_link"]));
  return kDone;
}

}  // namespace

int transfer(Session& session, const TransferOptions& options) {
  Query query;
  add_if(query, "owner", session.common.owner);
  add_if(query, "source", options.source);
  const std::string path = "/v1/transfers/" + Client::part(options.id);
  if (!options.close.empty()) {
    std::string closing = path + "/close";
    char between = '?';
    for (const auto& [name, value] : query) {
      closing += between + name + "=" + Client::part(value);
      between = '&';
    }
    const auto closed =
        session.client.post(closing, json_object({{"reason", options.close}}).str());
    if (!closed) return explain_unreachable(session, closed.problem());
    if (!closed->ok()) return explain_problem(session, *closed);
  }
  const auto reply = session.client.get(path, query);
  if (!reply) return explain_unreachable(session, reply.problem());
  if (!reply->ok()) return explain_problem(session, *reply);
  if (session.common.json) {
    fmt::print("{}\n", reply->body);
    return kDone;
  }
  const Json shown = Json::parse(reply->body);
  fmt::print("{}  {}\n", bold(options.id), word(shown["progress"]["status"]));
  for (const Json& row : shown["progress"]["lots"].items_or_none()) {
    fmt::print("  {} {} to {}: sent {}, arrived {}, lost {}, on its way {}\n", word(row["sku"]),
               word(row["lot"]), word(row["warehouse"]), word(row["sent"]), word(row["arrived"]),
               word(row["lost"]), word(row["in_transit"]));
  }
  return kDone;
}

int lot(Session& session, const LotOptions& options) {
  if (options.label) return label(session, options);
  Query query;
  add_if(query, "owner", session.common.owner);
  const auto reply = session.client.get(
      "/v1/lots/" + Client::part(options.sku) + "/" + Client::part(options.lot), query);
  if (!reply) return explain_unreachable(session, reply.problem());
  if (!reply->ok()) return explain_problem(session, *reply);
  if (session.common.json) {
    fmt::print("{}\n", reply->body);
    return kDone;
  }
  const Json lot = Json::parse(reply->body);
  fmt::print("{}  {}\n", bold(word(lot["sku"])), bold(word(lot["lot"])));
  for (const char* field : {"expires_on", "date_kind", "produced_on", "sell_by", "removal_on",
                            "batch", "supplier_lot", "first_received_on"}) {
    if (lot[field].is_text()) fmt::print("  {:<18} {}\n", field, lot[field].text());
  }
  for (const Json& alias : lot["aliases"].items_or_none())
    fmt::print("  {:<18} {}\n", "also known as", alias.text());
  if (lot["cost"].is_object()) {  // absent where nobody told it
    for (const auto& [name, value] : lot["cost"].members())
      fmt::print("  {:<18} {} {}\n", name, word(value["amount"]), word(value["currency"]));
  }
  for (const Json& state : lot["state"].items_or_none()) fmt::print("  {}\n", red(state.text()));
  for (const Json& block : lot["blocks"].items_or_none()) {
    fmt::print("  {}\n",
               red(fmt::format("blocked: {} {} {}", word(block["reason"]),
                               block["code"].text_or(""), block["warehouse"].text_or(""))));
  }
  for (const Json& change : lot["history"].items_or_none()) {
    const std::string evidence = change["evidence"].text_or("");
    fmt::print("  {}  {}: {} -> {} ({}{}{})\n", word(change["at"]), word(change["field"]),
               change["old"].text_or("none"), change["new"].text_or("none"), word(change["by"]),
               evidence.empty() ? "" : ": ", evidence);
  }
  StockOptions balances;
  balances.sku = options.sku;
  balances.lot = options.lot;
  return stock(session, balances);
}

int trace(Session& session, const TraceOptions& options) {
  Query query{{"sku", options.sku}, {"lot", options.lot}, {"direction", options.direction}};
  add_if(query, "as_of", options.as_of);
  add_if(query, "owner", session.common.owner);
  const auto reply = session.client.get("/v1/trace", query);
  if (!reply) return explain_unreachable(session, reply.problem());
  if (!reply->ok()) return explain_problem(session, *reply);
  if (session.common.json) {
    fmt::print("{}\n", reply->body);
    return kDone;
  }
  const Json trace = Json::parse(reply->body);
  fmt::print("{} {}\n", bold(word(trace["sku"])), bold(word(trace["lot"])));
  print_part(trace, "received", "received");
  print_part(trace, "produced_from", "made from");
  print_part(trace, "dispatched", "dispatched");
  print_part(trace, "returned", "returned");
  print_part(trace, "produced_into", "went into");
  print_part(trace, "adjusted", "adjusted");
  print_part(trace, "on_hand", "on hand");
  print_part(trace, "in_transit", "in transit");
  print_part(trace, "unreconciled", "dispatched before any receipt");
  print_part(trace, "possible", "may have it although another lot is stamped");
  std::string sums;
  for (const auto& [name, value] : trace["balance"].members()) {
    if (!value.is_null() && value.decimal() != "0")
      sums += fmt::format(" {} {} ", name, value.decimal());
  }
  fmt::print("{} balance: {}\n", bold("└─"), sums);
  return kDone;
}

}  // namespace lotbridge::ctl
