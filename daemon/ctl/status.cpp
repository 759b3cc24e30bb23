// lotctl status, verify, rebuild-check, backup, restore --check: is all well?
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lotbridge/json.hpp>

#include "daemon/ctl/table.hpp"
#include "daemon/ctl/verbs.hpp"

namespace lotbridge::ctl {
namespace {

// A row count without reading all rows: "3", or "500+".
std::string count(Session& session, const std::string& path, Query query) {
  query.emplace_back("limit", "500");
  const auto reply = session.client.get(path, query);
  if (!reply || !reply->ok()) return "?";
  const Json page = Json::parse(reply->body);
  return fmt::format("{}{}", page["data"].items().size(), page["next_cursor"].is_null() ? "" : "+");
}

int report(Session& session, const char* path, const char* meanwhile, std::string_view good) {
  const auto reply = [&] {
    const Waiting waiting(meanwhile);
    return session.client.post(path, "{}");
  }();
  if (!reply) return explain_unreachable(session, reply.problem());
  if (!reply->ok()) return explain_problem(session, *reply);
  const Json answer = Json::parse(reply->body);
  const auto findings = answer["findings"].items_or_none();
  if (session.common.json) {
    fmt::print("{}\n", reply->body);
  } else if (findings.empty()) {
    fmt::print("{}\n", good);
    for (const auto& [name, value] : answer.members()) {
      if (value.is_number() || value.is_text()) fmt::print("  {:<20} {}\n", name, value.raw());
    }
    for (const auto& [name, value] : answer["checked"].members())
      fmt::print("  {:<12} {}\n", name, value.raw());
  } else {
    for (const Json& finding : findings) {
      fmt::print(stderr, "{} {}: {}\n",
                 red(fmt::format("invariant {}", finding["invariant"].integer())),
                 finding["code"].text(), finding["detail"].text());
    }
  }
  if (!session.common.json) {
    for (const Json& digest : answer["digests"].items_or_none()) {
      const bool equal = digest["ledger"].text() == digest["balances"].text();
      fmt::print("  {}: ledger {}\n  {}: balances {}{}\n", digest["owner"].text(),
                 digest["ledger"].text(), digest["owner"].text(), digest["balances"].text(),
                 equal ? "" : red("  differs"));
    }
  }
  return findings.empty() ? kDone : kRefused;
}

}  // namespace

int status(Session& session) {
  const auto health = session.client.get("/healthz");
  if (!health) return explain_unreachable(session, health.problem());
  const auto ready = session.client.get("/readyz");
  const std::string open_alerts = count(session, "/v1/alerts", {{"state", "open"}});
  const std::string pending = count(session, "/v1/deliveries", {{"state", "pending"}});
  const std::string dead = count(session, "/v1/deliveries", {{"state", "dead"}});
  const std::string parked = count(session, "/v1/parked", {{"state", "open"}});
  if (session.common.json) {
    fmt::print("{}\n", json_object({{"health", JsonText::raw(health->body)},
                                    {"ready", ready && ready->ok()},
                                    {"alerts_open", open_alerts},
                                    {"deliveries_pending", pending},
                                    {"deliveries_dead", dead},
                                    {"parked", parked}})
                           .str());
    return kDone;
  }
  const Json body = Json::parse(health->body);
  fmt::print("{} at {}: {}{}\n", bold("lotbridged"), session.client.url(),
             body["status"].text_or(health->ok() ? "ok" : "not well"),
             ready && ready->ok() ? "" : ", not ready");
  if (const Json clock = body["test_clock"]; clock.is_text()) {
    fmt::print("{}\n", red("test clock: it is " + clock.text() + " here"));
  }
  fmt::print("alerts open {}   deliveries pending {}, dead {}   parked {}\n\n", open_alerts,
             pending, dead, parked);
  return connectors(session);
}

int verify(Session& session) {
  return report(session, "/v1/verify", "checking the books", "The books are sound.");
}
int rebuild_check(Session& session) {
  return report(session, "/v1/rebuild-check", "folding the ledger",
                "The balances are what the ledger says.");
}

int backup(Session& session, const std::string& target) {
  const auto reply = session.client.post("/v1/backups", json_object({{"name", target}}).str());
  if (!reply) return explain_unreachable(session, reply.problem());
  if (!reply->ok()) return explain_problem(session, *reply);
  if (session.common.json) {
    fmt::print("{}\n", reply->body);
    return kDone;
  }
  const Json answer = Json::parse(reply->body);
  fmt::print("The backup is {}\nnext: lotctl restore --check {}\n", answer["file"].text_or(""),
             answer["file"].text_or("FILE"));
  return kDone;
}

int restore_check(const std::string& program_folder, const std::string& file, bool json) {
  const std::string program = program_folder + "/lotbridged";
  const pid_t child = fork();
  if (child == 0) {
    execl(program.c_str(), program.c_str(), "--restore-check", file.c_str(),
          json ? "--json" : static_cast<char*>(nullptr), static_cast<char*>(nullptr));
    _exit(127);
  }
  int state = 0;
  if (child < 0 || waitpid(child, &state, 0) != child || !WIFEXITED(state) ||
      WEXITSTATUS(state) == 127) {
    fmt::print(stderr, "could not run {}\nnext: lotctl and lotbridged belong in one folder\n",
               program);
    return kUsage;
  }
  return WEXITSTATUS(state);
}

}  // namespace lotbridge::ctl
