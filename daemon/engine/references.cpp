#include "references.hpp"

#include <algorithm>

#include "daemon/log/log.hpp"
#include "daemon/store/encoding.hpp"
#include "daemon/store/order_rows.hpp"

namespace lotbridge::engine {

using store::Sql;

Resolved resolve_order(Workbench& bench, core::OwnerId owner, std::string_view name,
                       const std::optional<std::string>& source) {
  Resolved resolved;
  std::vector<core::OrderId> found;
  const std::int64_t wanted = source ? bench.source_id(*source) : 0;
  bool exact = false;
  auto rows = bench.store.query(Sql::find_order_names, owner, name);
  while (rows.next()) {
    const auto order = static_cast<core::OrderId>(rows.integer(0));
    const std::int64_t of = rows.integer(2);
    if (wanted != 0 && of != 0 && of != wanted) continue;
    // The id under the named source says exactly which order is meant; numbers and aliases are
    // second best.
    if (wanted != 0 && of == wanted && rows.integer(1) <= 1) {
      if (!exact) found.clear();
      exact = true;
    } else if (exact) {
      continue;
    }
    if (std::find(found.begin(), found.end(), order) == found.end()) found.push_back(order);
  }
  if (found.size() == 1) resolved.order = found.front();
  resolved.ambiguous = found.size() > 1;
  return resolved;
}

bool load_order(Workbench& bench, core::OrderId id) {
  if (id == 0) return false;
  if (bench.state.order(id) != nullptr) return true;
  std::optional<core::Order> order;
  {
    auto rows = bench.store.query(Sql::select_order, id);
    if (!rows.next()) return false;
    store::OrderRow row;
    row.id = static_cast<core::OrderId>(rows.integer(0));
    row.owner = static_cast<core::OwnerId>(rows.integer(1));
    row.document = static_cast<core::DocumentId>(rows.integer(2));
    row.source = rows.text(3);
    row.doc_id = rows.text(4);
    row.body = rows.text(5);
    row.state = rows.text(6);
    auto read = store::order_of(row);
    if (!read) {
      log::error("an order can't be read back",
                 {{"order", id}, {"problem", read.problem().detail}});
      return false;
    }
    order = std::move(*read);
  }
  auto stamps = bench.store.query(Sql::select_order_stamps, id);
  while (stamps.next()) {
    core::Stamp stamp = store::stamp_of(stamps);
    if (stamp.line < order->lines.size())
      order->lines[stamp.line].stamps.push_back(std::move(stamp));
  }
  bench.state.put_order(std::move(*order));
  return true;
}

void store_order_names(Workbench& bench, core::OrderId id, core::OwnerId owner,
                       const Document& document) {
  const std::int64_t source = bench.source_id(document.source);
  const auto& order = std::get<lotbridge::Order>(document.body);
  bench.store.run(Sql::insert_order_name, owner, document.id, id, 1, source);
  if (order.number) bench.store.run(Sql::insert_order_name, owner, *order.number, id, 2, source);
  for (const std::string& alias : order.aliases) {
    bench.store.run(Sql::insert_order_name, owner, alias, id, 3, source);
  }
}

void store_heard_name(Workbench& bench, core::OrderId id, core::OwnerId owner,
                      std::string_view name, const std::optional<std::string>& source) {
  bench.store.run(Sql::insert_order_name, owner, name, id, 0,
                  source ? bench.source_id(*source) : 0);
}

References references_of(const Document& document) {
  References out;
  std::visit(
      [&out](const auto& body) {
        using T = std::decay_t<decltype(body)>;
        if constexpr (requires { body.order_source; }) {
          out.order = body.order;
          out.order_source = body.order_source;
        }
        if constexpr (requires { body.void_of; }) out.void_of = body.void_of;
        static_cast<void>(sizeof(T));
      },
      document.body);
  return out;
}

FoundOrder find_order(Workbench& bench, const Engine::OrderName& name, const Caller& caller) {
  FoundOrder found;
  const Problem missing{"not_found", "There is no such order.", {}};
  const auto visible = [&](core::OrderId id) {
    if (!load_order(bench, id)) return false;
    const core::Owner* owner = bench.state.owner(bench.state.order(id)->owner);
    return owner != nullptr && caller.sees(owner->name) &&
           (!name.owner || *name.owner == owner->name);
  };
  if (const auto uid = store::parse_uid(name.id); uid && uid->type == DocumentType::order) {
    const auto id = static_cast<core::OrderId>(uid->row);
    if (visible(id)) {
      found.order = id;
      return found;
    }
  }
  for (std::size_t i = 1; i <= bench.owners_count(); ++i) {
    const auto id = static_cast<core::OwnerId>(i);
    const core::Owner* owner = bench.state.owner(id);
    if (owner == nullptr || !caller.sees(owner->name) || (name.owner && *name.owner != owner->name))
      continue;
    const Resolved resolved = resolve_order(bench, id, name.id, name.source);
    if (resolved.ambiguous || (resolved.order != 0 && found.order != 0)) {
      found.order = 0;
      found.problem =
          Problem{"ambiguous_reference",
                  "Several orders have this name: say ?owner= and ?source=, or use the uid.",
                  {}};
      return found;
    }
    if (resolved.order != 0 && visible(resolved.order)) found.order = resolved.order;
  }
  if (found.order == 0) found.problem = missing;
  return found;
}

}  // namespace lotbridge::engine
