// lotctl order, picklist: what was promised to whom, and where a picker finds it.
#include <fmt/core.h>

#include <lotbridge/json.hpp>

#include "daemon/ctl/table.hpp"
#include "daemon/ctl/verbs.hpp"

namespace lotbridge::ctl {
namespace {

std::string number(const Json& value) { return value.is_null() ? "" : value.decimal(); }

// GET answers {"order": {...}} like the POST does.
Json order_of(const Json& answer) { return answer["order"].is_object() ? answer["order"] : answer; }

int fetch(Session& session, const std::string& id, const std::string& source, Reply& out) {
  Query query;
  if (!session.common.owner.empty()) query.emplace_back("owner", session.common.owner);
  if (!source.empty()) query.emplace_back("source", source);
  auto reply = session.client.get("/v1/orders/" + Client::part(id), query);
  if (!reply) return explain_unreachable(session, reply.problem());
  if (!reply->ok()) return explain_problem(session, *reply);
  out = std::move(*reply);
  return kDone;
}

void print_excluded(const Json& line) {
  for (const Json& excluded : line["excluded"].items_or_none()) {
    fmt::print("      not {} at {}: {} ({})\n", excluded["lot"].text_or("(no lot)"),
               excluded["warehouse"].text_or(""), excluded["reason"].text_or(""),
               number(excluded["quantity"]));
  }
}

struct PickRow {
  std::string order, line, sku, lot, expires_on, warehouse, location, quantity;
};

void add_picks(const Json& order, const std::string& warehouse, std::vector<PickRow>& rows) {
  for (const Json& line : order["lines"].items_or_none()) {
    for (const Json& allocation : line["allocations"].items_or_none()) {
      if (!warehouse.empty() && allocation["warehouse"].text_or("") != warehouse) continue;
      rows.push_back({order["number"].text_or(order["id"].text_or("")), line["line"].text_or(""),
                      allocation["sku"].text_or(""), allocation["lot"].text_or(""),
                      allocation["expires_on"].text_or(""), allocation["warehouse"].text_or(""),
                      allocation["location"].text_or(""), number(allocation["quantity"])});
    }
  }
}

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

// One page to print: a box to tick beside each line, the lot large enough to compare with the
// label.
void print_html(const std::vector<PickRow>& rows) {
  fmt::print(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Pick list</title><style>"
      "body{{font:14px sans-serif}}table{{border-collapse:collapse;width:100%}}"
      "td,th{{border:1px solid #888;padding:6px;text-align:left}}td.lot{{font:bold 18px monospace}}"
      "td.tick{{width:2em}}tr{{page-break-inside:avoid}}</style><h1>Pick list</h1><table>"
      "<tr><th></th><th>Order</th><th>Location</th><th>Quantity</th><th>SKU</th><th>Lot</th>"
      "<th>Expires</th></tr>\n");
  for (const PickRow& row : rows) {
    fmt::print(
        "<tr><td class=\"tick\"></td><td>{} / {}</td><td>{} {}</td><td>{}</td><td>{}</td>"
        "<td class=\"lot\">{}</td><td>{}</td></tr>\n",
        html_escaped(row.order), html_escaped(row.line), html_escaped(row.warehouse),
        html_escaped(row.location), row.quantity, html_escaped(row.sku), html_escaped(row.lot),
        row.expires_on);
  }
  fmt::print("</table></html>\n");
}

// The orders to pick: those named, else every open one with allocations.
int orders_to_pick(Session& session, const PicklistOptions& options, std::vector<Reply>& replies) {
  std::vector<std::pair<std::string, std::string>> names;  // id, source
  for (const std::string& id : options.orders) names.emplace_back(id, "");
  if (names.empty()) {
    for (const char* status : {"allocated", "partial", "picked", "partially_dispatched"}) {
      std::vector<std::string> rows;
      if (const int code = all_pages(session, "/v1/orders", {{"status", status}}, rows);
          code != kDone) {
        return code;
      }
      for (const std::string& row : rows) names.emplace_back(Json::parse(row)["uid"].text(), "");
    }
  }
  Progress progress("reading orders", names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    Reply reply;
    if (const int code = fetch(session, names[i].first, names[i].second, reply); code != kDone) {
      return code;
    }
    replies.push_back(std::move(reply));
    progress.at(i + 1);
  }
  return kDone;
}

}  // namespace

int order(Session& session, const OrderOptions& options) {
  Reply reply;
  if (const int code = fetch(session, options.id, options.source, reply); code != kDone)
    return code;
  if (session.common.json) {
    fmt::print("{}\n", reply.body);
    return kDone;
  }
  const Json order = order_of(Json::parse(reply.body));
  fmt::print("{}  {}  {}\n\n", bold(order["number"].text_or(order["id"].text_or(""))),
             order["status"].text_or(""), order["uid"].text_or(""));
  Table table({{"line"},
               {"sku"},
               {"ordered", Align::right},
               {"allocated", Align::right},
               {"picked", Align::right},
               {"dispatched", Align::right},
               {"short", Align::right},
               {"why short"},
               {"lots"}});
  for (const Json& line : order["lines"].items_or_none()) {
    std::string lots;
    for (const Json& allocation : line["allocations"].items_or_none()) {
      lots +=
          fmt::format("{}{} x {} ({})", lots.empty() ? "" : ", ", number(allocation["quantity"]),
                      allocation["lot"].text_or(""), allocation["expires_on"].text_or("no date"));
    }
    table.row({line["line"].text_or(""), line["sku"].text_or(""), number(line["quantity"]),
               number(line["allocated"]), number(line["picked"]), number(line["dispatched"]),
               number(line["shortage"]), line["shortage_reason"].text_or(""), lots});
  }
  table.print("The order has no lines.");
  if (options.explain) {
    for (const Json& line : order["lines"].items_or_none()) {
      fmt::print("\nline {}:\n", line["line"].text_or(""));
      print_excluded(line);
    }
  }
  return kDone;
}

int picklist(Session& session, const PicklistOptions& options) {
  std::vector<Reply> replies;
  if (const int code = orders_to_pick(session, options, replies); code != kDone) return code;
  std::vector<PickRow> rows;
  for (const Reply& reply : replies)
    add_picks(order_of(Json::parse(reply.body)), options.warehouse, rows);
  if (options.format == "html") {
    print_html(rows);
    return kDone;
  }
  Table table({{"order"},
               {"line"},
               {"warehouse"},
               {"location"},
               {"quantity", Align::right},
               {"sku"},
               {"lot"},
               {"expires_on"}});
  std::vector<JsonText> json;
  for (const PickRow& row : rows) {
    table.row({row.order, row.line, row.warehouse, row.location, row.quantity, row.sku, row.lot,
               row.expires_on});
    json.push_back(json_object({{"order", row.order},
                                {"line", row.line},
                                {"warehouse", row.warehouse},
                                {"location", row.location},
                                {"quantity", JsonText::raw(row.quantity)},
                                {"sku", row.sku},
                                {"lot", row.lot},
                                {"expires_on", row.expires_on}}));
  }
  if (session.common.json) {
    fmt::print("{}\n", json_object({{"data", json_array(json)}}).str());
  } else if (options.format == "csv") {
    fmt::print("{}", table.csv());
  } else {
    table.print("Nothing is waiting to be picked.");
  }
  return kDone;
}

}  // namespace lotbridge::ctl
