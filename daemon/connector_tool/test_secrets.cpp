// Planted secrets that a platform sends back: a connector must not pass them on to anybody.
#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/test.hpp"
#include "daemon/host/secrets.hpp"

namespace lotbridge::connector_tool {
namespace {

using testing::Outcome;

constexpr const char* kCanary = "canary-3f9c1d7a5e";

std::string filled(const std::string& text) {
  const auto reveal = [](std::string_view name) -> Result<std::string> {
    return std::string(kCanary) + "-" + std::string(name);
  };
  const auto out = host::fill_secrets(text, reveal);
  return out.ok() ? *out : text;
}

// The request as the platform got it, the way some send it back for people who look for a mistake.
std::string echo_of(const HttpRequest& request) {
  std::vector<std::pair<std::string, JsonText>> headers;
  for (const HttpHeader& header : request.headers)
    headers.emplace_back(header.name, filled(header.value));
  return json_object({{"error", "this can't be done"},
                      {"debug", json_object({{"url", filled(request.url)},
                                             {"headers", json_object(headers)},
                                             {"body", filled(request.body)},
                                             {"key", kCanary}})}})
      .str();
}

using Where = std::vector<std::string> (*)(const Outcome&);

std::vector<std::string> logs_of(const Outcome& run) { return run.logs; }
std::vector<std::string> errors_of(const Outcome& run) {
  return {run.message, run.path, run.vendor_code};
}
std::vector<std::string> records_of(const Outcome& run) {
  auto out = texts_of(run.handed_over);
  out.push_back(run.result);
  return out;
}
std::vector<std::string> cursors_of(const Outcome& run) { return run.cursors; }

Verdict absent(const Context& context, Where where, const char* what) {
  for (const Scenario& scenario : context.package->scenarios) {
    for (std::size_t k = 0; k < scenario.tape.exchanges.size(); ++k) {
      for (const int code : {400, 401, 422, 500, 200}) {
        Bench bench(context, scenario, Bench::Match::any);
        bench.before = [&](std::size_t n,
                           const HttpRequest& asked) -> std::optional<testing::Answered> {
          if (n != k) return std::nullopt;
          return HttpReply(code, {{"x-debug", kCanary}}, echo_of(asked));
        };
        for (const std::string& text : where(bench.run())) {
          if (text.find(kCanary) != std::string::npos)
            return Verdict::fail(
                scenario.operation + ", request " + std::to_string(k) + " answered with " +
                std::to_string(code) + ": " + what +
                " holds a secret that the platform sent back: " + shortened(text, 160));
        }
      }
    }
  }
  return Verdict::pass();
}

bool carries_credential(const std::string& name) {
  std::string low = name;
  for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return low == "authorization" || low == "proxy-authorization" || low == "cookie" ||
         low == "set-cookie" || low.find("api-key") != std::string::npos ||
         low.find("access-token") != std::string::npos;
}

Verdict recordings(const Context& context) {
  const auto check = [](const std::vector<HttpHeader>& headers) -> std::string {
    for (const HttpHeader& header : headers) {
      const bool hidden = header.value.find("{{secret:") != std::string::npos ||
                          header.value.find("{{base64:") != std::string::npos ||
                          header.value == "redacted" || header.value.find("redacted") == 0;
      if (carries_credential(header.name) && !hidden) return header.name;
    }
    return {};
  };
  for (const Scenario& scenario : context.package->scenarios) {
    for (const auto* exchanges : {&scenario.tape.exchanges, &scenario.tape.again}) {
      for (const Exchange& exchange : *exchanges) {
        for (const auto* headers : {&exchange.request.headers, &exchange.headers}) {
          if (const std::string name = check(*headers); !name.empty())
            return Verdict::fail(scenario.file + ": the header " + name +
                                 " is recorded as it was sent; put {{secret:NAME}} or 'redacted'");
        }
      }
    }
  }
  return Verdict::pass();
}

void add(Tests& tests, const char* name, const char* sentence,
         std::function<Verdict(const Context&)> run) {
  const std::string id = std::string("secrets/") + name;
  tests.push_back({id, id, sentence, std::move(run)});
}

}  // namespace

void add_secrets_tests(Tests& tests, const Package& package, const Offer& offer) {
  if (!offer.loaded) return;
  if (package.scenarios.empty()) return;
  add(tests, "logs", "No secret that a platform sends back gets into the log.",
      [](const Context& context) { return absent(context, logs_of, "the log"); });
  add(tests, "errors", "No secret that a platform sends back gets into an error.",
      [](const Context& context) { return absent(context, errors_of, "the error"); });
  add(tests, "records", "No secret that a platform sends back gets into a record or a result.",
      [](const Context& context) { return absent(context, records_of, "a record"); });
  add(tests, "cursor", "No secret that a platform sends back gets into a cursor.",
      [](const Context& context) { return absent(context, cursors_of, "the cursor"); });
  add(tests, "recordings", "The recordings hold no credentials.", recordings);
}

}  // namespace lotbridge::connector_tool
