// Documents that the daemon writes for a person who said yes: accepting what an alert proposes, and
// closing a transfer.
#pragma once

#include "engine.hpp"
#include "workbench.hpp"

namespace lotbridge::engine {

// Submits what the alert proposes and closes it.
Answer accept_alert_row(Workbench&, std::int64_t id, const Caller&);
// Gives up what has not come of a transfer; the same again answers as the first time.
Answer close_transfer_named(Workbench&, const Engine::OrderName&, const std::string& reason,
                            const Caller&);

}  // namespace lotbridge::engine
