// What a batch tells the connectors: one instruction per order and operation, whole, newest only.
//
// make_instructions() runs once at a batch's end over the orders that moved; equal content is never
// queued twice, newer content replaces what still waits. Personal data and refs are laid in when an
// instruction is taken (outbox_taking.cpp), so the outbox itself holds none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/instructions.hpp>

#include "workbench.hpp"

namespace lotbridge::engine {

void make_instructions(Workbench&);

// What an instruction is about: of an owner, of an order (0: none), under which it replaces others.
struct Subject {
  core::OwnerId owner = 0;
  core::OrderId order = 0;
  std::string key;
};
// Puts an instruction into the outbox unless the newest one says the same; what still waits is
// replaced. `content`: what decides that.
void queue_instruction(Workbench&, const ConnectorRoute&, const Subject&, lotbridge::Instruction,
                       std::string_view content);
// The subject of what a channel may sell of an item.
std::string stock_subject(core::SkuId);

// Whether whoever packed had been told the lots before the goods left: evidence `directed`.
bool pick_was_directed(Workbench&, const Document&, core::OrderId, Timestamp happened_at);

void settle_instruction(Workbench&, std::int64_t id, const InstructionResult&);
Answer retry_dead_delivery(Workbench&, std::int64_t id, const Caller&);

// Delay before the next attempt; nullopt: it was the last.
std::optional<std::int64_t> retry_delay_ms(const Settings&, std::int64_t attempts);

// Under which an order's instructions replace each other, and its refs are kept.
std::string order_subject(core::OrderId);
// Under which the refs of an instruction are kept: its order's, else its own.
std::string refs_subject(core::OrderId, std::string_view subject);

// ---- instructions.cpp: the bodies
lotbridge::Instruction instruction_head(const Workbench&, const core::Order&,
                                        const ConnectorRoute&);
LotsPlan lots_plan(Workbench&, const core::Order&);
PickSend pick_send(Workbench&, const core::Order&, core::WarehouseId);

// One dispatch document as the instructions need it.
struct ShownDispatch {
  std::int64_t row = 0;
  Document document;
  Timestamp at;
};
std::vector<ShownDispatch> dispatches_of(Workbench&, const core::Order&);
LotsWrite lots_write(Workbench&, const core::Order&, const std::vector<ShownDispatch>&,
                     std::string_view connector, std::string_view refs);
FulfillmentsCreate fulfillments_create(Workbench&, const core::Order&, const ShownDispatch&);

}  // namespace lotbridge::engine
