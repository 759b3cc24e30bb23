// What the daemon asks of a connector: the instructions that go out, as plain structs.
//
// Each carries the whole current state of its order (or item) with a version; a newer one replaces
// older ones. `key` is the same for the same content, so a receiver can drop repeats. `refs` are
// the platform's ids that earlier results brought. The JSON is schemas/instructions/. Plain values;
// any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <lotbridge/documents.hpp>
#include <lotbridge/status.hpp>
#include <lotbridge/values.hpp>

namespace lotbridge {

// The order that an instruction is about, as its platform knows it.
struct InstructedOrder {
  std::string source, id;
  Maybe<std::string> number;
  bool operator==(const InstructedOrder&) const = default;
};

// Units of one lot at one place, to be picked. `sku` is the component's in a kit.
struct PlannedLot {
  std::string sku;
  LotCode lot;
  Quantity quantity;
  Maybe<Date> expires_on;
  std::string warehouse;
  Maybe<std::string> location;
  bool operator==(const PlannedLot&) const = default;
};
struct PlannedLine {
  std::string line;
  Maybe<std::string> sku;
  Quantity quantity;
  std::vector<PlannedLot> lots;  // in picking order
  bool operator==(const PlannedLine&) const = default;
};

// lots.plan/1: the lots to pick, shown where the packer looks.
struct LotsPlan {
  std::string status;  // the order's, in the contract's words
  std::vector<PlannedLine> lines;
  bool operator==(const LotsPlan&) const = default;
};

// pick.send/1: the order with its lots, to a warehouse. Personal data are filled in when it is
// sent.
struct PickSend {
  std::string status;
  Maybe<std::string> warehouse;
  Maybe<Date> ship_on;
  Maybe<Address> ship_to;
  Maybe<Customer> customer;
  std::vector<PlannedLine> lines;
  bool operator==(const PickSend&) const = default;
};

// How sure we are that the customer got this lot; best first.
enum class StampEvidence : std::uint8_t { scanned, reported, directed, inferred, unresolved };

struct StampedLot {
  std::string sku;
  Maybe<LotCode> lot;  // null: unresolved
  Quantity quantity;
  Maybe<Date> expires_on;
  StampEvidence evidence = StampEvidence::inferred;
  bool operator==(const StampedLot&) const = default;
};
struct StampedDispatch {
  std::string dispatch;
  Maybe<std::string> fulfillment;  // the platform's id of it, where known
  Maybe<std::string> tracking_number;
  Timestamp at;
  Quantity quantity;
  std::vector<StampedLot> lots;
  bool operator==(const StampedDispatch&) const = default;
};
struct StampedLine {
  std::string line;
  Maybe<std::string> sku;
  Quantity quantity;
  std::vector<StampedDispatch> dispatches;
  bool operator==(const StampedLine&) const = default;
};

// lots.write/1: the whole current stamp of the order.
struct LotsWrite {
  std::vector<StampedLine> lines;
  bool operator==(const LotsWrite&) const = default;
};

struct FulfilledLine {
  std::string line;
  Maybe<std::string> sku;
  Quantity quantity;
  std::vector<StampedLot> lots = {};  // as known when it is sent; a later stamp may know better
  bool operator==(const FulfilledLine&) const = default;
};
struct FulfilledDispatch {
  std::string id, uid;
  Maybe<std::string> warehouse, carrier, tracking_number;
  Timestamp at;
  std::vector<FulfilledLine> lines;
  bool operator==(const FulfilledDispatch&) const = default;
};

// fulfillments.create/1: tell the storefront what has left.
struct FulfillmentsCreate {
  FulfilledDispatch dispatch;
  bool operator==(const FulfillmentsCreate&) const = default;
};

// What the platform calls the item: so many base units each.
struct StockAlias {
  std::string code;
  Quantity quantity;
  bool operator==(const StockAlias&) const = default;
};
struct StockPlace {
  std::string warehouse;
  Quantity available;
  bool operator==(const StockPlace&) const = default;
};

// stock.write/1: what this channel may sell of one item, in base units. About no order.
struct StockWrite {
  std::string channel, sku;
  std::vector<StockAlias> aliases;  // of the item at this connector
  Quantity available;               // of all warehouses together
  std::vector<StockPlace> warehouses;
  bool operator==(const StockWrite&) const = default;
};

// The alternatives of an instruction's body, in this order; the numbers are stored, so they only
// grow.
enum class Operation : std::uint8_t {
  lots_plan = 1,
  pick_send,
  lots_write,
  fulfillments_create,
  stock_write
};
using InstructionBody = std::variant<LotsPlan, PickSend, LotsWrite, FulfillmentsCreate, StockWrite>;

struct Instruction {
  std::string key;
  std::int64_t version = 0;  // grows per order, or item
  std::string connector, owner;
  InstructedOrder order;  // empty where it is about none
  std::string refs;       // one JSON object as text, "" when there is none
  InstructionBody body;

  Operation operation() const { return static_cast<Operation>(body.index() + 1); }
  bool operator==(const Instruction&) const = default;
};

std::string_view operation_name(Operation operation);  // "lots.write/1"
Maybe<Operation> operation_of(std::string_view name);

// As strict as read_document, and the same codes.
Result<Instruction> read_instruction(std::string_view json);
// Canonical; what is not set is written as null, so that a connector finds every key.
std::string write_instruction(const Instruction&);

// The answer of a connector: {"refs": {...}}, or nothing at all. Gives `refs` as canonical text,
// "" when there is none; other keys of the answer are refused.
Result<std::string> read_instruction_result(std::string_view json);
// Earlier refs with newer ones laid over them, key by key at every depth (RFC 7396).
std::string merge_refs(std::string_view earlier, std::string_view newer);

}  // namespace lotbridge
