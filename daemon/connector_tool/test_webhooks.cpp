// Webhooks: verified as the descriptor says, harmless when unknown, repeated or out of order.
#include <map>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/test.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/hooks.hpp"

namespace lotbridge::connector_tool {
namespace {

using testing::Emitted;
using testing::Outcome;

std::int64_t now_of(const Scenario& scenario) {
  const auto now = Timestamp::parse(scenario.tape.now);
  return now ? now->ms : 1'778'922'000'000;
}

struct Delivery {
  std::map<std::string, std::string> headers;
  std::string body;
};

Delivery delivery_of(const Scenario& scenario) {
  const Json input = Json::parse(scenario.input);
  Delivery out;
  out.body = input["body"].text_or("");
  if (input["headers"]) {
    for (const auto& [name, value] : input["headers"].members()) {
      std::string low(name);
      for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      out.headers[low] = value.text();
    }
  }
  return out;
}

Result<host::Descriptor> descriptor_of(const Context& context) {
  return host::read_descriptor(context.offer->descriptor);
}

host::HookCheck checked(const Context& context, const Scenario& scenario,
                        const Delivery& delivery) {
  const auto descriptor = descriptor_of(context);
  if (!descriptor.ok()) {
    host::HookCheck refused;
    refused.reason = descriptor.problem().detail;
    return refused;
  }
  return host::check_hook(descriptor->hooks, scenario.tape.secrets, delivery.headers, delivery.body,
                          now_of(scenario));
}

bool is_signed(const Context& context, const Delivery& delivery) {
  const auto descriptor = descriptor_of(context);
  if (!descriptor.ok()) return false;
  for (const host::HookRule& rule : descriptor->hooks) {
    if (delivery.headers.count(rule.header) != 0) return true;
    if (rule.standard && delivery.headers.count("webhook-signature") != 0) return true;
  }
  return false;
}

constexpr const char* kUnsigned =
    "the recording holds no signature header and secret, so the descriptor's rule is not proven";

Verdict verifies(const Context& context, const Scenario& scenario) {
  const Delivery delivery = delivery_of(scenario);
  if (!is_signed(context, delivery)) return Verdict::skip(kUnsigned);
  const auto check = checked(context, scenario, delivery);
  return check.ok ? Verdict::pass()
                  : Verdict::fail("the recorded delivery is refused: " + check.reason);
}

Verdict flipped_byte(const Context& context, const Scenario& scenario) {
  const Delivery delivery = delivery_of(scenario);
  if (!is_signed(context, delivery)) return Verdict::skip(kUnsigned);
  for (std::size_t n = 0; n < delivery.body.size(); n += 1 + delivery.body.size() / 64) {
    Delivery changed = delivery;
    changed.body[n] = static_cast<char>(changed.body[n] ^ 1);
    if (checked(context, scenario, changed).ok)
      return Verdict::fail("a delivery with byte " + std::to_string(n) + " changed is accepted");
  }
  Delivery forged = delivery;
  forged.body += " ";
  if (checked(context, scenario, forged).ok)
    return Verdict::fail("a delivery with a byte more is accepted");
  return Verdict::pass();
}

std::string input_of_topic(const Scenario& scenario, const std::string& topic) {
  const Json input = Json::parse(scenario.input);
  return json_object({{"id", input["id"]},
                      {"topic", topic},
                      {"headers", JsonText(input["headers"])},
                      {"body", input["body"]}})
      .str();
}

Verdict unknown_topic(const Context& context, const Scenario& scenario) {
  const auto descriptor = descriptor_of(context);
  bool all_topics = false;
  if (descriptor.ok()) {
    for (const host::HookRule& rule : descriptor->hooks)
      all_topics = all_topics || rule.topic == "*";
  }
  // Without a rule for the rest the host turns them away before the connector is asked.
  if (!all_topics) return Verdict::pass();
  Bench bench(context, scenario, Bench::Match::nearest);
  const Outcome run = bench.run_with(input_of_topic(scenario, "lotbridge/no-such-topic"));
  if (run.status != LB_OK)
    return Verdict::fail(std::string("a topic that nobody knows ends with ") +
                         status_name(run.status) + ": " + run.message);
  if (!run.handed_over.empty())
    return Verdict::fail("a topic that nobody knows brings " + id_of(run.handed_over.front()));
  return Verdict::pass();
}

// The daemon drops a record that it has already; one that differs is news.
Verdict same_delivery(const Context& context, const Scenario& scenario) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  Bench bench(context, scenario, Bench::Match::any);
  if (bench.replay.hold().status != LB_OK) return Verdict::fail("open failed");
  const Outcome first = bench.run();
  bench.replay.now.ms += 60'000;
  ++bench.replay.seed;
  const Outcome second = bench.run();
  bench.replay.release();
  if (texts_of(first.handed_over) != texts_of(second.handed_over))
    return Verdict::fail("the same delivery brings other records the second time");
  if (const std::string doubled = bench.doubled(); !doubled.empty()) return Verdict::fail(doubled);
  return Verdict::pass();
}

// What the daemon keeps of a sequence of records: the greatest version of each.
std::map<std::string, std::string> kept(const std::vector<const Outcome*>& outcomes) {
  std::map<std::string, std::string> out;
  std::map<std::string, std::int64_t> versions;
  for (const Outcome* outcome : outcomes) {
    for (const Emitted& record : outcome->handed_over) {
      const std::string id = id_of(record);
      const Json version = Json::parse(record.json)["version"];
      const std::int64_t number = version.is_number() ? version.integer() : -1;
      const auto known = versions.find(id);
      if (known != versions.end() && number >= 0 && known->second > number) continue;
      versions[id] = number;
      out[id] = record.json;
    }
  }
  return out;
}

Verdict out_of_order(const Context& context) {
  std::vector<Outcome> outcomes;
  std::map<std::string, int> speakers;
  for (const Scenario& scenario : context.package->scenarios) {
    if (!scenario.is_webhook()) continue;
    const Baseline played = baseline_of(context, scenario);
    if (!played.ok()) return without(scenario);
    outcomes.push_back(played.outcome);
    for (const std::string& id : ids_of(played.outcome)) ++speakers[id];
  }
  bool shared = false;
  for (const auto& [id, count] : speakers) shared = shared || count > 1;
  if (!shared)
    return Verdict::skip(
        "no two recorded deliveries speak of the same record, so their order can't be changed");
  std::vector<const Outcome*> forward, backward;
  for (const Outcome& outcome : outcomes) forward.push_back(&outcome);
  backward.assign(forward.rbegin(), forward.rend());
  const auto one = kept(forward), other = kept(backward);
  for (const auto& [id, record] : one) {
    if (other.at(id) != record)
      return Verdict::fail("in another order something else is left of " + id +
                           ": give it a version");
  }
  return Verdict::pass();
}

template <typename Run>
void add(Tests& tests, const Scenario& scenario, const char* name, const char* sentence, Run run) {
  tests.push_back({"webhooks/" + scenario.name + "/" + name, std::string("webhooks/") + name,
                   sentence,
                   [&scenario, run](const Context& context) { return run(context, scenario); }});
}

}  // namespace

void add_webhooks_tests(Tests& tests, const Package& package, const Offer& offer) {
  if (!offer.has("webhook.receive/1")) return;
  bool any = false;
  for (const Scenario& scenario : package.scenarios) {
    if (!scenario.is_webhook()) continue;
    any = true;
    add(tests, scenario, "verifies", "The recorded delivery verifies as the descriptor says.",
        verifies);
    add(tests, scenario, "flipped-byte", "A delivery with one byte changed is refused.",
        flipped_byte);
    add(tests, scenario, "unknown-topic", "A topic that nobody knows is passed over.",
        unknown_topic);
    add(tests, scenario, "same-delivery", "The same delivery twice has one effect.", same_delivery);
  }
  if (!any) return;
  tests.push_back({"webhooks/out-of-order", "webhooks/out-of-order",
                   "Deliveries out of order end in the same state.", out_of_order});
}

}  // namespace lotbridge::connector_tool
