// Lots of which unusually much comes back: an alert while the rate is over the configured limit.
//
// Looks only at lots of which units left or came back in the running batch, and only where a limit
// is configured. The alert closes itself when the rate has fallen.
#pragma once

#include "workbench.hpp"

namespace lotbridge::engine {

void watch_return_rates(Workbench&);

}  // namespace lotbridge::engine
