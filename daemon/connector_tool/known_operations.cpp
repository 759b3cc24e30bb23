#include "daemon/connector_tool/known_operations.hpp"

#include <algorithm>
#include <iterator>

#include <lotbridge/sdk.hpp>

namespace lotbridge::connector_tool {
namespace {

#define LOTBRIDGE_NAME(name, function) name,
constexpr std::string_view kKnown[] = {LOTBRIDGE_OPERATIONS(LOTBRIDGE_NAME)};
#undef LOTBRIDGE_NAME

struct Need {
  const char* role;
  std::vector<std::string> operations;
};

const std::vector<Need>& needs() {
  static const std::vector<Need> all = {
      {"storefront", {"account.check/1", "orders.pull/1", "lots.write/1"}},
      {"marketplace", {"account.check/1", "orders.pull/1", "lots.write/1", "recall.notify/1"}},
      {"3pl", {"account.check/1", "receipts.pull/1", "dispatches.pull/1", "pick.send/1"}},
      {"wms", {"account.check/1", "receipts.pull/1", "dispatches.pull/1", "pick.send/1"}},
      {"carrier", {"account.check/1", "dispatches.pull/1"}},
      {"erp", {"account.check/1", "receipts.pull/1", "products.pull/1"}}};
  return all;
}

}  // namespace

bool is_known_operation(std::string_view name) {
  return std::find(std::begin(kKnown), std::end(kKnown), name) != std::end(kKnown);
}

std::vector<std::string> needed_by(std::string_view role) {
  for (const Need& need : needs()) {
    if (need.role == role) return need.operations;
  }
  return {};
}

std::vector<std::string> roles() {
  std::vector<std::string> out;
  for (const Need& need : needs()) out.emplace_back(need.role);
  return out;
}

}  // namespace lotbridge::connector_tool
