#include <lotbridge/instructions.hpp>

#include <boost/json.hpp>

#include "shapes_shared.hpp"

namespace lotbridge {
namespace records {
namespace {

constexpr std::array<std::string_view, 5> kOperations = {
    "lots.plan/1", "pick.send/1", "lots.write/1", "fulfillments.create/1", "stock.write/1"};
constexpr std::array<std::string_view, 5> kEvidences = {"scanned", "reported", "directed",
                                                        "inferred", "unresolved"};
using Units = AmountOf<Sign::not_negative>;

// What stands before the body of every instruction.
struct Head {
  std::string operation, key, connector, owner, refs;
  std::int64_t version = 0;
};
// And of those that are about an order.
struct OrderHead {
  InstructedOrder order;
};
template <typename T>
constexpr bool kAboutOrder = !std::is_same_v<T, StockWrite>;

}  // namespace

template <>
struct Shape<InstructedOrder> {
  static constexpr std::array kFields = {
      must_be<&InstructedOrder::source, Name>("source"),
      must_be<&InstructedOrder::id, Name>("id"),
      may_be<&InstructedOrder::number, Name>("number"),
  };
};
template <>
struct Shape<Head> {
  static constexpr std::array kFields = {
      must_be<&Head::operation, WordOf<kOperations>>("operation"),
      must_be<&Head::key, Name>("key"),
      must_be<&Head::version, IntegerOf<INT64_MIN, INT64_MAX>>("version"),
      must_be<&Head::connector, Name>("connector"),
      must_be<&Head::owner, Name>("owner"),
      always<&Head::refs, FreeObject>("refs"),
  };
};

template <>
struct Shape<OrderHead> {
  static constexpr std::array kFields = {
      must_be<&OrderHead::order, ObjectOf<InstructedOrder>>("order"),
  };
};

template <>
struct Shape<PlannedLot> {
  static constexpr std::array kFields = {
      must_be<&PlannedLot::sku, Name>("sku"),
      must_be<&PlannedLot::lot, Lot>("lot"),
      must_be<&PlannedLot::quantity, Units>("quantity"),
      may_be<&PlannedLot::expires_on, Day>("expires_on"),
      must_be<&PlannedLot::warehouse, Name>("warehouse"),
      may_be<&PlannedLot::location, Name>("location"),
  };
};
template <>
struct Shape<PlannedLine> {
  static constexpr std::array kFields = {
      must_be<&PlannedLine::line, Name>("line"),
      may_be<&PlannedLine::sku, Name>("sku"),
      must_be<&PlannedLine::quantity, Units>("quantity"),
      must_be<&PlannedLine::lots, ListOf<ObjectOf<PlannedLot>>>("lots"),
  };
};
template <>
struct Shape<LotsPlan> {
  static constexpr std::array kFields = {
      must_be<&LotsPlan::status, Name>("status"),
      must_be<&LotsPlan::lines, ListOf<ObjectOf<PlannedLine>>>("lines"),
  };
};
template <>
struct Shape<PickSend> {
  static constexpr std::array kFields = {
      must_be<&PickSend::status, Name>("status"),
      may_be<&PickSend::warehouse, Name>("warehouse"),
      may_be<&PickSend::ship_on, Day>("ship_on"),
      may_be<&PickSend::ship_to, ObjectOf<Address>>("ship_to"),
      may_be<&PickSend::customer, ObjectOf<Customer>>("customer"),
      must_be<&PickSend::lines, ListOf<ObjectOf<PlannedLine>>>("lines"),
  };
};

template <>
struct Shape<StampedLot> {
  static constexpr std::array kFields = {
      must_be<&StampedLot::sku, Name>("sku"),
      may_be<&StampedLot::lot, Lot>("lot"),
      must_be<&StampedLot::quantity, Units>("quantity"),
      may_be<&StampedLot::expires_on, Day>("expires_on"),
      must_be<&StampedLot::evidence, EnumOf<kEvidences>>("evidence"),
  };
};
template <>
struct Shape<StampedDispatch> {
  static constexpr std::array kFields = {
      must_be<&StampedDispatch::dispatch, Name>("dispatch"),
      may_be<&StampedDispatch::fulfillment, Name>("fulfillment"),
      may_be<&StampedDispatch::tracking_number, Name>("tracking_number"),
      must_be<&StampedDispatch::at, Moment>("at"),
      must_be<&StampedDispatch::quantity, Units>("quantity"),
      must_be<&StampedDispatch::lots, ListOf<ObjectOf<StampedLot>>>("lots"),
  };
};
template <>
struct Shape<StampedLine> {
  static constexpr std::array kFields = {
      must_be<&StampedLine::line, Name>("line"),
      may_be<&StampedLine::sku, Name>("sku"),
      must_be<&StampedLine::quantity, Units>("quantity"),
      must_be<&StampedLine::dispatches, ListOf<ObjectOf<StampedDispatch>>>("dispatches"),
  };
};
template <>
struct Shape<LotsWrite> {
  static constexpr std::array kFields = {
      must_be<&LotsWrite::lines, ListOf<ObjectOf<StampedLine>>>("lines"),
  };
};

template <>
struct Shape<FulfilledLine> {
  static constexpr std::array kFields = {
      must_be<&FulfilledLine::line, Name>("line"),
      may_be<&FulfilledLine::sku, Name>("sku"),
      must_be<&FulfilledLine::quantity, Units>("quantity"),
      may_be<&FulfilledLine::lots, ListOf<ObjectOf<StampedLot>>>("lots"),
  };
};
template <>
struct Shape<FulfilledDispatch> {
  static constexpr std::array kFields = {
      must_be<&FulfilledDispatch::id, Name>("id"),
      must_be<&FulfilledDispatch::uid, Name>("uid"),
      may_be<&FulfilledDispatch::warehouse, Name>("warehouse"),
      may_be<&FulfilledDispatch::carrier, Name>("carrier"),
      may_be<&FulfilledDispatch::tracking_number, Name>("tracking_number"),
      must_be<&FulfilledDispatch::at, Moment>("at"),
      must_be<&FulfilledDispatch::lines, ListOf<ObjectOf<FulfilledLine>>>("lines"),
  };
};
template <>
struct Shape<FulfillmentsCreate> {
  static constexpr std::array kFields = {
      must_be<&FulfillmentsCreate::dispatch, ObjectOf<FulfilledDispatch>>("dispatch"),
  };
};

template <>
struct Shape<StockAlias> {
  static constexpr std::array kFields = {
      must_be<&StockAlias::code, Name>("code"),
      must_be<&StockAlias::quantity, Units>("quantity"),
  };
};
template <>
struct Shape<StockPlace> {
  static constexpr std::array kFields = {
      must_be<&StockPlace::warehouse, Name>("warehouse"),
      must_be<&StockPlace::available, Units>("available"),
  };
};
template <>
struct Shape<StockWrite> {
  static constexpr std::array kFields = {
      must_be<&StockWrite::channel, Name>("channel"),
      must_be<&StockWrite::sku, Name>("sku"),
      must_be<&StockWrite::aliases, ListOf<ObjectOf<StockAlias>>>("aliases"),
      must_be<&StockWrite::available, Units>("available"),
      must_be<&StockWrite::warehouses, ListOf<ObjectOf<StockPlace>>>("warehouses"),
  };
};

namespace {

struct ResultRefs {
  std::string refs;
};

}  // namespace
template <>
struct Shape<ResultRefs> {
  static constexpr std::array kFields = {may_be<&ResultRefs::refs, FreeObject>("refs")};
};
namespace {

void take(Head& head, Instruction& out) {
  out.key = std::move(head.key);
  out.version = head.version;
  out.connector = std::move(head.connector);
  out.owner = std::move(head.owner);
  out.refs = std::move(head.refs);
}

template <typename T>
void read_body(Reader& reader, Value& value, Instruction& out) {
  simdjson::ondemand::object object;
  if (!reader.object(value, object)) return;
  T& body = out.body.emplace<T>();
  Head head;
  Lookup<T> body_keys;
  Lookup<Head> head_keys;
  OrderHead about;
  Lookup<OrderHead> about_keys;
  Seen body_seen, head_seen, about_seen;
  each_member(reader, object, [&](std::string_view key, Value& member) {
    if (read_member(reader, head_keys, head_seen, key, member, head)) return;
    if (kAboutOrder<T> && read_member(reader, about_keys, about_seen, key, member, about)) return;
    if (!read_member(reader, body_keys, body_seen, key, member, body))
      refuse_member(reader, key, member);
  });
  if (reader.dead()) return;
  finish_shape(reader, head_seen, head);
  if (kAboutOrder<T>) finish_shape(reader, about_seen, about);
  finish_shape(reader, body_seen, body);
  take(head, out);
  out.order = std::move(about.order);
}

template <std::size_t kIndex = 0>
void read_as(Reader& reader, Operation operation, Value& value, Instruction& out) {
  if constexpr (kIndex < std::variant_size_v<InstructionBody>) {
    if (static_cast<std::size_t>(operation) == kIndex + 1)
      return read_body<std::variant_alternative_t<kIndex, InstructionBody>>(reader, value, out);
    read_as<kIndex + 1>(reader, operation, value, out);
  }
}

}  // namespace
}  // namespace records

std::string_view operation_name(Operation operation) {
  return records::kOperations[static_cast<std::size_t>(operation) - 1];
}

Maybe<Operation> operation_of(std::string_view name) {
  for (std::size_t i = 0; i < records::kOperations.size(); ++i)
    if (records::kOperations[i] == name) return static_cast<Operation>(i + 1);
  return std::nullopt;
}

Result<Instruction> read_instruction(std::string_view json) {
  const ReadLimits limits;
  records::Reader reader(limits);
  records::Text text(reader, json);
  Instruction out;
  Maybe<Operation> operation;
  if (const auto name = text.word(reader, "operation")) operation = operation_of(*name);
  if (!operation && reader.faultless())
    reader.fault_at("operation", records::WordOf<records::kOperations>::expected());
  records::Value value;
  if (!operation) {
    text.only_judge(reader);
  } else if (text.root(reader, value)) {
    records::read_as(reader, *operation, value, out);
  }
  text.finish(reader);
  if (!reader.faultless()) return reader.problem();
  return out;
}

std::string write_instruction(const Instruction& instruction) {
  JsonWriter writer;
  writer.nulls = true;
  writer.open('{');
  writer.key("operation");
  writer.text(operation_name(instruction.operation()));
  writer.key("key");
  writer.text(instruction.key);
  writer.key("version");
  writer.integer(instruction.version);
  writer.key("connector");
  writer.text(instruction.connector);
  writer.key("owner");
  writer.text(instruction.owner);
  if (instruction.operation() != Operation::stock_write) {
    writer.key("order");
    records::ObjectOf<InstructedOrder>::write(writer, instruction.order);
  }
  writer.key("refs");
  writer.raw(instruction.refs.empty() ? std::string_view("{}") : instruction.refs);
  std::visit([&](const auto& body) { records::write_members(writer, body); }, instruction.body);
  writer.close('}');
  return writer.take();
}

Result<std::string> read_instruction_result(std::string_view json) {
  if (json.find_first_not_of(" \t\r\n") == std::string_view::npos) return std::string();
  const ReadLimits limits;
  records::Reader reader(limits);
  records::Text text(reader, json);
  records::ResultRefs out;
  records::Value value;
  if (text.root(reader, value)) records::read_object(reader, value, out);
  text.finish(reader);
  if (!reader.faultless()) return reader.problem();
  return out.refs;
}

namespace {

void lay_over(boost::json::object& under, const boost::json::object& over) {
  for (const auto& [key, value] : over) {
    if (value.is_null()) {
      under.erase(key);
      continue;
    }
    auto& slot = under[key];
    if (!value.is_object()) {
      slot = value;
      continue;
    }
    if (!slot.is_object()) slot.emplace_object();
    lay_over(slot.get_object(), value.get_object());
  }
}

boost::json::object refs_object(std::string_view text) {
  boost::json::error_code error;
  auto value = boost::json::parse({text.data(), text.size()}, error);
  return !error && value.is_object() ? value.get_object() : boost::json::object();
}

}  // namespace

std::string merge_refs(std::string_view earlier, std::string_view newer) {
  auto merged = refs_object(earlier);
  lay_over(merged, refs_object(newer));
  return merged.empty() ? std::string() : boost::json::serialize(merged);
}

}  // namespace lotbridge
