#include "daemon/host/hooks.hpp"

#include <openssl/evp.h>

#include <charconv>

#include <lotbridge/json.hpp>

#include "daemon/host/secrets.hpp"

namespace lotbridge::host {
namespace {

std::string low(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

const std::string* header_of(const std::map<std::string, std::string>& headers,
                             const std::string& name) {
  if (name.empty()) return nullptr;
  const auto found = headers.find(name);
  return found == headers.end() ? nullptr : &found->second;
}

// Where the topic stands in a header, only the rule of that topic may vouch for it; one with topic
// "*" takes the rest.
const HookRule* rule_for(const std::vector<HookRule>& rules,
                         const std::map<std::string, std::string>& headers) {
  const HookRule* any = nullptr;
  for (const HookRule& rule : rules) {
    const std::string* topic = header_of(headers, rule.topic_header);
    if (rule.topic == "*") any = any ? any : &rule;
    if (rule.topic_header.empty() ? rule.topic != "*" : (topic != nullptr && *topic == rule.topic))
      return &rule;
  }
  return any;
}

std::string signature_of(const HookRule& rule, const std::string& key,
                         std::string_view signed_text) {
  const std::string raw = hmac(rule.digest, key, signed_text);
  return rule.prefix + (rule.encoding == "hex" ? hex(raw) : base64(raw));
}

std::string digest_of(std::string_view topic, std::string_view body) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  const std::string text = std::string(topic) + "\n" + std::string(body);
  EVP_Digest(text.data(), text.size(), out, &length, EVP_sha256(), nullptr);
  return "sha256:" + hex({reinterpret_cast<const char*>(out), length});
}

HookCheck refused(std::string reason) { return {false, std::move(reason), {}, {}}; }

}  // namespace

HookCheck check_hook(const std::vector<HookRule>& rules,
                     const std::map<std::string, std::string>& secrets,
                     const std::map<std::string, std::string>& headers, std::string_view body,
                     std::int64_t now_ms) {
  const HookRule* rule = rule_for(rules, headers);
  if (rule == nullptr) return refused("the connector takes no webhook of this topic");
  const auto key = secrets.find(rule->secret);
  if (key == secrets.end() || key->second.empty())
    return refused("the webhook secret is not configured");
  const std::string* signature = header_of(headers, rule->header);
  if (signature == nullptr) return refused("the signature is missing");

  std::string timed;
  std::string_view signed_text = body;
  if (!rule->timestamp_header.empty()) {
    const std::string* stamp = header_of(headers, rule->timestamp_header);
    std::int64_t seconds = 0;
    if (stamp == nullptr) return refused("the timestamp is missing");
    const auto [end, error] =
        std::from_chars(stamp->data(), stamp->data() + stamp->size(), seconds);
    if (error != std::errc() || end != stamp->data() + stamp->size())
      return refused("the timestamp is no number");
    const std::int64_t off = now_ms / 1000 - seconds;
    if (off > rule->tolerance_seconds || off < -rule->tolerance_seconds)
      return refused("the timestamp is stale");
    timed = *stamp + "." + std::string(body);
    signed_text = timed;
  }
  std::string got = *signature;
  if (rule->encoding == "hex") got = rule->prefix.empty() ? low(got) : got;
  if (!same_bytes(got, signature_of(*rule, key->second, signed_text)))
    return refused("the signature is wrong");

  HookCheck out;
  out.ok = true;
  const std::string* topic = header_of(headers, rule->topic_header);
  out.topic = topic != nullptr ? *topic : rule->topic;
  const std::string* delivery = header_of(headers, rule->delivery_header);
  out.delivery = delivery != nullptr && !delivery->empty() ? *delivery : digest_of(out.topic, body);
  return out;
}

std::string kept_headers(const std::vector<HookRule>& rules,
                         const std::map<std::string, std::string>& headers) {
  std::vector<std::pair<std::string, JsonText>> kept;
  for (const auto& [name, value] : headers) {
    bool drop = name == "authorization" || name == "cookie" || name == "proxy-authorization";
    for (const HookRule& rule : rules) drop = drop || name == rule.header;
    if (!drop) kept.emplace_back(name, value);
  }
  return json_object(kept).str();
}

}  // namespace lotbridge::host
