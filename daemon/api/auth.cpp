#include "daemon/api/auth.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "daemon/api/problem.hpp"
#include "daemon/api/server_target.hpp"

namespace lotbridge::api {
namespace {

Response unauthorized(std::string detail) {
  Response response = problem_response(401, "unauthorized", std::move(detail));
  response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"lotbridge\"");
  return response;
}

std::string_view bearer_of(std::string_view header) {
  constexpr std::string_view kScheme = "bearer ";
  if (header.size() <= kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = header[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower != kScheme[i]) return {};
  }
  header.remove_prefix(kScheme.size());
  while (header.starts_with(' ')) header.remove_prefix(1);
  return header;
}

// Looks at every token, whichever matches, so that the time tells nothing.
const Token* find(const std::vector<Token>& tokens, std::string_view value) {
  const Digest digest = sha256(value);
  const Token* found = nullptr;
  for (const Token& token : tokens) {
    if (CRYPTO_memcmp(token.digest.data(), digest.data(), digest.size()) == 0) found = &token;
  }
  return found;
}

}  // namespace

Digest sha256(std::string_view bytes) {
  Digest digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return digest;
}

void Gate::replace(std::vector<Token> tokens) {
  tokens_.store(std::make_shared<const std::vector<Token>>(std::move(tokens)));
}

std::optional<Response> Gate::admit(Request& request, Scope needed) const {
  if (needed == Scope::none) return std::nullopt;
  const std::string_view header = request.header("authorization");
  if (header.empty()) {
    return unauthorized("This call needs the header `Authorization: Bearer TOKEN`.");
  }
  const auto tokens = tokens_.load();
  const std::string_view value = bearer_of(header);
  const Token* token = value.empty() ? nullptr : find(*tokens, value);
  if (token == nullptr) return unauthorized("The token is not known here.");
  const std::string_view actor = request.header("lotbridge-actor");
  if (actor.size() > kActorMax || !is_clean_text(actor)) {
    return problem_response(400, "invalid_value",
                            "Lotbridge-Actor is UTF-8 text of at most 200 bytes.");
  }
  request.caller.token = token->name;
  request.caller.actor = std::string(actor);
  request.scopes = token->scopes;
  request.caller.may_override = request.may(Scope::override_);
  request.caller.all_owners = token->all_owners;
  request.caller.owners = token->owners;
  request.warehouses = token->all_warehouses ? std::vector<std::string>{} : token->warehouses;
  request.admin = request.may(Scope::admin);
  if (!request.may(needed)) return missing_scope(request, needed);
  return std::nullopt;
}

}  // namespace lotbridge::api
