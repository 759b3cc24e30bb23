#include <fmt/core.h>

#include <cstdio>

#include <lotbridge/json.hpp>

#include "daemon/ctl/verbs.hpp"

namespace lotbridge::ctl {
namespace {

// What a person can do about it, where the code alone tells.
std::string_view next_step(std::string_view code) {
  struct Step {
    std::string_view code, step;
  };
  static constexpr Step kSteps[] = {
      {"unauthorized", "set LOTBRIDGE_TOKEN, or name a file with the token by --token-file"},
      {"missing_scope", "use a token that has this scope (tokens: in lotbridge.yaml)"},
      {"not_found", "check the name; --owner picks one of several owners"},
      {"id_conflict", "give the changed document a new id, or name the source as well"},
      {"unavailable", "nothing was changed; look at `lotctl status` and try again"},
      {"rate_limited", "nothing was changed; try again in a moment"},
      {"not_allocated_lot", "`lotctl order ID` shows the lots that were allocated"},
      {"override_not_allowed", "use a token with the scope `override`"}};
  for (const Step& step : kSteps) {
    if (step.code == code) return step.step;
  }
  return {};
}

}  // namespace

int explain_problem(const Session& session, const Reply& reply) {
  if (session.common.json) {
    fmt::print("{}\n", reply.body);
    return kRefused;
  }
  try {
    const Json problem = Json::parse(reply.body);
    const std::string code = problem["code"].text_or("");
    fmt::print(stderr, "refused ({} {}): {}\n", reply.status, code,
               problem["detail"].text_or(problem["title"].text_or("no reason was given")));
    for (const Json& error : problem["errors"].items_or_none()) {
      fmt::print(stderr, "  at {}: {}\n", error["pointer"].text_or(""),
                 error["detail"].text_or(""));
    }
    if (const auto step = next_step(code); !step.empty()) fmt::print(stderr, "next: {}\n", step);
  } catch (const std::exception&) {
    fmt::print(stderr, "refused ({}): {}\n", reply.status, reply.body.substr(0, 500));
  }
  return kRefused;
}

int explain_unreachable(const Session& session, const Problem& problem) {
  fmt::print(stderr, "no answer from {}: {}\n", session.client.url(), problem.detail);
  fmt::print(stderr, "next: is lotbridged running? --url or LOTBRIDGE_URL says where\n");
  return kUnreachable;
}

int all_pages(Session& session, const std::string& path, Query query,
              std::vector<std::string>& rows_json) {
  query.emplace_back("limit", "500");
  if (!session.common.owner.empty()) query.emplace_back("owner", session.common.owner);
  const std::size_t fixed = query.size();
  for (;;) {
    const auto reply = session.client.get(path, query);
    if (!reply) return explain_unreachable(session, reply.problem());
    if (!reply->ok()) return explain_problem(session, *reply);
    const Json page = Json::parse(reply->body);
    for (const Json& row : page["data"].items()) rows_json.emplace_back(row.raw());
    const std::string next = page["next_cursor"].text_or("");
    if (next.empty()) return kDone;
    query.resize(fixed);
    query.emplace_back("cursor", next);
  }
}

void print_rows_json(const std::vector<std::string>& rows_json) {
  fmt::print("{{\"data\":[");
  for (std::size_t i = 0; i < rows_json.size(); ++i) {
    fmt::print("{}{}", i == 0 ? "" : ",\n", rows_json[i]);
  }
  fmt::print("],\"next_cursor\":null}}\n");
}

}  // namespace lotbridge::ctl
