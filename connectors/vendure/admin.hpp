// Talks to one shop's admin API (GraphQL): logs in, sends a query, gives its data.
//
// The session's token lives in this object only; when the shop forgets it, the login is done again,
// once. One Admin per connector object.
#pragma once

#include <string>

#include <lotbridge/sdk.hpp>

#include "settings.hpp"

namespace lotbridge::vendure {

class Admin {
 public:
  explicit Admin(const Settings& settings) : settings_(settings) {}

  // The answer's `data`. Throws Failure: LB_RETRY (passing trouble, or a mutation whose answer was
  // lost), LB_AUTH, LB_CONFIG (the shop has no such field or channel), LB_BAD_RECORD.
  Json query(Call&, const std::string& name, const std::string& text, const JsonText& variables);
  // The same for what changes something: the host must not repeat it by itself.
  Json mutate(Call&, const std::string& name, const std::string& text, const JsonText& variables);

 private:
  Json run(Call&, const std::string& name, const std::string& text, const JsonText& variables,
           bool repeatable);
  HttpReply send(Call&, const std::string& name, const std::string& body, bool repeatable);
  void log_in(Call&);

  const Settings& settings_;
  std::string token_;
};

// A mutation's answer is one of several types; what is no success has errorCode and message.
// Throws the Failure for it unless `expected` is its code; gives true when it was expected.
bool is_refusal(const Json& result, const std::string& what, const std::string& expected = "");

}  // namespace lotbridge::vendure
