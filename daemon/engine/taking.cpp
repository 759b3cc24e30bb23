// What connectors take: webhooks and instructions whose time has come, each handed out once at a
// time.
//
// Reads committed rows beside the writer. An instruction gets its refs and its personal data here,
// on its way out, so neither stands in the outbox.
#include <lotbridge/instructions.hpp>

#include "contacts.hpp"
#include "engine_impl.hpp"
#include "outbox.hpp"

namespace lotbridge::engine {
namespace {

std::optional<std::string> one_text(store::Database& reader, std::string_view sql,
                                    std::string_view first, std::string_view second) {
  auto statement = reader.prepare(sql);
  if (!statement) return std::nullopt;
  statement->bind(1, first).bind(2, second);
  if (!statement->step()) return std::nullopt;
  return statement->maybe_text(0);
}

void add_personal(store::Database& reader, std::int64_t order, PickSend& send) {
  auto statement =
      reader.prepare("SELECT body FROM contacts WHERE order_id = ? AND erased_at IS NULL");
  if (!statement) return;
  statement->bind(1, order);
  if (!statement->step() || statement->is_null(0)) return;
  if (const auto contact = read_contact(statement->text(0))) {
    restore_contact(send.customer, send.ship_to, *contact);
  }
}

// The stored body with what is laid in on the way out.
std::string complete(store::Database& reader, const std::string& connector, std::int64_t order,
                     std::string_view subject, std::string_view stored) {
  auto instruction = read_instruction(stored);
  if (!instruction) return std::string(stored);
  const auto refs = one_text(reader, "SELECT refs FROM refs WHERE connector = ? AND subject = ?",
                             connector, refs_subject(static_cast<core::OrderId>(order), subject));
  if (refs) instruction->refs = *refs;
  if (auto* send = std::get_if<PickSend>(&instruction->body)) add_personal(reader, order, *send);
  return write_instruction(*instruction);
}

}  // namespace

std::vector<InboxMessage> EngineImpl::take_inbox(const std::string& connector, std::size_t limit) {
  std::vector<InboxMessage> out;
  const std::lock_guard lock(reader_mutex_);
  auto statement = reader_->prepare(
      "SELECT inbox_id, delivery, topic, headers, body, attempts FROM inbox "
      "WHERE connector = ? AND state = 'pending' AND next_at <= ? ORDER BY inbox_id");
  if (!statement) return out;
  statement->bind(1, std::string_view(connector)).bind(2, clock_.now().ms);
  while (out.size() < limit && statement->step()) {
    InboxMessage message;
    message.id = statement->integer(0);
    if (!taken_inbox_.insert(message.id).second) continue;
    message.delivery = std::string(statement->text(1));
    message.topic = std::string(statement->text(2));
    message.headers_json = std::string(statement->text(3));
    message.body = std::string(statement->blob(4));
    message.attempts = static_cast<std::int32_t>(statement->integer(5));
    out.push_back(std::move(message));
  }
  return out;
}

std::vector<Instruction> EngineImpl::take_instructions(const std::string& connector,
                                                       std::size_t limit) {
  std::vector<Instruction> out;
  const std::lock_guard lock(reader_mutex_);
  std::set<std::string> busy;
  for (const auto& [id, lane] : taken_instructions_) busy.insert(lane);
  auto statement = reader_->prepare(
      "SELECT outbox_id, operation, subject, order_id, body, key, attempts FROM outbox "
      "WHERE connector = ? AND state = 'pending' AND next_at <= ? ORDER BY outbox_id");
  if (!statement) return out;
  statement->bind(1, std::string_view(connector)).bind(2, clock_.now().ms);
  while (out.size() < limit && statement->step()) {
    Instruction instruction;
    instruction.id = statement->integer(0);
    instruction.operation = std::string(statement->text(1));
    // One at a time per order and operation: a newer state must not overtake the older one on its
    // way.
    std::string lane =
        connector + "|" + instruction.operation + "|" + std::string(statement->text(2));
    if (!busy.insert(lane).second) continue;
    taken_instructions_[instruction.id] = std::move(lane);
    instruction.body = complete(*reader_, connector, statement->integer(3), statement->text(2),
                                statement->text(4));
    instruction.key = std::string(statement->text(5));
    instruction.attempts = static_cast<std::int32_t>(statement->integer(6));
    out.push_back(std::move(instruction));
  }
  return out;
}

std::optional<std::string> EngineImpl::cursor(const std::string& connector,
                                              const std::string& operation) {
  const std::lock_guard lock(reader_mutex_);
  return one_text(*reader_, "SELECT cursor FROM cursors WHERE connector = ? AND operation = ?",
                  connector, operation);
}

std::optional<std::string> EngineImpl::token(const std::string& connector,
                                             const std::string& secret) {
  const std::lock_guard lock(reader_mutex_);
  return one_text(*reader_, "SELECT state FROM connector_tokens WHERE connector = ? AND secret = ?",
                  connector, secret);
}

// Routes are read on the engine's thread only, so that is where they change.
void EngineImpl::set_connectors(std::vector<ConnectorRoute> routes, std::function<void()> done) {
  answer([done = std::move(done)](const Answer&) { done(); },
         [this, routes = std::move(routes)](Workbench& bench) mutable {
           settings_.connectors = std::move(routes);
           channels_.configuration_changed();
           bench.wake = true;
           return Answer{200, "{}"};
         });
}

void EngineImpl::release_inbox(std::int64_t id) {
  const std::lock_guard lock(reader_mutex_);
  taken_inbox_.erase(id);
}

void EngineImpl::release_instruction(std::int64_t id) {
  const std::lock_guard lock(reader_mutex_);
  taken_instructions_.erase(id);
}

bool EngineImpl::instructions_due() {
  const std::lock_guard lock(reader_mutex_);
  for (const std::string_view sql :
       {"SELECT 1 FROM outbox WHERE state = 'pending' AND next_at <= ? LIMIT 1",
        "SELECT 1 FROM inbox WHERE state = 'pending' AND next_at <= ? LIMIT 1"}) {
    auto statement = reader_->prepare(sql);
    if (!statement) continue;
    statement->bind(1, clock_.now().ms);
    if (statement->step()) return true;
  }
  return false;
}

bool EngineImpl::days_are_due() const {
  for (const WarehouseSettings& place : settings_.warehouses) {
    const auto judged = judged_.find(place.core.id);
    if (judged == judged_.end() ||
        calendar_.business_date(place.core.id, clock_.now()) > judged->second)
      return true;
  }
  return false;
}

}  // namespace lotbridge::engine
