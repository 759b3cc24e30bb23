// The test kit's scripted platform, under the name that the host's tests use.
#pragma once

#include <lotbridge/scripted_platform.hpp>

namespace lotbridge::host::testing {

using lotbridge::testing::closed_url;
using lotbridge::testing::Received;
using lotbridge::testing::Scripted;
using lotbridge::testing::ScriptedPlatform;

}  // namespace lotbridge::host::testing
