#include "outbox.hpp"

#include <algorithm>
#include <charconv>

#include <lotbridge/records.hpp>

#include "answers.hpp"
#include "daemon/store/encoding.hpp"
#include "references.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

constexpr std::string_view kStockSubject = "stock:";

bool has(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool takes(const ConnectorRoute& route, Operation operation) {
  return has(route.instructions, operation_name(operation));
}

struct Newest {
  std::string content;  // the key without its version
  std::string state;
};

std::optional<Newest> newest(Workbench& bench, const std::string& connector,
                             std::string_view operation, const std::string& subject) {
  auto rows = bench.store.query(Sql::newest_instruction, connector, operation, subject);
  if (!rows.next()) return std::nullopt;
  std::string key(rows.text(1));
  key.resize(std::min(key.find('-'), key.size()));
  return Newest{std::move(key), std::string(rows.text(2))};
}

void queue(Workbench& bench, const ConnectorRoute& route, const core::Order& order,
           const std::string& subject, lotbridge::Instruction instruction,
           std::string_view content) {
  queue_instruction(bench, route, {order.owner, order.id, subject}, std::move(instruction),
                    content);
}

void queue_plan(Workbench& bench, const ConnectorRoute& route, const core::Order& order) {
  LotsPlan plan = lots_plan(bench, order);
  const std::string subject = order_subject(order.id);
  const bool empty = std::all_of(plan.lines.begin(), plan.lines.end(),
                                 [](const PlannedLine& line) { return line.lots.empty(); });
  if (empty && !newest(bench, route.name, "lots.plan/1", subject)) return;
  lotbridge::Instruction instruction = instruction_head(bench, order, route);
  instruction.body = std::move(plan);
  const std::string content = write_instruction(instruction);
  queue(bench, route, order, subject, std::move(instruction), content);
}

// What is to be picked or has been sent as planned, so that a dispatch by itself asks for no new
// picking.
std::string pick_content(const Workbench& bench, const core::Order& order,
                         core::WarehouseId warehouse) {
  std::map<std::tuple<std::size_t, core::SkuId, core::LotId>, std::int64_t> units;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    for (const core::Promise& promise : order.lines[i].promises) {
      if (promise.warehouse != warehouse) continue;
      units[{i, promise.sku, promise.lot}] += (promise.reserved + promise.picked).micros;
    }
    for (const core::Stamp& stamp : order.lines[i].stamps) {
      if (stamp.warehouse == warehouse) units[{i, stamp.sku, stamp.lot}] += stamp.quantity.micros;
    }
  }
  std::string content = order.header.ship_on ? order.header.ship_on->text() : std::string();
  content += order.cancelled ? "|cancelled" : "|";
  content += order.header.hold ? "|held" : "|";
  for (const auto& [key, quantity] : units) {
    if (quantity == 0) continue;
    content += '|' + std::to_string(std::get<0>(key)) + ',';
    content += std::string(bench.state.lot_code(std::get<2>(key))) + ',' + std::to_string(quantity);
  }
  return content;
}

void queue_picks(Workbench& bench, const ConnectorRoute& route, const core::Order& order) {
  for (std::size_t i = 1; i <= bench.state.warehouses_count(); ++i) {
    const auto id = static_cast<core::WarehouseId>(i);
    const core::Warehouse* warehouse = bench.state.warehouse(id);
    if (warehouse == nullptr) continue;
    if (!route.warehouses.empty() && !has(route.warehouses, warehouse->name)) continue;
    const std::string subject = order_subject(order.id) + "@" + std::to_string(i);
    PickSend send = pick_send(bench, order, id);
    if (send.lines.empty()) {
      // Nothing (more) to pick here: worth a word only where somebody was told to pick, and it has
      // not been sent.
      const bool sent =
          std::any_of(order.lines.begin(), order.lines.end(), [id](const core::LineState& line) {
            return std::any_of(line.stamps.begin(), line.stamps.end(),
                               [id](const core::Stamp& stamp) { return stamp.warehouse == id; });
          });
      if (sent || !newest(bench, route.name, "pick.send/1", subject)) continue;
    }
    lotbridge::Instruction instruction = instruction_head(bench, order, route);
    instruction.body = std::move(send);
    queue(bench, route, order, subject, std::move(instruction), pick_content(bench, order, id));
  }
}

std::string refs_of(Workbench& bench, const std::string& connector, const std::string& subject) {
  auto rows = bench.store.query(Sql::select_refs, connector, subject);
  return rows.next() ? std::string(rows.text(0)) : std::string();
}

void queue_stamps(Workbench& bench, const ConnectorRoute& route, const core::Order& order) {
  const bool any = std::any_of(order.lines.begin(), order.lines.end(),
                               [](const core::LineState& line) { return !line.stamps.empty(); });
  if (!any) return;
  const auto dispatches = dispatches_of(bench, order);
  if (takes(route, Operation::fulfillments_create) && !route.theirs) {
    for (const ShownDispatch& shown : dispatches) {
      if (shown.document.source == route.name) continue;
      lotbridge::Instruction instruction = instruction_head(bench, order, route);
      instruction.body = fulfillments_create(bench, order, shown);
      // Other lots of the same units are the stamp's to tell, not another fulfilment.
      lotbridge::Instruction units = instruction;
      for (FulfilledLine& line : std::get<FulfillmentsCreate>(units.body).dispatch.lines) {
        line.lots.clear();
      }
      const std::string content = write_instruction(units);
      queue(bench, route, order, "dispatch:" + std::to_string(shown.row), std::move(instruction),
            content);
    }
  }
  if (!takes(route, Operation::lots_write)) return;
  const std::string subject = order_subject(order.id);
  lotbridge::Instruction instruction = instruction_head(bench, order, route);
  instruction.body =
      lots_write(bench, order, dispatches, route.name, refs_of(bench, route.name, subject));
  const std::string content = write_instruction(instruction);
  queue(bench, route, order, subject, std::move(instruction), content);
}

struct Row {
  core::OwnerId owner = 0;
  std::string connector, operation, subject, state;
  core::OrderId order = 0;
  std::int64_t attempts = 0;
};

std::optional<Row> instruction_row(Workbench& bench, std::int64_t id) {
  auto rows = bench.store.query(Sql::select_instruction, id);
  if (!rows.next()) return std::nullopt;
  Row row;
  row.owner = static_cast<core::OwnerId>(rows.integer(0));
  row.connector = std::string(rows.text(1));
  row.operation = std::string(rows.text(2));
  row.subject = std::string(rows.text(3));
  row.order = static_cast<core::OrderId>(rows.integer(4));
  row.state = std::string(rows.text(5));
  row.attempts = rows.integer(6);
  return row;
}

core::AlertChange dead_alert(const Row& row) {
  core::AlertChange change;
  change.kind = "dead_delivery";
  change.severity = "critical";
  change.order = row.order;
  if (row.subject.starts_with(kStockSubject)) {
    const std::string_view id = std::string_view(row.subject).substr(kStockSubject.size());
    std::from_chars(id.data(), id.data() + id.size(), change.sku);
  }
  change.extra = {{"connector", row.connector}, {"operation", row.operation}};
  return change;
}

void keep_refs(Workbench& bench, const Row& row, const std::string& result) {
  if (result.empty()) return;
  const auto fresh = read_instruction_result(result);
  if (!fresh || fresh->empty()) return;
  const std::string subject = refs_subject(row.order, row.subject);
  const std::string known = refs_of(bench, row.connector, subject);
  const std::string merged = known.empty() ? *fresh : merge_refs(known, *fresh);
  if (merged == known) return;
  bench.store.run(Sql::upsert_refs, row.connector, subject, merged);
  // They may change what other instructions of the order say (a stamp's fulfilment).
  if (row.order != 0 && load_order(bench, row.order)) bench.moved_orders.insert(row.order);
}

void settle_dead(Workbench& bench, std::int64_t id, const Row& row, const std::string& error) {
  bench.store.run(Sql::settle_instruction, id, "dead", row.attempts + 1, error, bench.now.ms);
  if (row.order != 0) load_order(bench, row.order);
  core::AlertChange change = dead_alert(row);
  change.detail = row.operation + " to " + row.connector + " was given up: " + error;
  bench.change_alert(change, row.owner);
}

}  // namespace

std::string stock_subject(core::SkuId id) {
  return std::string(kStockSubject) + std::to_string(id);
}

std::string refs_subject(core::OrderId order, std::string_view subject) {
  return order == 0 ? std::string(subject) : order_subject(order);
}

void queue_instruction(Workbench& bench, const ConnectorRoute& route, const Subject& subject,
                       lotbridge::Instruction instruction, std::string_view content) {
  const std::string_view operation = operation_name(instruction.operation());
  const std::string hash = hex_of(bench.digest.of(content));
  const auto last = newest(bench, route.name, operation, subject.key);
  if (last && last->content == hash) return;
  {
    auto rows =
        bench.store.query(Sql::next_instruction_version, route.name, operation, subject.key);
    if (!rows.next()) return;
    instruction.version = rows.integer(0);
  }
  instruction.key = hash + "-" + std::to_string(instruction.version);
  bench.store.run(Sql::supersede_instructions, route.name, operation, subject.key, bench.now.ms);
  std::optional<std::int64_t> settled, order;
  if (!route.live) settled = bench.now.ms;
  if (subject.order != 0) order = static_cast<std::int64_t>(subject.order);
  bench.store.run(Sql::insert_instruction, subject.owner, route.name, operation, subject.key, order,
                  instruction.version, instruction.key, write_instruction(instruction),
                  route.live ? "pending" : "observed", bench.now.ms, settled);
  bench.wake = bench.wake || route.live;
}

void make_instructions(Workbench& bench) {
  if (bench.settings.connectors.empty()) return;
  for (const core::OrderId id : bench.moved_orders) {
    const core::Order* order = bench.state.order(id);
    if (order == nullptr || !order->known) continue;
    const core::Owner* owner = bench.state.owner(order->owner);
    if (owner == nullptr) continue;
    for (const ConnectorRoute& route : bench.settings.connectors) {
      if (!has(route.owners, owner->name)) continue;
      const bool its_order = route.name == order->source;
      if (its_order && takes(route, Operation::lots_plan)) queue_plan(bench, route, *order);
      if (takes(route, Operation::pick_send)) queue_picks(bench, route, *order);
      if (its_order) queue_stamps(bench, route, *order);
    }
  }
}

bool pick_was_directed(Workbench& bench, const Document& document, core::OrderId order,
                       Timestamp happened_at) {
  if (document.type() != DocumentType::dispatch || order == 0) return false;
  const auto& routes = bench.settings.connectors;
  if (std::none_of(routes.begin(), routes.end(), [](const ConnectorRoute& route) {
        return takes(route, Operation::lots_plan) || takes(route, Operation::pick_send);
      })) {
    return false;
  }
  auto rows = bench.store.query(Sql::delivered_pick, order, happened_at.ms);
  return rows.next() && rows.text(0).find("\"lots\":[{") != std::string_view::npos;
}

std::optional<std::int64_t> retry_delay_ms(const Settings& settings, std::int64_t attempts) {
  constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
  static const std::vector<std::int64_t> kGrowing = {
      5 * kSecond, 15 * kSecond, kMinute,   5 * kMinute, 15 * kMinute, 30 * kMinute,
      kHour,       2 * kHour,    4 * kHour, 8 * kHour,   12 * kHour,   24 * kHour};
  const auto& delays = settings.retry_delays_ms.empty() ? kGrowing : settings.retry_delays_ms;
  const auto index = static_cast<std::size_t>(attempts);
  if (index >= delays.size()) return std::nullopt;
  return delays[index];
}

void settle_instruction(Workbench& bench, std::int64_t id, const InstructionResult& result) {
  const auto row = instruction_row(bench, id);
  if (!row || row->state == "delivered" || row->state == "dead") return;
  if (result.kind == InstructionResult::Kind::delivered) {
    bench.store.run(Sql::settle_instruction, id, "delivered", row->attempts + 1, nullptr,
                    bench.now.ms);
    keep_refs(bench, *row, result.result_json);
    core::AlertChange healed = dead_alert(*row);
    healed.open = false;
    if (row->order != 0) load_order(bench, row->order);
    bench.change_alert(healed, row->owner);
    return;
  }
  if (row->state == "superseded") return;  // a newer one is on its way; nobody misses this one
  const auto delay = retry_delay_ms(bench.settings, row->attempts);
  if (result.kind == InstructionResult::Kind::dead || !delay) {
    settle_dead(bench, id, *row, result.error);
    return;
  }
  const std::int64_t wait = std::max(result.retry_after_ms.value_or(*delay), std::int64_t{0});
  bench.store.run(Sql::retry_instruction, id, row->attempts + 1, bench.now.ms + wait, result.error);
}

Answer retry_dead_delivery(Workbench& bench, std::int64_t id, const Caller& caller) {
  const auto row = instruction_row(bench, id);
  const core::Owner* owner = row ? bench.state.owner(row->owner) : nullptr;
  if (owner == nullptr || !caller.sees(owner->name)) {
    return problem_answer(404, Problem{"not_found", "There is no such delivery.", {}});
  }
  if (row->state == "pending") {
    bench.store.run(Sql::retry_instruction, id, row->attempts, bench.now.ms, nullptr);
  } else if (row->state == "dead") {
    bench.store.run(Sql::revive_instruction, id, bench.now.ms);
  } else {
    return problem_answer(409,
                          Problem{"invalid_value", "This delivery is " + row->state + ".", {}});
  }
  bench.wake = true;
  return Answer{200, "{\"id\":" + std::to_string(id) + ",\"state\":\"pending\"}"};
}

}  // namespace lotbridge::engine
