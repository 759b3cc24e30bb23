// What a sales channel may sell of an item at a warehouse: the allocator's own eligibility, asked
// for nobody in particular.
#pragma once

#include <optional>
#include <string_view>

#include "apply.hpp"

namespace lotbridge::core {

// An order of this channel that asks for nothing special could get so much today; a kit counts
// whole kits of its tightest component. Never below zero. nullopt: the owner does not ship from
// there. `channel` "": none.
std::optional<Quantity> available_to_channel(const State&, SkuId, WarehouseId,
                                             std::string_view channel, const Context&);

// Why units that were promised to this line may not stay promised by what holds now: one of the
// reasons for which a reservation is taken back; "" when they may stay. `part`: a kit's component,
// else the line's own item.
std::string_view promise_fault(const State&, const Order&, const LineState&, SkuId part, LotId,
                               WarehouseId, const Context&);

// What a lot is by its dates and units today (rule 6: computed, never stored). A lot that lies at
// several warehouses is expired as soon as it is at one of them.
struct LotCondition {
  bool expired = false, short_dated = false, depleted = false;
};
LotCondition lot_condition(const State&, LotId, const Context&);

}  // namespace lotbridge::core
