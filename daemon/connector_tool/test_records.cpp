// What a connector brings in, judged as the daemon will judge it.
#include <regex>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>
#include <lotbridge/records.hpp>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/known_operations.hpp"
#include "daemon/connector_tool/test.hpp"

namespace lotbridge::connector_tool {
namespace {

using testing::Emitted;

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t more = lead < 0x80           ? 0
                             : (lead >> 5) == 0x06 ? 1
                             : (lead >> 4) == 0x0e ? 2
                             : (lead >> 3) == 0x1e ? 3
                                                   : 9;
    if (more == 9 || lead == 0xc0 || lead == 0xc1 || lead > 0xf4) return false;
    for (std::size_t n = 1; n <= more; ++n) {
      if (at + n >= text.size() || (static_cast<unsigned char>(text[at + n]) & 0xc0) != 0x80)
        return false;
    }
    at += more + 1;
  }
  return true;
}

// A moment without a zone somewhere in the value: its pointer, or "".
std::string zoneless(const Json& json) {
  static const std::regex kBare(
      "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?");
  if (json.is_text() && std::regex_match(json.text(), kBare)) return json.path();
  std::string found;
  if (json.is_array()) {
    for (const Json& item : json.items()) {
      if (found.empty()) found = zoneless(item);
    }
  } else if (json.is_object()) {
    for (const auto& [key, value] : json.members()) {
      if (found.empty()) found = zoneless(value);
    }
  }
  return found;
}

// Adjustments are signed, and a count of nothing is a count.
std::string not_positive(const std::string& kind, const Json& json) {
  if (kind == "adjustment/1" || kind == "count/1" || !json.is_object()) return "";
  for (const Json& line : json["lines"].items_or_none()) {
    const Json quantity = line["quantity"];
    if (quantity && quantity.is_number() && quantity.quantity().micros <= 0) return quantity.path();
  }
  return "";
}

// Each fault belongs to one test: the first of these that finds it.
enum class Fault { none, utf8, zone, quantity, schema };

struct Found {
  Fault fault = Fault::none;
  std::string where;
};

Found fault_of(const Emitted& record) {
  if (!is_utf8(record.json) || !is_utf8(record.kind)) return {Fault::utf8, record.kind};
  const auto problem = [&](const std::string& text) {
    return Found{Fault::schema, id_of(record) + ": " + text};
  };
  try {
    const Json json = Json::parse(record.json);
    if (const std::string at = zoneless(json); !at.empty() && record.kind != "parked/1")
      return {Fault::zone, id_of(record) + " at " + at};
    if (const std::string at = not_positive(record.kind, json); !at.empty())
      return {Fault::quantity, id_of(record) + " at " + at};
    if (record.kind == "parked/1") {
      for (const char* key : {"kind", "raw", "message"}) {
        if (json[key].text_or("").empty())
          return problem(std::string("a parked record needs '") + key + "'");
      }
      return {};
    }
    if (record.kind == "tracking/1") {  // where a parcel is: no document, kept beside dispatches
      for (const char* key : {"id", "tracking_number", "state"}) {
        if (json[key].text_or("").empty())
          return problem(std::string("a tracking record needs '") + key + "'");
      }
      json["at"].time();
      return {};
    }
  } catch (const Failure& failure) {
    return problem(failure.message + " " + failure.path);
  }
  const auto type = record.kind.ends_with("/1")
                        ? document_type(record.kind.substr(0, record.kind.size() - 2))
                        : Maybe<DocumentType>{};
  if (!type) return problem("the daemon knows no record of kind " + record.kind);
  const auto read = read_document(*type, record.json);
  if (read.ok()) return {};
  std::string text = read.problem().detail;
  for (const FieldError& error : read.problem().errors)
    text += "; " + error.pointer + " " + error.detail;
  return problem(text);
}

Verdict no_fault(const Context& context, const Scenario& scenario, Fault fault) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  for (const Emitted& record : played.outcome.handed_over) {
    const Found found = fault_of(record);
    if (found.fault == fault) return Verdict::fail(shortened(found.where));
  }
  return Verdict::pass();
}

Verdict replays(const Context& context, const Scenario& scenario) {
  const Baseline played = baseline_of(context, scenario);
  return played.ok() ? Verdict::pass() : Verdict::fail(played.problem);
}

Verdict unique_ids(const Context& context, const Scenario& scenario) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  std::set<std::string> seen;
  for (const Emitted& record : played.outcome.handed_over) {
    const std::string id = id_of(record);
    if (record.kind != "parked/1" && !seen.insert(id).second)
      return Verdict::fail(id + " was emitted twice");
  }
  return Verdict::pass();
}

Verdict same_bytes(const Context& context, const Scenario& scenario) {
  const Baseline first = baseline_of(context, scenario);
  if (!first.ok()) return without(scenario);
  const Baseline second = baseline_of(context, scenario);
  const auto was = texts_of(first.outcome.handed_over), is = texts_of(second.outcome.handed_over);
  for (std::size_t n = 0; n < std::max(was.size(), is.size()); ++n) {
    const std::string before = n < was.size() ? was[n] : "(nothing)";
    const std::string after = n < is.size() ? is[n] : "(nothing)";
    if (before != after)
      return Verdict::fail("first: " + shortened(before, 150) + "; then: " + shortened(after, 150));
  }
  if (first.outcome.cursors != second.outcome.cursors)
    return Verdict::fail("the two runs stored different cursors");
  return Verdict::pass();
}

template <typename Run>
void add(Tests& tests, const Scenario& scenario, const char* name, const std::string& sentence,
         Run run) {
  tests.push_back({"records/" + scenario.name + "/" + name, std::string("records/") + name,
                   sentence,
                   [&scenario, run](const Context& context) { return run(context, scenario); }});
}

void add_of(Tests& tests, const Scenario& scenario) {
  const auto faultless = [](Fault fault) {
    return [fault](const Context& context, const Scenario& of) {
      return no_fault(context, of, fault);
    };
  };
  add(tests, scenario, "replays", "The recording " + scenario.name + " plays to its end.", replays);
  add(tests, scenario, "valid", "Every record matches its schema.", faultless(Fault::schema));
  add(tests, scenario, "unique-ids", "No record is emitted twice in a run.", unique_ids);
  add(tests, scenario, "quantities", "The quantities of lines are positive.",
      faultless(Fault::quantity));
  add(tests, scenario, "zones", "Every time says its zone.", faultless(Fault::zone));
  add(tests, scenario, "utf8", "All text is valid UTF-8.", faultless(Fault::utf8));
  add(tests, scenario, "same-bytes", "Two runs of the recording emit the same bytes.", same_bytes);
}

}  // namespace

void add_records_tests(Tests& tests, const Package& package, const Offer& offer) {
  for (const std::string& operation : offer.operations) {
    std::string id = "records/" + operation.substr(0, operation.find('/')) + "/recorded";
    bool recorded = false;
    for (const Scenario& scenario : package.scenarios)
      recorded = recorded || scenario.operation == operation;
    if (recorded) continue;
    tests.push_back({std::move(id), "records/recorded",
                     "There is a recording of " + operation + ".",
                     [operation](const Context&) {
                       return Verdict::skip("cassettes/ has none, so nothing about " + operation +
                                            " is proven: lotctl connector record " + operation);
                     },
                     false});
  }
  for (const Scenario& scenario : package.scenarios) add_of(tests, scenario);
}

}  // namespace lotbridge::connector_tool
