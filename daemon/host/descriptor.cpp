#include "daemon/host/descriptor.hpp"

#include <cstdlib>

#include <lotbridge/failure.hpp>

#include "daemon/host/schema_check.hpp"

namespace lotbridge::host {
namespace {

double number_of(const Json& value, double otherwise) {
  return value ? std::strtod(value.decimal().c_str(), nullptr) : otherwise;
}

std::vector<std::string> texts_of(const Json& list) {
  std::vector<std::string> out;
  for (const Json& item : list.items_or_none()) out.push_back(item.text());
  return out;
}

SecretRule secret_of(const Json& json) {
  SecretRule out;
  out.hosts = texts_of(json["hosts"]);
  out.hmac = json["use"].text_or("") == "hmac";
  out.in_body = json["in_body"].boolean_or(false);
  out.optional = json["optional"].boolean_or(false);
  out.sign = json["use"].text_or("") == "sign";
  if (json["oauth2"]) out.oauth = oauth_of(json["oauth2"]);
  // The file host knows its server from the settings, and what fetches a token goes to the token's
  // address alone: such secrets never go into a request of the connector.
  const bool apart = json["use"].text_or("") == "drop" || json["use"].text_or("") == "oauth2";
  if (out.hosts.empty() && !out.hmac && !out.sign && !apart) {
    json.refuse(
        "needs 'hosts' to which it may be sent, or \"use\": \"hmac\", \"sign\", \"oauth2\" or "
        "\"drop\"");
  }
  return out;
}

// Headers arrive with their names in lower case.
std::string header_name(const Json& json) {
  std::string out = json.text_or("");
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

LimitRule limit_of(const Json& json) {
  LimitRule out;
  out.rate = number_of(json["rate"], 0);
  out.burst = number_of(json["burst"], out.rate < 1 ? 1 : out.rate);
  if (out.rate <= 0 || out.burst < 1)
    json.refuse("needs a 'rate' above 0 and a 'burst' of at least 1");
  out.remaining_header = json["remaining_header"].text_or("");
  out.remaining_pointer = json["answer"]["remaining"].text_or("");
  out.rate_pointer = json["answer"]["rate"].text_or("");
  out.burst_pointer = json["answer"]["burst"].text_or("");
  out.throttled_pointer = json["throttled"]["at"].text_or("");
  out.throttled_text = json["throttled"]["is"].text_or("");
  out.retry_after_header = header_name(json["retry_after_header"]);
  return out;
}

// Everything of such a rule; there is no secret.
HookRule public_key_hook_of(const Json& json, HookRule out) {
  const Json verify = json["verify"];
  out.public_key = true;
  out.digest = verify["digest"].text_or("sha256");
  out.keys_url = verify["keys"].text();
  out.key_id_header = header_name(verify["key_id_header"]);
  verify["header"].text_view();
  out.header = header_name(verify["header"]);
  out.timestamp_header = header_name(verify["timestamp_header"]);
  out.iso_time = verify["timestamp"].text_or("unix") == "iso8601";
  out.encoding = verify["encoding"].text_or("base64");
  out.prefix = verify["prefix"].text_or("");
  out.tolerance_seconds = verify["tolerance_seconds"].integer_or(300);
  out.delivery_header = header_name(json["delivery_header"]);
  out.topic_header = header_name(json["topic_header"]);
  return out;
}

HookRule hook_of(const Json& json, const std::map<std::string, SecretRule>& secrets) {
  HookRule out;
  const Json verify = json["verify"];
  out.topic = json["topic"].text();
  out.op = json["op"].text_or("webhook.receive/1");
  const std::string scheme = verify["scheme"].text_or("");
  if (scheme == "public-key") return public_key_hook_of(json, std::move(out));
  out.secret = verify["secret"].text();
  out.listed = scheme == "timestamp-list";
  out.standard = verify["scheme"].text_or("") == "standard-webhooks";
  if (out.standard) {
    out.digest = "sha256";
    out.header = "webhook-signature";
    out.timestamp_header = "webhook-timestamp";
  } else {
    out.digest = out.listed ? verify["hmac"].text_or("sha256") : verify["hmac"].text();
    verify["header"].text_view();
    out.header = header_name(verify["header"]);
    out.timestamp_header = header_name(verify["timestamp_header"]);
  }
  out.nfkd = verify["normalise"].text_or("") == "nfkd";
  out.encoding = verify["encoding"].text_or("base64");
  out.prefix = verify["prefix"].text_or("");
  out.tolerance_seconds = verify["tolerance_seconds"].integer_or(300);
  out.delivery_header = header_name(json["delivery_header"]);
  if (out.standard && out.delivery_header.empty()) out.delivery_header = "webhook-id";
  out.topic_header = header_name(json["topic_header"]);
  out.ping_start = json["unsigned_ping"].text_or("");
  if (out.digest != "sha256" && out.digest != "sha1" && out.digest != "sha512") {
    verify["hmac"].refuse("must be sha256, sha1 or sha512");
  }
  if (out.encoding != "base64" && out.encoding != "hex")
    verify["encoding"].refuse("must be base64 or hex");
  const auto secret = secrets.find(out.secret);
  if (secret == secrets.end() || !secret->second.hmac) {
    verify["secret"].refuse("must name a secret with \"use\": \"hmac\"");
  }
  return out;
}

Descriptor read(const Json& json) {
  Descriptor out;
  out.id = json["id"].text();
  out.name = json["name"].text();
  out.version = json["version"].text();
  out.status = json["status"].text_or("");
  if (!json["abi"].text_view().starts_with("1."))
    json["abi"].refuse("must be 1.0: this daemon speaks ABI 1");
  if (json["io"].text_or("host") != "host")
    json["io"].refuse("must be 'host': connectors have no I/O of their own");
  out.hosts = texts_of(json["hosts"]);
  if (json["secrets"]) {
    for (const auto& [name, rule] : json["secrets"].members())
      out.secrets.emplace(name, secret_of(rule));
  }
  if (json["limits"]) {
    for (const auto& [name, rule] : json["limits"].members())
      out.limits.emplace(name, limit_of(rule));
  }
  for (const Json& hook : json["webhooks"].items_or_none())
    out.hooks.push_back(hook_of(hook, out.secrets));
  if (json["polls"]) {
    for (const auto& [operation, poll] : json["polls"].members()) {
      out.poll_seconds.emplace(operation, poll["every_seconds"].integer());
    }
  }
  out.config = json["config"];
  return out;
}

}  // namespace

Result<Descriptor> read_descriptor(std::string_view text) {
  try {
    const Json json = Json::parse(std::string(text));
    Descriptor out = read(json);
    out.text = std::string(text);
    if (out.config) {
      auto faults = check_schema(out.config);
      if (!faults.empty())
        return Problem{"bad_descriptor", "the schema of its settings is wrong", faults};
    }
    return out;
  } catch (const Failure& failure) {
    return Problem{"bad_descriptor", failure.message, {{failure.path, failure.message}}};
  }
}

std::optional<std::string> expand(std::string_view pattern, const Json& settings) {
  std::string out;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = pattern.find('}', open);
    if (close == std::string_view::npos) return std::nullopt;
    const Json value = settings[pattern.substr(open + 1, close - open - 1)];
    if (!value.is_text() || value.text_view().empty()) return std::nullopt;
    out += value.text_view();
    pattern.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace lotbridge::host
