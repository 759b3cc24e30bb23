// The door for what connectors bring: text becomes a document with owner and source, or an
// unreadable for a person.
//
// Nothing is lost and nothing is guessed: an unknown kind, a record that can't be read, a customer
// code that the configuration does not map are kept whole with the reason. Plain functions; any
// thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "daemon/engine/engine.hpp"

namespace lotbridge::host {

struct OwnerRule {
  std::string owner;                          // one for all, or
  std::map<std::string, std::string> owners;  // the platform's customer code -> owner
};

// `kind` is "order/1" or "parked/1"; `origin` says where it came from ("orders.pull/1", a
// delivery's id).
engine::Record take_in(std::string_view kind, std::string_view json, const OwnerRule& owners,
                       const std::string& source, const std::string& origin);

}  // namespace lotbridge::host
