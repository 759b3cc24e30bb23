#include "daemon/connector_tool/report.hpp"

#include <cstdio>

#include <lotbridge/json.hpp>

namespace lotbridge::connector_tool {
namespace {

const char* word_of(Verdict::Kind kind) {
  return kind == Verdict::Kind::passed   ? "passed"
         : kind == Verdict::Kind::failed ? "failed"
                                         : "skipped";
}

std::string in_xml(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return out;
}

// What connectors say may be no UTF-8; what we print is.
std::string in_ascii(const std::string& text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x80 ? c : '?';
  return out;
}

std::string group_of(const std::string& id) { return id.substr(0, id.find('/')); }

}  // namespace

std::string Report::repeat(const Done& done) const {
  return style_.command + " --include '^" + done.test->id + "$' --seed " +
         std::to_string(done.seed);
}

void Report::tell(const Done& done) {
  all_.push_back(done);
  using Kind = Verdict::Kind;
  ++(done.verdict.kind == Kind::passed   ? passed_
     : done.verdict.kind == Kind::failed ? failed_
                                         : skipped_);
  if (style_.json || (style_.only_failed && done.verdict.kind != Kind::failed)) return;
  const std::string group = group_of(done.test->id);
  if (group != group_) std::printf("%s%s\n", group_.empty() ? "" : "\n", group.c_str());
  group_ = group;
  const char* colour = !style_.colour                      ? ""
                       : done.verdict.kind == Kind::failed ? "\033[31m"
                       : done.verdict.kind == Kind::passed ? "\033[32m"
                                                           : "\033[33m";
  std::printf("  %s%-7s%s %s  %s\n", colour, word_of(done.verdict.kind),
              style_.colour ? "\033[0m" : "", done.test->id.c_str(), done.test->sentence.c_str());
  if (!done.verdict.why.empty()) std::printf("          %s\n", in_ascii(done.verdict.why).c_str());
  if (done.verdict.kind == Kind::failed) std::printf("          again: %s\n", repeat(done).c_str());
}

void Report::end(std::int64_t took_ms) {
  if (style_.json) {
    std::printf("%s\n", json(took_ms).c_str());
    return;
  }
  std::printf("\n%s: passed %zu, failed %zu, skipped %zu%s; %lld.%lld s\n", connector_.c_str(),
              passed_, failed_, skipped_, skipped_ == 0 ? "" : " with reasons",
              static_cast<long long>(took_ms / 1000), static_cast<long long>(took_ms / 100 % 10));
}

std::string Report::json(std::int64_t took_ms) const {
  std::vector<JsonText> tests;
  for (const Done& done : all_) {
    tests.push_back(json_object({{"id", done.test->id},
                                 {"claim", done.test->claim},
                                 {"sentence", done.test->sentence},
                                 {"verdict", word_of(done.verdict.kind)},
                                 {"why", in_ascii(done.verdict.why)},
                                 {"seed", done.seed},
                                 {"ms", done.ms},
                                 {"again", repeat(done)}}));
  }
  return json_object({{"connector", connector_},
                      {"passed", passed_},
                      {"failed", failed_},
                      {"skipped", skipped_},
                      {"ms", took_ms},
                      {"tests", json_array(tests)}})
      .str();
}

std::string Report::junit() const {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"" +
                    in_xml(connector_) + "\" tests=\"" + std::to_string(all_.size()) +
                    "\" failures=\"" + std::to_string(failed_) + "\" skipped=\"" +
                    std::to_string(skipped_) + "\">\n";
  for (const Done& done : all_) {
    out += "  <testcase classname=\"" + in_xml(group_of(done.test->id)) + "\" name=\"" +
           in_xml(done.test->id) + "\" time=\"" + std::to_string(done.ms / 1000) + "." +
           std::to_string(1000 + done.ms % 1000).substr(1) + "\"";
    const std::string why = in_xml(in_ascii(done.verdict.why));
    if (done.verdict.kind == Verdict::Kind::passed) {
      out += "/>\n";
    } else if (done.verdict.kind == Verdict::Kind::skipped) {
      out += "><skipped message=\"" + why + "\"/></testcase>\n";
    } else {
      out += "><failure message=\"" + in_xml(done.test->sentence) + "\">" + why + "\n" +
             in_xml(repeat(done)) + "</failure></testcase>\n";
    }
  }
  return out + "</testsuite>\n";
}

}  // namespace lotbridge::connector_tool
