// Secrets of an account that are more than a text: tokens that the host fetches, keys that sign.
#include "daemon/host/outbound.hpp"

namespace lotbridge::host {
namespace {

bool names(std::string_view text, const std::string& template_text) {
  return text.find(template_text) != std::string_view::npos;
}

bool asks_for(const HttpRequest& request, const std::string& name) {
  const std::string wanted = "{{secret:" + name + "}}";
  bool found = names(request.url, wanted) || names(request.body, wanted);
  for (const HttpHeader& header : request.headers) found = found || names(header.value, wanted);
  return found;
}

}  // namespace

std::string Outbound::other_secret(const std::string& name) const {
  const auto found = secrets_.find(name);
  return found == secrets_.end() ? std::string() : found->second.value.value_or("");
}

Refused Outbound::add_tokens() {
  for (auto& [name, secret] : secrets_) {
    if (!secret.rule.oauth) continue;
    const OAuthRule& rule = *secret.rule.oauth;
    const auto expanded = expand(rule.token_url, settings_.settings);
    auto address = expanded ? parse_address(*expanded) : std::nullopt;
    if (!address || (address->scheme != "https" && !base_)) {
      return Problem{
          "invalid_value",
          "a setting is missing or wrong that the address of the token server is made of",
          {{"/settings", ""}}};
    }
    if (base_) address = Address{base_->scheme, base_->host, base_->port, address->rest};
    secret.token = std::make_shared<OAuthToken>(
        rule,
        OAuthToken::Values{name, address->text(), other_secret(rule.client_id),
                           other_secret(rule.client_secret), other_secret(rule.refresh_token)},
        settings_.keeper);
  }
  return std::nullopt;
}

std::optional<Sent> Outbound::tokens_for(const HttpRequest& request, const CallLimits& limits,
                                         Tokens& tokens) {
  const auto fetch = [&](WireRequest wire) {
    ++counts_.requests;
    wire.timeout_ms = settings_.timeout_ms;
    wire.plain_http = base_.has_value();
    wire.private_addresses = base_.has_value() || settings_.private_addresses;
    wire.proxy = settings_.proxy;
    wire.no_proxy = settings_.no_proxy;
    return client_.perform(wire, limits.cancelled);
  };
  for (const auto& [name, secret] : secrets_) {
    if (!secret.token || !asks_for(request, name)) continue;
    const auto before = tokens.find(name);
    OAuthToken::Got got =
        secret.token->get(fetch, clock_.now().ms, before == tokens.end() ? "" : before->second);
    if (got.status != LB_OK) return refused(got.status, std::move(got.message));
    tokens[name] = std::move(got.token);
  }
  return std::nullopt;
}

Result<std::string> Outbound::private_key(std::string_view name) const {
  const auto secret = secrets_.find(name);
  if (secret == secrets_.end() || !secret->second.rule.sign)
    return Problem{"unknown_secret", "the descriptor names no such key to sign with", {}};
  if (!secret->second.value)
    return Problem{"missing_secret", "secret '" + std::string(name) + "' is not configured", {}};
  return *secret->second.value;
}

}  // namespace lotbridge::host
