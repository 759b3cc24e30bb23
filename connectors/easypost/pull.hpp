// dispatches.pull: trackers that changed since the cursor.
#pragma once

#include "api.hpp"

namespace lotbridge::easypost {

// The list is ordered by when a tracker was made, not by when it changed: the cursor is {"v": 1,
// "from": when the oldest that is still on its way was made, "high": the latest change seen}.
void pull_trackers(Call&, Api&, const Settings&, const Pull&);

}  // namespace lotbridge::easypost
