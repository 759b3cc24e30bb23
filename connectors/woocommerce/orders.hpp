// An order of the shop as documents of Lotbridge. A webhook's body and the REST answer have one
// shape, so what comes twice has the same content and counts as a repeat.
//
// Refunds and fulfillments stand beside the order, not in it: needs_* say when they must be read.
// Pure; throws Failure(LB_BAD_RECORD) with the place.
#pragma once

#include <string>
#include <vector>

#include <lotbridge/documents.hpp>
#include <lotbridge/json.hpp>

#include "settings.hpp"

namespace lotbridge::woocommerce {

bool needs_refunds(const Json& order);
// Only where the shop's own fulfilments count and this order has any.
bool needs_fulfillments(const Json& order, const Settings&);

// The order, what the shop itself shipped of it, and the money given back for goods that had left.
// Nothing for a status that is none of ours. Both lists absent: there are none.
std::vector<Document> documents_of(const Json& order, const Json& refunds, const Json& fulfillments,
                                   const Settings&);
// An order that is gone for good.
Document deleted_order(const std::string& id);

// "2026-11-03T09:15:00" is UTC in the shop's *_gmt fields.
Maybe<Timestamp> gmt_maybe(const Json& text);

// The key under which the machine reads the lots of a line. It begins with '_': people don't see
// it.
inline constexpr const char* kMachineKey = "_lotbridge_lots";
// The value that a line (or anything else with meta_data) has under a key; absent: none.
Json meta_of(const Json& owner, std::string_view key);

}  // namespace lotbridge::woocommerce
