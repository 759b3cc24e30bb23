#include "daemon/connector_tool/bench.hpp"

#include <algorithm>

#include <lotbridge/files.h>
#include <lotbridge/failure.hpp>

namespace lotbridge::connector_tool {
namespace {

using testing::Answered;
using testing::Emitted;
using testing::Outcome;

std::string path_of(const std::string& url) { return url.substr(0, url.find('?')); }

std::string bucket_of(const HttpRequest& request) {
  return request.bucket.empty() ? "default" : request.bucket;
}

// The same place of the platform; what is asked there may differ.
bool near(const Exchange& recorded, const HttpRequest& asked) {
  return recorded.request.method == asked.method &&
         bucket_of(recorded.request) == bucket_of(asked) &&
         path_of(recorded.request.url) == path_of(asked.url);
}

HttpReply reply_of(const Exchange& exchange) {
  return HttpReply(exchange.code, exchange.headers, exchange.body);
}

}  // namespace

bool is_write(const HttpRequest& request) {
  return request.method != "GET" && request.method != "HEAD";
}

Bench::Bench(const Context& context, const Scenario& scenario, Match how)
    : replay(*context.connector, scenario.tape.settings),
      drop(scenario.tape.files),
      match(how),
      context_(context),
      scenario_(scenario) {
  if (const auto now = Timestamp::parse(scenario.tape.now)) replay.now = *now;
  replay.secrets = scenario.tape.secrets;
  replay.seed = context.seed;
  replay.extensions[LB_FILES_ID] = drop.table();
  replay.on_http = [this](const HttpRequest& request) { return answer(request); };
  const Json input = Json::parse(scenario.input);
  if (scenario.is_pull()) replay.cursor = std::string(JsonText(input["cursor"]).str());
  rewind();
}

void Bench::rewind() {
  played_.assign(scenario_.tape.exchanges.size(), false);
  played_again_.assign(scenario_.tape.again.size(), false);
  effects_.clear();
  mismatch_.clear();
}

Outcome Bench::run() {
  if (!scenario_.is_pull()) return run_with(scenario_.input);
  const Json input = Json::parse(scenario_.input);
  return run_with(
      json_object({{"cursor", JsonText::raw(replay.cursor)}, {"start_at", input["start_at"]}})
          .str());
}

Outcome Bench::run_with(const std::string& input) {
  asked_ = 0;
  context_.progress->at("running " + scenario_.operation + " of " + scenario_.name);
  return replay.run(scenario_.operation, input);
}

void Bench::arrived(const HttpRequest& request) {
  if (is_write(request))
    effects_.push_back({request.method, request.url, request.body, request.idempotency_key});
}

const Exchange* Bench::find(const HttpRequest& request) {
  const auto& tape = scenario_.tape;
  const auto take = [&](const std::vector<Exchange>& from, std::vector<bool>* played,
                        bool strict) -> const Exchange* {
    for (std::size_t n = 0; n < from.size(); ++n) {
      if (played != nullptr && (*played)[n]) continue;
      if (bucket_of(from[n].request) != bucket_of(request)) continue;
      const bool fits =
          match == Match::nearest ? near(from[n], request) : differences(from[n], request).empty();
      if (fits && played != nullptr) (*played)[n] = true;
      if (fits) return &from[n];
      if (strict) return nullptr;
    }
    return nullptr;
  };
  if (match == Match::strict) return take(tape.exchanges, &played_, true);
  if (second_time) {
    if (const auto* found = take(tape.again, &played_again_, false)) return found;
  }
  if (const auto* found = take(tape.exchanges, &played_, false)) return found;
  return take(tape.exchanges, nullptr, false);
}

Answered Bench::answer(const HttpRequest& request) {
  const std::size_t number = asked_++;
  context_.progress->at("waiting for the answer to " + request.method + " " + request.url);
  if (asked_ > scenario_.tape.exchanges.size() * 20 + 200) {
    endless_ = true;
    return LB_CANCELLED;
  }
  if (before) {
    if (auto instead = before(number, request)) return std::move(*instead);
  }
  const Exchange* found = find(request);
  if (found == nullptr) {
    if (mismatch_.empty())
      mismatch_ = CassettePlayer(scenario_.tape).play(request).ok()
                      ? request.method + " " + request.url + " came too often"
                      : CassettePlayer(scenario_.tape).play(request).problem().detail;
    return LB_RETRY;
  }
  arrived(request);
  return reply_of(*found);
}

std::string Bench::doubled() const {
  for (std::size_t n = 0; n < effects_.size(); ++n) {
    const Effect& effect = effects_[n];
    // What PUT and DELETE ask for is the same afterwards, however often.
    if (effect.method == "PUT" || effect.method == "DELETE") continue;
    for (std::size_t m = 0; m < n; ++m) {
      const Effect& earlier = effects_[m];
      if (earlier.method != effect.method || earlier.url != effect.url ||
          earlier.body != effect.body)
        continue;
      if (!effect.key.empty() && effect.key == earlier.key) continue;
      return effect.method + " " + effect.url + " reached the platform twice" +
             (effect.key.empty() ? " and carries no idempotency key"
                                 : ", each time with another idempotency key");
    }
  }
  return {};
}

std::string id_of(const Emitted& record) {
  try {
    const Json json = Json::parse(record.json);
    const std::string kind = record.kind == "parked/1" ? json["kind"].text_or("") : record.kind;
    return kind.substr(0, kind.find('/')) + " " + json["id"].text_or("");
  } catch (const Failure&) {
    return record.kind + " that can't be read: " + shortened(record.json, 60);
  }
}

std::set<std::string> ids_of(const Outcome& outcome) {
  std::set<std::string> out;
  for (const Emitted& record : outcome.emitted) out.insert(id_of(record));
  for (const Parked& record : outcome.parked)
    out.insert(record.kind.substr(0, record.kind.find('/')) + " " + record.id);
  return out;
}

std::vector<std::string> texts_of(const std::vector<Emitted>& records) {
  std::vector<std::string> out;
  for (const Emitted& record : records) out.push_back(record.kind + " " + record.json);
  return out;
}

std::string listed(const std::set<std::string>& items) {
  std::string out;
  std::size_t shown = 0;
  for (const std::string& item : items) {
    if (shown++ == 5) return out + " and " + std::to_string(items.size() - 5) + " more";
    out += (out.empty() ? "" : ", ") + item;
  }
  return out;
}

std::string shortened(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : text.substr(0, most) + "...";
}

}  // namespace lotbridge::connector_tool
