#include "daemon/host/hooks.hpp"

#include <openssl/evp.h>
#include <utf8proc.h>

#include <charconv>
#include <cstdlib>

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

HookCheck refused(std::string reason) { return {false, false, std::move(reason), false, {}, {}}; }

// Some platforms try an address before they sign anything. Such a body names nothing that could be
// acted on, and a number that anybody may invent is not worth storing.
bool is_ping(const HookRule& rule, const std::map<std::string, std::string>& headers,
             std::string_view body) {
  if (rule.ping_start.empty() || header_of(headers, rule.header) != nullptr) return false;
  if (!body.starts_with(rule.ping_start)) return false;
  const std::string_view number = body.substr(rule.ping_start.size());
  return !number.empty() && number.size() <= 20 &&
         number.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string unbase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return {};
  std::string out(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return {};
  out.resize(out.size() - static_cast<std::size_t>(text.ends_with("==") ? 2 : text.ends_with("=")));
  return out;
}

// What the signature is made with: the secret as the platform turns it into a key. Empty: it can't.
std::string key_of(const HookRule& rule, const std::string& secret) {
  if (rule.standard) {
    const std::string_view start = "whsec_";
    return unbase64(secret.starts_with(start) ? secret.substr(start.size()) : secret);
  }
  if (!rule.nfkd) return secret;
  utf8proc_uint8_t* normal =
      utf8proc_NFKD(reinterpret_cast<const utf8proc_uint8_t*>(secret.c_str()));
  if (normal == nullptr) return {};
  std::string out(reinterpret_cast<const char*>(normal));
  std::free(normal);
  return out;
}

// Standard Webhooks: "v1,BASE64 v1,BASE64": while a secret is changed there are two.
bool any_matches(std::string_view signatures, const std::string& wanted) {
  bool found = false;
  while (!signatures.empty()) {
    const auto end = std::min(signatures.find(' '), signatures.size());
    const std::string_view one = signatures.substr(0, end);
    if (one.starts_with("v1,")) found |= same_bytes(one.substr(3), wanted);
    signatures.remove_prefix(std::min(end + 1, signatures.size()));
  }
  return found;
}

// What an attacker could replay must carry its time. Empty: fine.
std::string stale(const HookRule& rule, const std::string& stamp, std::int64_t now_ms) {
  std::int64_t seconds = 0;
  if (rule.iso_time) {
    const auto at = Timestamp::parse(stamp);
    if (!at) return "the timestamp is none";
    seconds = at->ms / 1000;
  } else {
    const auto [end, error] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), seconds);
    if (error != std::errc() || end != stamp.data() + stamp.size())
      return "the timestamp is no number";
  }
  const std::int64_t off = now_ms / 1000 - seconds;
  return off > rule.tolerance_seconds || off < -rule.tolerance_seconds ? "the timestamp is stale"
                                                                       : "";
}

// A signature as it came, and what it covers.
struct Signed {
  std::string reason;  // why there is none
  std::vector<std::string> signatures;
  std::string text;
};

// "t=1492774577,v1=5257a8...,v1=...": the time and the signatures stand in one header.
Signed listed(const HookRule& rule, std::string_view header, std::string_view body,
              std::int64_t now_ms) {
  Signed out;
  std::string stamp;
  while (!header.empty()) {
    const auto end = std::min(header.find(','), header.size());
    std::string_view part = header.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.starts_with("t=")) stamp = part.substr(2);
    if (part.starts_with("v1=")) out.signatures.push_back(low(std::string(part.substr(3))));
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  out.reason = stale(rule, stamp, now_ms);
  out.text = stamp + "." + std::string(body);
  return out;
}

Signed signed_part(const HookRule& rule, const std::map<std::string, std::string>& headers,
                   std::string_view body, std::int64_t now_ms) {
  Signed out;
  const std::string* signature = header_of(headers, rule.header);
  if (signature == nullptr) {
    out.reason = "the signature is missing";
    return out;
  }
  if (rule.listed) return listed(rule, *signature, body, now_ms);
  out.signatures = {*signature};
  out.text = body;
  if (rule.timestamp_header.empty()) return out;
  const std::string* stamp = header_of(headers, rule.timestamp_header);
  if (stamp == nullptr) {
    out.reason = "the timestamp is missing";
    return out;
  }
  out.reason = stale(rule, *stamp, now_ms);
  out.text = *stamp + "." + out.text;
  if (!rule.standard) return out;
  const std::string* id = header_of(headers, "webhook-id");
  if (id == nullptr || id->empty()) {
    out.reason = "the delivery's id is missing";
  } else {
    out.text = *id + "." + out.text;
  }
  return out;
}

// With a secret that both sides know. Empty: it is right.
std::string wrong_with_secret(const HookRule& rule, const Signed& part,
                              const std::map<std::string, std::string>& secrets) {
  const auto key = secrets.find(rule.secret);
  if (key == secrets.end() || key->second.empty()) return "the webhook secret is not configured";
  const std::string signing_key = key_of(rule, key->second);
  if (signing_key.empty()) return "the webhook secret is not of the platform's form";
  if (rule.listed) {
    const std::string wanted = hex(hmac(rule.digest, signing_key, part.text));
    bool found = false;
    for (const std::string& one : part.signatures) found |= same_bytes(one, wanted);
    return found ? "" : "the signature is wrong";
  }
  std::string got = part.signatures.front();
  if (rule.encoding == "hex") got = rule.prefix.empty() ? low(got) : got;
  const std::string wanted = signature_of(rule, signing_key, part.text);
  const bool right = rule.standard ? any_matches(got, wanted) : same_bytes(got, wanted);
  return right ? "" : "the signature is wrong";
}

// With a key that the platform publishes.
HookCheck wrong_with_key(const HookRule& rule, const Signed& part,
                         const std::map<std::string, std::string>& headers, const KeyRing* keys) {
  std::string_view text = part.signatures.front();
  if (!text.starts_with(rule.prefix)) return refused("the signature is wrong");
  text.remove_prefix(rule.prefix.size());
  const std::string signature = rule.encoding == "hex" ? unhex(text) : unbase64_any(text);
  const std::string* id = header_of(headers, rule.key_id_header);
  if (!rule.key_id_header.empty() && id == nullptr) return refused("the key's id is missing");
  const auto said = keys == nullptr
                        ? KeyRing::Said::no_key
                        : keys->verify(rule.keys_url, id == nullptr ? std::string() : *id,
                                       rule.digest, part.text, signature);
  if (said == KeyRing::Said::good) return {true, false, {}, false, {}, {}};
  // A platform may have changed its keys since they were read.
  HookCheck out = refused(said == KeyRing::Said::wrong
                              ? "the signature is wrong"
                              : "the platform's key is not known yet; it will be read");
  out.keys_wanted = true;
  return out;
}

}  // namespace

HookCheck check_hook(const std::vector<HookRule>& rules,
                     const std::map<std::string, std::string>& secrets,
                     const std::map<std::string, std::string>& headers, std::string_view body,
                     std::int64_t now_ms, const KeyRing* keys) {
  for (const HookRule& rule : rules) {
    if (is_ping(rule, headers, body)) return {true, true, {}, false, {}, {}};
  }
  const HookRule* rule = rule_for(rules, headers);
  if (rule == nullptr) return refused("the connector takes no webhook of this topic");
  if (!rule->public_key && !secrets.contains(rule->secret))
    return refused("the webhook secret is not configured");
  const Signed part = signed_part(*rule, headers, body, now_ms);
  if (!part.reason.empty()) return refused(part.reason);
  if (rule->public_key) {
    HookCheck check = wrong_with_key(*rule, part, headers, keys);
    if (!check.ok) return check;
  } else if (std::string wrong = wrong_with_secret(*rule, part, secrets); !wrong.empty()) {
    return refused(std::move(wrong));
  }

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
