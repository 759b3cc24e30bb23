#include "daemon/api/routes.hpp"

#include <algorithm>
#include <array>

namespace lotbridge::api {
namespace {

constexpr std::array<std::pair<Scope, std::string_view>, 7> kScopeNames{
    {{Scope::read, "read"},
     {Scope::orders, "orders"},
     {Scope::stock, "stock"},
     {Scope::quality, "quality"},
     {Scope::recall, "recall"},
     {Scope::override_, "override"},
     {Scope::admin, "admin"}}};

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> parts;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // the slash
    const auto end = std::min(pattern.find('/'), pattern.size());
    parts.emplace_back(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
  return parts;
}

// How many fixed parts agree; -1: the path is another one.
int agreement(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return -1;
  int fixed = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern[i] == "{}") {
      if (path[i].empty()) return -1;
      continue;
    }
    if (pattern[i] != path[i]) return -1;
    ++fixed;
  }
  return fixed;
}

}  // namespace

std::string_view scope_name(Scope scope) {
  for (const auto& [value, name] : kScopeNames) {
    if (value == scope) return name;
  }
  return "none";
}

std::optional<Scope> scope_of_name(std::string_view text) {
  for (const auto& [value, name] : kScopeNames) {
    if (name == text) return value;
  }
  return std::nullopt;
}

bool RouteTable::add(Route route) {
  auto parts = split(route.pattern);
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (routes_[i].method == route.method && parts_[i] == parts) return false;
  }
  parts_.push_back(std::move(parts));
  routes_.push_back(std::move(route));
  return true;
}

void RouteTable::get(std::string pattern, Handler handler, Scope scope) {
  add({.method = "GET",
       .pattern = std::move(pattern),
       .scope = scope,
       .handler = std::move(handler),
       .blocking = true,
       .stream = {}});
}

void RouteTable::post(std::string pattern, Scope scope, Handler handler, BodyLimit body) {
  add({.method = "POST",
       .pattern = std::move(pattern),
       .scope = scope,
       .handler = std::move(handler),
       .body = body,
       .stream = {}});
}

RouteTable::Match RouteTable::find(std::string_view method,
                                   const std::vector<std::string>& path) const {
  Match match;
  int best = -1;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const int fixed = agreement(parts_[i], path);
    if (fixed < 0) continue;
    match.allowed.push_back(routes_[i].method);
    if (routes_[i].method == method && fixed > best) {
      best = fixed;
      match.route = &routes_[i];
    }
  }
  std::sort(match.allowed.begin(), match.allowed.end());
  match.allowed.erase(std::unique(match.allowed.begin(), match.allowed.end()), match.allowed.end());
  return match;
}

}  // namespace lotbridge::api
