// The one writer of problems (RFC 9457), and which status each code has.
#include <algorithm>
#include <cctype>

#include "engine.hpp"
#include "sdk/records/json_writer.hpp"

namespace lotbridge::engine {
namespace {

// "unknown_lot" -> "Unknown lot".
std::string title_of(std::string_view code) {
  std::string title(code);
  std::replace(title.begin(), title.end(), '_', ' ');
  if (!title.empty())
    title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  return title;
}

}  // namespace

int status_of(const Problem& problem) {
  struct Row {
    std::string_view code;
    int status;
  };
  static constexpr Row kRows[] = {
      {"bad_json", 400},     {"unauthorized", 401}, {"missing_scope", 403}, {"not_found", 404},
      {"too_large", 413},    {"unknown_key", 422},  {"invalid_value", 422}, {"mixed_owners", 422},
      {"rate_limited", 429}, {"unavailable", 503},  {"invalid_store", 503},
  };
  for (const Row& row : kRows) {
    if (row.code == problem.code) return row.status;
  }
  return 409;  // refused by a rule
}

Answer problem_answer(int status, const Problem& problem) {
  JsonWriter json(256);
  json.open('{');
  json.key("type");
  json.text("urn:lotbridge:problem:" + problem.code);
  json.key("title");
  json.text(title_of(problem.code));
  json.key("status");
  json.integer(status);
  json.key("detail");
  json.text(problem.detail);
  json.key("code");
  json.text(problem.code);
  json.key("errors");
  json.open('[');
  for (const FieldError& error : problem.errors) {
    json.open('{');
    json.key("pointer");
    json.text(error.pointer);
    json.key("detail");
    json.text(error.detail);
    json.close('}');
  }
  json.close(']');
  json.close('}');
  return Answer{status, json.take()};
}

bool Caller::sees(std::string_view owner) const {
  return all_owners || std::find(owners.begin(), owners.end(), owner) != owners.end();
}

}  // namespace lotbridge::engine
