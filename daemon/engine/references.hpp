// Which order a document means, and that order loaded: an id, number or alias within its owner.
//
// Closed orders are not in the hot state; load_order() brings one back from the store for the batch
// that needs it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "workbench.hpp"

namespace lotbridge::engine {

struct Resolved {
  core::OrderId order = 0;  // 0: none known by that name
  bool ambiguous = false;
};
// `source`: only orders of that source (and those only heard of without one).
Resolved resolve_order(Workbench&, core::OwnerId, std::string_view name,
                       const std::optional<std::string>& source);

// Makes sure that the order is in the hot state. False: there is none such (or the store failed).
bool load_order(Workbench&, core::OrderId);

// Remembers by which names documents may call an order.
void store_order_names(Workbench&, core::OrderId, core::OwnerId, const Document& order);
void store_heard_name(Workbench&, core::OrderId, core::OwnerId, std::string_view name,
                      const std::optional<std::string>& source);

// What a document says about which order, and which document it takes back.
struct References {
  std::optional<std::string> order, order_source, void_of;
};
References references_of(const Document&);

// The order of a call: its uid, or the sender's id within owner and source.
struct FoundOrder {
  core::OrderId order = 0;
  Refused problem;  // not_found, or ambiguous_reference naming the candidates
};
FoundOrder find_order(Workbench&, const Engine::OrderName&, const Caller&);

}  // namespace lotbridge::engine
