#include "api.hpp"

#include <algorithm>

#include <lotbridge/failure.hpp>

namespace lotbridge::woocommerce {
namespace {

std::string encoded(const Query& query) {
  std::string out;
  for (const auto& [key, value] : query) {
    out += (out.empty() ? "" : "&") + url_encoded(key) + "=" + url_encoded(value);
  }
  return out;
}

std::string base64(std::string_view bytes) {
  static constexpr char kLetters[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t n = 0; n < 3; ++n) {
      group =
          (group << 8) | (at + n < bytes.size() ? static_cast<unsigned char>(bytes[at + n]) : 0U);
    }
    for (std::size_t n = 0; n < 4; ++n) {
      out += at + n > bytes.size() ? '=' : kLetters[(group >> (18 - 6 * n)) & 63U];
    }
  }
  return out;
}

std::string hex(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

struct Refusal {
  std::string code, message;
  bool readable = false;  // the shop itself spoke, not a server in front of it
};

Refusal refusal_of(const HttpReply& reply) {
  try {
    const Json body = Json::parse(reply.body());
    if (!body.is_object()) return {};
    Refusal out;
    if (body["code"].is_text()) out.code = body["code"].text();
    if (body["message"].is_text()) out.message = body["message"].text();
    out.readable = true;
    return out;
  } catch (const Failure&) {
    return {};
  }
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

[[noreturn]] void refuse(Call& call, const HttpReply& reply, const std::string& what) {
  const Refusal refusal = refusal_of(reply);
  const std::string said = what + ": " + refusal.message;
  if (reply.code() == 401 && has(refusal.message, "nonce")) {
    throw Failure(LB_RETRY, said, "", refusal.code);  // the host repeated what was signed once
  }
  if (reply.code() == 401 && has(refusal.message, "timestamp")) {
    throw Failure(LB_CONFIG, said + " (this machine's clock and the shop's differ too much)", "",
                  refusal.code);
  }
  if (reply.code() == 403 && !refusal.readable) {
    throw Failure(LB_RETRY, what + ": a server in front of the shop refuses us (403)");
  }
  if (refusal.code == "rest_no_route" || (reply.code() == 404 && !refusal.readable)) {
    throw Failure(LB_CONFIG,
                  what + ": the shop has no such address; check site, folder and permalinks", "",
                  refusal.code);
  }
  if (refusal.code == "woocommerce_rest_shop_order_invalid_id") {
    throw Failure(LB_BAD_RECORD, what + ": the shop has no such order", "", refusal.code);
  }
  try {
    reply.expect_ok(call.now(), what);
  } catch (Failure& failure) {
    if (!refusal.code.empty()) failure.vendor_code = refusal.code;
    if (!refusal.message.empty()) failure.message += " (" + refusal.message + ")";
    throw;
  }
  throw Failure(LB_RETRY, what + " was not answered");
}

}  // namespace

std::string refusal_code(const HttpReply& reply) { return refusal_of(reply).code; }

std::string signature_base(const std::string& method, const std::string& address, Query query) {
  for (auto& [key, value] : query) {
    key = url_encoded(key);
    value = url_encoded(value);
  }
  std::sort(query.begin(), query.end());
  std::string parameters;
  for (const auto& [key, value] : query) {
    parameters += (parameters.empty() ? "" : "&") + key + "=" + value;
  }
  return method + "&" + url_encoded(address) + "&" + url_encoded(parameters);
}

HttpRequest Api::signed_request(Call& call, const std::string& method, const std::string& address,
                                Query query) const {
  query.emplace_back("oauth_consumer_key", settings_.consumer_key);
  query.emplace_back("oauth_nonce", hex(call.random(16)));
  query.emplace_back("oauth_signature_method", "HMAC-SHA256");
  query.emplace_back("oauth_timestamp", std::to_string(call.now().ms / 1000));
  // No token: the key alone signs, so nothing follows the "&".
  const std::string signature = base64(
      call.hmac(secret("consumer_secret") + "&", "sha256", signature_base(method, address, query)));
  query.emplace_back("oauth_signature", signature);
  HttpRequest out;
  out.method = method;
  out.url = address + "?" + encoded(query);
  return out;
}

HttpReply Api::exchange(Call& call, const std::string& method, const std::string& path,
                        const Query& query, const std::string& body, bool harmless) {
  std::string address = settings_.scheme + "://" + settings_.site + settings_.folder;
  Query words = query;
  if (settings_.plain_permalinks) {
    address += "/";
    words.insert(words.begin(), {"rest_route", "/wc/v3" + path});
  } else {
    address += "/wp-json/wc/v3" + path;
  }
  HttpRequest request;
  if (settings_.scheme == "http") {
    request = signed_request(call, method, address, words);
  } else {
    request.method = method;
    request.url = address + (words.empty() ? "" : "?" + encoded(words));
    if (settings_.credentials_in_query) {
      request.url += std::string(words.empty() ? "?" : "&") +
                     "consumer_key=" + settings_.consumer_key +
                     "&consumer_secret=" + secret("consumer_secret");
    } else {
      request.headers.push_back({"Authorization", "Basic {{base64:" + settings_.consumer_key + ":" +
                                                      secret("consumer_secret") + "}}"});
    }
  }
  request.headers.push_back({"Accept", "application/json"});
  request.body = body;
  if (harmless && settings_.scheme == "https") request.idempotency_key = method + path;
  return call.exchange(request);
}

HttpReply Api::send(Call& call, const std::string& method, const std::string& path,
                    const Query& query, const std::string& body, const std::string& what,
                    bool harmless) {
  HttpReply reply = exchange(call, method, path, query, body, harmless);
  // A nonce counts once: what the host had to repeat is signed anew, once.
  if (settings_.scheme == "http" && reply.code() == 401 &&
      has(refusal_of(reply).message, "nonce")) {
    reply = exchange(call, method, path, query, body, harmless);
  }
  if (!reply.ok()) refuse(call, reply, what);
  return reply;
}

Json Api::write(Call& call, const std::string& method, const std::string& path,
                const std::string& body, const std::string& what, bool harmless) {
  Json out = send(call, method, path, {}, body, what, harmless).json();
  if (!out.is_object()) throw Failure(LB_RETRY, what + ": the shop did not say that it was done");
  return out;
}

Json Api::object(Call& call, const std::string& path, const std::string& what) {
  Json out = send(call, "GET", path, {}, "", what, false).json();
  if (!out.is_object()) throw Failure(LB_RETRY, what + ": the shop's answer is no object");
  return out;
}

Json Api::list(Call& call, const std::string& path, const Query& query, const std::string& what) {
  Json out = send(call, "GET", path, query, "", what, false).json();
  if (!out.is_array()) throw Failure(LB_RETRY, what + ": the shop's answer is no list");
  return out;
}

Json Api::list_if_there(Call& call, const std::string& path, const std::string& what) {
  const HttpReply reply = exchange(call, "GET", path, {}, "", false);
  if (reply.code() == 404 && refusal_code(reply) == "rest_no_route") return Json();
  if (!reply.ok()) refuse(call, reply, what);
  Json out = reply.json();
  if (!out.is_array()) throw Failure(LB_RETRY, what + ": the shop's answer is no list");
  return out;
}

}  // namespace lotbridge::woocommerce
