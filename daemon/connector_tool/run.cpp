// lotctl connector check, run, replay, record: one operation by hand, and what came of it.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <lotbridge/files.h>
#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "daemon/connector_tool/account.hpp"
#include "daemon/connector_tool/arguments.hpp"
#include "daemon/connector_tool/package.hpp"
#include "daemon/connector_tool/verbs.hpp"
#include "daemon/host/child.hpp"

namespace lotbridge::connector_tool {
namespace {

using testing::Outcome;

constexpr const char* kHowRun =
    "lotctl connector run FILE OPERATION [--config F] [--input JSON] [--cassette F] [--live]\n"
    "    [--in-process] [--wait-debugger]\n"
    "Answers come from the recording, or with --live from the platform. OPERATION is orders.pull, "
    "lots.write, ...";
constexpr const char* kHowCheck = "lotctl connector check FILE --config F";
constexpr const char* kHowReplay = "lotctl connector replay FILE CASSETTE [--in-process]";
constexpr const char* kHowRecord =
    "lotctl connector record FILE OPERATION --config F [--input JSON] [--out CASSETTE] [--twice]\n"
    "Runs it against the platform and keeps what was exchanged, without secrets and people.";

std::string full_name(const std::string& operation) {
  return operation.find('/') == std::string::npos ? operation + "/1" : operation;
}

std::string file_name(std::string operation) {
  operation = operation.substr(0, operation.find('/'));
  for (char& c : operation) c = c == '.' ? '_' : c;
  return operation + ".yaml";
}

// One connector, opened for one operation.
class Hand {
 public:
  Hand(const Arguments& arguments, Account account)
      : file_(std::filesystem::absolute(arguments.words[0]).string()),
        arguments_(arguments),
        account_(std::move(account)),
        replay_(testing::loaded_connector(file_), account_.settings),
        drop_(std::map<std::string, std::string>{}) {
    replay_.extensions[LB_FILES_ID] = drop_.table();
    replay_.secrets = account_.secrets;
    if (!arguments.has("--in-process")) elsewhere();
  }

  testing::Replay& replay() { return replay_; }
  testing::MemoryFiles& drop() { return drop_; }
  const std::string& settings() const { return account_.settings; }
  Line* line() { return line_.get(); }

  Refused go_live() {
    const lb_bytes text = replay_.connector().descriptor_json;
    auto line = Line::open(std::string(text.data, text.len), account_);
    if (!line.ok()) return line.problem();
    line_ = std::move(*line);
    replay_.now = line_->now();
    replay_.on_http = [this](const HttpRequest& request) {
      auto answered = line_->send(request);
      if (std::holds_alternative<lb_status>(answered))
        std::fprintf(stderr, "%s %s: %s\n", request.method.c_str(), request.url.c_str(),
                     line_->reason().c_str());
      return answered;
    };
    return std::nullopt;
  }

 private:
  void elsewhere() {
    host::ChildStart start;
    start.file = file_;
    start.connector = account_.name;
    start.wait_debugger = arguments_.has("--wait-debugger");
    if (start.wait_debugger)
      std::fprintf(stderr, "the connector's process waits: gdb -p its number, then `continue`\n");
    auto child = host::Child::start(start);
    if (!child.ok()) throw std::runtime_error(child.problem().detail);
    child_ = std::move(*child);
    replay_.elsewhere = [this](const std::string& operation, const std::string& input,
                               detail::HostCall& call) {
      const auto* files = static_cast<const lb_files*>(drop_.table());
      if (operation.empty()) return child_->open(input, files, call);
      host::Child::Operation what;
      what.name = operation;
      what.input_json = input;
      return child_->run(what, call);
    };
  }

  const std::string file_;
  const Arguments& arguments_;
  const Account account_;
  testing::Replay replay_;
  testing::MemoryFiles drop_;
  std::unique_ptr<Line> line_;
  std::unique_ptr<host::Child> child_;
};

std::string input_for(const std::string& operation, const Arguments& arguments) {
  if (const std::string given = arguments.value("--input"); !given.empty()) return given;
  if (operation.find(".pull/") != std::string::npos) return R"({"cursor":null,"start_at":null})";
  return "{}";
}

int shown(const Outcome& run) {
  std::printf("%s", run.text().c_str());
  for (const std::string& promise : run.broken)
    std::printf("broken promise: %s\n", promise.c_str());
  return run.status == LB_OK ? kDone : kRefused;
}

int run_live(const Words& words, const char* how, const std::string& operation) {
  const auto arguments = read_arguments(words, {{"--config", "--input", "--cassette"},
                                                {"--live", "--in-process", "--wait-debugger"},
                                                operation.empty() ? std::size_t{2} : 1,
                                                operation.empty() ? std::size_t{2} : 1});
  if (!arguments.ok()) return wrong_usage(arguments.problem().detail, how);
  const auto account = read_account(arguments->value("--config"));
  if (!account.ok()) return refused(account.problem().detail);
  const std::string name = full_name(operation.empty() ? arguments->words[1] : operation);
  const bool live = arguments->has("--live") || !operation.empty();
  const std::string tape = arguments->value("--cassette");
  if (live == !tape.empty() && !live)
    return wrong_usage("either --live or --cassette says who answers", how);
  Hand hand(*arguments, *account);
  if (live) {
    if (auto bad = hand.go_live()) return refused(bad->detail);
  } else {
    hand.replay().play(tape);
  }
  return shown(hand.replay().run(name, input_for(name, *arguments)));
}

}  // namespace

int run_operation(const Words& words) { return run_live(words, kHowRun, ""); }
int check(const Words& words) { return run_live(words, kHowCheck, "account.check"); }

int replay(const Words& words) {
  const auto arguments = read_arguments(words, {{}, {"--in-process"}, 2, 2});
  if (!arguments.ok()) return wrong_usage(arguments.problem().detail, kHowReplay);
  auto tape = Cassette::load(arguments->words[1]);
  if (!tape.ok()) return refused(tape.problem().detail);
  const std::string stem = std::filesystem::path(arguments->words[1]).stem().string();
  const std::string name = tape->operation.empty() ? operation_of_name(stem) : tape->operation;
  Account account;
  account.name = stem;
  if (!tape->settings.empty()) account.settings = tape->settings;
  Hand hand(*arguments, account);
  hand.drop().inbound = tape->files;
  if (const auto now = Timestamp::parse(tape->now)) hand.replay().now = *now;
  const std::string input = tape->input.empty() ? input_for(name, *arguments) : tape->input;
  hand.replay().play(std::move(*tape));
  const int status = shown(hand.replay().run(name, input));
  const std::string left = hand.replay().unplayed();
  if (!left.empty()) std::printf("recorded, but not asked for:\n%s", left.c_str());
  return left.empty() ? status : kRefused;
}

int record(const Words& words) {
  const auto arguments =
      read_arguments(words, {{"--config", "--input", "--out"}, {"--in-process", "--twice"}, 2, 2});
  if (!arguments.ok()) return wrong_usage(arguments.problem().detail, kHowRecord);
  const auto account = read_account(arguments->value("--config"));
  if (!account.ok()) return refused(account.problem().detail);
  Hand hand(*arguments, *account);
  if (auto bad = hand.go_live()) return refused(bad->detail);
  Cassette tape;
  tape.operation = full_name(arguments->words[1]);
  tape.settings = hand.settings();
  tape.input = input_for(tape.operation, *arguments);
  tape.now = hand.replay().now.text();
  bool second = false;
  hand.line()->record([&](Exchange exchange) {
    (second ? tape.again : tape.exchanges).push_back(redacted(std::move(exchange)));
  });
  Outcome run = hand.replay().run(tape.operation, tape.input);
  if (arguments->has("--twice") && run.status == LB_OK) {
    second = true;
    run = hand.replay().run(tape.operation, tape.input);
  }
  if (run.status != LB_OK) tape.ends = status_name(run.status);
  const std::string out = arguments->value("--out", "cassettes/" + file_name(tape.operation));
  std::error_code error;
  if (const auto folder = std::filesystem::path(out).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder, error);
  std::ofstream(out, std::ios::binary) << tape.write();
  std::fprintf(stderr, "%zu exchanges kept in %s; read them before you share them\n",
               tape.exchanges.size() + tape.again.size(), out.c_str());
  return shown(run);
}

}  // namespace lotbridge::connector_tool
