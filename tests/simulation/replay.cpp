// A replay as lines of JSON that a person can read, and that can be run again.
#include <simdjson.h>

#include <lotbridge/records.hpp>

#include "run.hpp"

namespace lotbridge::simulation {

namespace {

constexpr const char* kDeeds[] = {"document",   "cut",        "clock",  "allocate",
                                  "reoptimize", "substitute", "restart"};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string text_at(const simdjson::dom::element& in, const char* key) {
  std::string_view out;
  return in[key].get(out) == simdjson::SUCCESS ? std::string(out) : std::string();
}

int number_at(const simdjson::dom::element& in, const char* key) {
  std::int64_t out = 0;
  return in[key].get(out) == simdjson::SUCCESS ? static_cast<int>(out) : 0;
}

bool flag_at(const simdjson::dom::element& in, const char* key) {
  bool out = false;
  return in[key].get(out) == simdjson::SUCCESS && out;
}

bool read_step(const simdjson::dom::element& in, Step& step, std::string& problem) {
  const std::string deed = text_at(in, "do");
  for (int i = 0; i < 7; ++i) {
    if (deed == kDeeds[i]) step.deed = static_cast<Deed>(i);
  }
  step.fail_at = number_at(in, "fails_at");
  step.crash_at = number_at(in, "stops_at");
  step.with_next = flag_at(in, "with_next");
  step.given.may_override = flag_at(in, "may_override");
  step.given.directed = flag_at(in, "directed");
  step.owner = text_at(in, "owner");
  step.order = text_at(in, "order");
  step.source = text_at(in, "source");
  step.text = text_at(in, "text");
  step.wish = {text_at(in, "line"), text_at(in, "lot"), text_at(in, "new_lot"),
               text_at(in, "reason"), number_at(in, "units") * kOne};
  if (const auto now = Timestamp::parse(text_at(in, "now"))) step.clock = *now;
  simdjson::dom::element body;
  if (in["document"].get(body) != simdjson::SUCCESS) return true;
  auto read = read_typed_document(simdjson::minify(body));
  if (!read.ok()) {
    problem = read.problem().detail;
    return false;
  }
  step.document = std::move(*read);
  step.content = write_content(step.document);
  return true;
}

}  // namespace

std::string replay_text(const Plan& plan, const std::vector<Step>& steps) {
  std::string out = "{\"seed\":" + std::to_string(plan.seed) +
                    ",\"engine\":" + (plan.engine ? "true" : "false") + "}\n";
  for (const Step& step : steps) {
    out += "{\"do\":" + quoted(kDeeds[static_cast<int>(step.deed)]);
    if (step.fail_at != 0) out += ",\"fails_at\":" + std::to_string(step.fail_at);
    if (step.crash_at != 0) out += ",\"stops_at\":" + std::to_string(step.crash_at);
    if (step.with_next) out += ",\"with_next\":true";
    if (step.given.may_override) out += ",\"may_override\":true";
    if (step.given.directed) out += ",\"directed\":true";
    if (step.deed == Deed::document) out += ",\"document\":" + write_document(step.document, true);
    if (step.deed == Deed::clock) out += ",\"now\":" + quoted(step.clock.text());
    if (step.deed == Deed::cut) out += ",\"text\":" + quoted(step.text);
    if (!step.order.empty())
      out += ",\"owner\":" + quoted(step.owner) + ",\"order\":" + quoted(step.order) +
             ",\"source\":" + quoted(step.source);
    if (step.deed == Deed::substitute)
      out += ",\"line\":" + quoted(step.wish.line) + ",\"lot\":" + quoted(step.wish.lot) +
             ",\"new_lot\":" + quoted(step.wish.new_lot) +
             ",\"units\":" + std::to_string(step.wish.units / kOne) +
             ",\"reason\":" + quoted(step.wish.reason);
    out += "}\n";
  }
  return out;
}

bool read_replay(const std::string& text, Plan& plan, std::vector<Step>& steps,
                 std::string& problem) {
  simdjson::dom::parser parser;
  std::size_t from = 0;
  bool first = true;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const std::string line = text.substr(from, end - from);
    from = end + 1;
    if (line.empty()) continue;
    simdjson::dom::element in;
    if (parser.parse(line).get(in) != simdjson::SUCCESS) {
      problem = "not JSON: " + line;
      return false;
    }
    if (first) {
      std::uint64_t seed = 0;
      if (in["seed"].get(seed) == simdjson::SUCCESS) plan.seed = seed;
      plan.engine = flag_at(in, "engine");
      first = false;
      continue;
    }
    if (!read_step(in, steps.emplace_back(), problem)) return false;
  }
  return true;
}

}  // namespace lotbridge::simulation
