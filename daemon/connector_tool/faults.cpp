#include "daemon/connector_tool/faults.hpp"

#include <string_view>

#include <lotbridge/failure.hpp>

namespace lotbridge::connector_tool {
namespace {

using testing::Answered;
using Well = Fault::Well;
using Clock = Fault::Clock;

constexpr const char* kPage = "<!DOCTYPE html><html><body>Please wait</body></html>";

// The longest list of objects in the value; what a page is about.
void find_longest(const Json& json, Json& longest) {
  if (json.is_array()) {
    const auto items = json.items();
    const bool records = !items.empty() && items.front().is_object();
    if (records && (!longest.is_array() || items.size() > longest.size())) longest = json;
    if (records) return;  // lists inside of records are no pages
    for (const Json& item : items) find_longest(item, longest);
  } else if (json.is_object()) {
    for (const auto& [key, value] : json.members()) find_longest(value, longest);
  }
}

Fault plain(const char* name, const char* sentence, std::vector<lb_status> ends, Well well) {
  Fault out{};
  out.name = name;
  out.sentence = sentence;
  out.ends = std::move(ends);
  out.well = well;
  return out;
}

std::vector<Fault> made() {
  std::vector<Fault> out = {
      plain("refused", "A refused connection ends the operation with retry.", {LB_RETRY},
            Well::done),
      plain("timeout", "A request that times out ends the operation with retry.", {LB_RETRY},
            Well::done),
      plain("lost-answer", "A lost answer doubles nothing, and the next run completes.",
            {LB_RETRY, LB_CONFLICT}, Well::done),
      plain("401", "401 means that the credentials are refused.", {LB_AUTH}, Well::never),
      plain("403", "403 means that credentials or settings are wrong.", {LB_AUTH, LB_CONFIG},
            Well::never),
      plain("404", "404 is no fault of the connector.",
            {LB_CONFLICT, LB_CONFIG, LB_BAD_RECORD, LB_RETRY, LB_UNSUPPORTED}, Well::any),
      plain("409", "409 is a conflict that the next run can solve.",
            {LB_CONFLICT, LB_RETRY, LB_BAD_RECORD, LB_CONFIG}, Well::any),
      plain("429", "429 is passed on with the wait that the platform asked for.", {LB_RATE_LIMITED},
            Well::done),
      plain("500", "500 is tried again later.", {LB_RETRY}, Well::done),
      plain("503", "503 is tried again later.", {LB_RETRY, LB_RATE_LIMITED}, Well::done),
      plain("cut-body", "Half an answer is tried again later.", {LB_RETRY}, Well::same_output),
      plain("html", "A page for people instead of data is tried again later.", {LB_RETRY},
            Well::same_output),
      plain("empty-body", "An answer without a body is tried again later.", {LB_RETRY},
            Well::same_output),
      plain("large-body", "An answer of 10 MB is read or tried again later.", {LB_RETRY},
            Well::same_output),
      plain("repeated-page", "A page that comes again and again is no endless loop.",
            {LB_RETRY, LB_CONFLICT, LB_RATE_LIMITED, LB_BAD_RECORD}, Well::any),
      plain("empty-page", "A page without records does not hide those behind it.", {LB_RETRY},
            Well::any),
      plain("clock-back", "A clock that is set back an hour changes nothing.", {},
            Well::same_output),
      plain("clock-ahead", "A clock that is set a day ahead changes nothing.", {},
            Well::same_output)};
  for (Fault& fault : out) {
    const std::string_view name = fault.name;
    fault.needs_next = name == "empty-page";
    fault.needs_previous = name == "repeated-page";
    if (name == "timeout") fault.takes_ms = 30'000;
    if (name == "lost-answer") fault.takes_ms = 5'000;
    if (name == "clock-back") fault.clock = Clock::back;
    if (name == "clock-ahead") fault.clock = Clock::ahead;
  }
  return out;
}

}  // namespace

const std::vector<Fault>& all_faults() {
  static const std::vector<Fault> faults = made();
  return faults;
}

bool same_place(const Exchange& one, const HttpRequest& other) {
  const auto path = [](const std::string& url) { return url.substr(0, url.find('?')); };
  return one.request.method == other.method && path(one.request.url) == path(other.url);
}

std::optional<std::string> emptied(const std::string& body) {
  try {
    const Json json = Json::parse(body);
    Json longest;
    find_longest(json, longest);
    if (!longest.is_array()) return std::nullopt;
    // The list's own text lies within the text of the whole.
    const std::string_view whole = json.raw(), list = longest.raw();
    const auto at = static_cast<std::size_t>(list.data() - whole.data());
    if (at > whole.size()) return std::nullopt;
    return std::string(whole.substr(0, at)) + "[]" + std::string(whole.substr(at + list.size()));
  } catch (const Failure&) {
    return std::nullopt;
  }
}

bool applies(const Fault& fault, const Cassette& tape, std::size_t request) {
  const auto& exchanges = tape.exchanges;
  const auto paged = [&](std::size_t first) {
    return first + 1 < exchanges.size() &&
           same_place(exchanges[first], exchanges[first + 1].request) &&
           emptied(exchanges[first].body).has_value();
  };
  if (fault.needs_previous) return request > 0 && paged(request - 1);
  if (fault.needs_next) return paged(request);
  return true;
}

std::optional<Answered> instead(const Fault& fault, const Cassette& tape, std::size_t request,
                                std::size_t n, const HttpRequest& asked) {
  const std::string_view name = fault.name;
  const Exchange& recorded = tape.exchanges[request];
  if (name == "repeated-page") {
    const Exchange& page = tape.exchanges[request - 1];
    if (n < request || !same_place(page, asked)) return std::nullopt;
    return HttpReply(page.code, page.headers, page.body);
  }
  // Such a page stays as it is, also for the next run.
  if (name == "empty-page") {
    if (!differences(recorded, asked).empty()) return std::nullopt;
    return HttpReply(recorded.code, recorded.headers, emptied(recorded.body).value_or("{}"));
  }
  if (n != request) return std::nullopt;
  if (name == "refused" || name == "timeout" || name == "lost-answer") return LB_RETRY;
  if (name == "429") return HttpReply(429, {{"retry-after", "7"}}, R"({"error":"slow down"})");
  if (name == "cut-body")
    return HttpReply(recorded.code, recorded.headers,
                     recorded.body.substr(0, recorded.body.size() / 2));
  if (name == "html") return HttpReply(200, {{"content-type", "text/html"}}, kPage);
  if (name == "empty-body") return HttpReply(200, recorded.headers, "");
  if (name == "large-body")
    return HttpReply(recorded.code, recorded.headers,
                     recorded.body + std::string(std::size_t{10} << 20, ' '));
  if (fault.clock != Clock::still) return std::nullopt;
  return HttpReply(std::stoi(std::string(name)), {}, R"({"error":"made by the validator"})");
}

}  // namespace lotbridge::connector_tool
