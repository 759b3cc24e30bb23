// What time itself does: days that begin at a warehouse, carts that run out, old bodies that go.
//
// Each warehouse's last judged day is stored, so a stop of any length is caught up with, once.
#pragma once

#include "workbench.hpp"

namespace lotbridge::engine {

// Inside a batch. Judges every warehouse whose civil day moved on; true: something was done.
bool judge_days(Workbench&);
void run_out_carts(Workbench&);
// Judges every reservation anew where the daemon was started with other policies than before.
void judge_configuration(Workbench&);
// Inside a batch: remembers the moved test clock.
void store_clock(Workbench&, Timestamp);
std::optional<Timestamp> stored_clock(store::Writer&);

}  // namespace lotbridge::engine
