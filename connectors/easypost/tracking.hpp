// A tracker as a tracking record: its state in the words that all carriers share.
//
// Pure.
#pragma once

#include <string>

#include <lotbridge/json.hpp>

namespace lotbridge::easypost {

// The common set: pre_transit, in_transit, out_for_delivery, delivered, exception, returned,
// unknown.
std::string common_state(const std::string& status, bool is_return);

// tracking/1 of a tracker: {"id","carrier","tracking_number","state","sub_state","carrier_state",
// "text","at","estimated_on","shipment"}. `at` is when it happened there, not when it was told.
std::string tracking_record(const Json& tracker);

}  // namespace lotbridge::easypost
