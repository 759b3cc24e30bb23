// webhook.register: subscribes to what the connector understands, and shows the lots on the shop's
// order page.
#pragma once

#include <string>

#include "graph.hpp"

namespace lotbridge::shopify {

// Safe to repeat: what stands already is left alone. The three privacy topics can't be subscribed
// by API: they are set in the app's own configuration.
void register_shop(Call&, Graph&, const std::string& url);

}  // namespace lotbridge::shopify
