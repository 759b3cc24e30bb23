// How anything in Lotbridge says that something did not work: a small value, never an exception.
//
// A Problem says what went wrong (`code`, from one stable list), where (`pointer`, a JSON Pointer
// into the input) and what to do (`detail`, one sentence for a person, without secrets).
// A Result<T> is either a T or a Problem. Both are plain values: copy, move, any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lotbridge {

// One fault at one place of the input.
struct FieldError {
  std::string pointer;  // JSON Pointer (RFC 6901) into the document, "" for the whole of it
  std::string detail;   // one sentence for a person
  bool operator==(const FieldError&) const = default;
};

// Why something was refused. `code` is one of the codes of the HTTP contract ("unknown_key",
// "invalid_value", "bad_json", "insufficient", ...), stable for programs.
struct Problem {
  std::string code;
  std::string detail;
  std::vector<FieldError> errors;
  bool operator==(const Problem&) const = default;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}            // NOLINT
  Result(Problem problem) : state_(std::in_place_index<1>, std::move(problem)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Only when ok().
  T& value() { return std::get<0>(state_); }
  const T& value() const { return std::get<0>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Only when !ok().
  Problem& problem() { return std::get<1>(state_); }
  const Problem& problem() const { return std::get<1>(state_); }

 private:
  std::variant<T, Problem> state_;
};

// For what has no value to return: nullopt is success.
using Refused = std::optional<Problem>;

}  // namespace lotbridge
