// The same recording in this process and in a connector's own: the same bytes, the same statuses.
#include "daemon/connector_tool/test.hpp"

namespace lotbridge::connector_tool {

void add_parity_tests(Tests&, const Package&, const Offer&) {}

}  // namespace lotbridge::connector_tool
