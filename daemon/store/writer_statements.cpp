#include "writer_statements.hpp"

#include "daemon/store/entry_document.hpp"

#include <array>
#include <utility>

namespace lotbridge::store {
namespace {

struct Text {
  Sql sql;
  std::string_view text;
};

constexpr Text kNames[] = {
    {Sql::begin, "BEGIN IMMEDIATE"},
    {Sql::commit, "COMMIT"},
    {Sql::set_meta,
     "INSERT INTO meta (key, value) VALUES (?, ?) "
     "ON CONFLICT (key) DO UPDATE SET value = excluded.value"},
    {Sql::get_meta, "SELECT value FROM meta WHERE key = ?"},
    {Sql::insert_owner, "INSERT OR IGNORE INTO owners (owner_id, name) VALUES (?, ?)"},
    {Sql::insert_warehouse, "INSERT OR IGNORE INTO warehouses (warehouse_id, name) VALUES (?, ?)"},
    {Sql::select_sources, "SELECT source_id, name FROM sources"},
    {Sql::insert_source, "INSERT INTO sources (name) VALUES (?)"},
    {Sql::last_document, "SELECT coalesce(max(document_id), 0) FROM documents"},
    {Sql::upsert_location,
     "INSERT OR IGNORE INTO locations (location_id, warehouse_id, name) VALUES (?, ?, ?)"},
    {Sql::upsert_sku,
     "INSERT INTO skus (sku_id, owner_id, sku, document_id, item) VALUES (?, ?, ?, ?, ?) "
     "ON CONFLICT (sku_id) DO UPDATE SET document_id = excluded.document_id, item = excluded.item"},
    {Sql::upsert_lot,
     "INSERT INTO lots (lot_id, owner_id, sku_id, code, expires_on, produced_on, sell_by, "
     "removal_on, flags, batch, supplier_lot, supplier, tlc_source, aliases, first_received, "
     "first_code, merged_into, conflicts) "
     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (lot_id) DO UPDATE "
     "SET "
     "code = excluded.code, expires_on = excluded.expires_on, produced_on = excluded.produced_on, "
     "sell_by = excluded.sell_by, removal_on = excluded.removal_on, flags = excluded.flags, "
     "batch = excluded.batch, supplier_lot = excluded.supplier_lot, supplier = excluded.supplier, "
     "tlc_source = excluded.tlc_source, aliases = excluded.aliases, "
     "first_received = excluded.first_received, first_code = excluded.first_code, "
     "merged_into = excluded.merged_into, conflicts = excluded.conflicts"},
    {Sql::insert_lot_history,
     "INSERT INTO lot_history (owner_id, lot_id, seq, field, old, new, at, by, evidence) "
     "VALUES (?1, ?2, "
     "(SELECT coalesce(max(seq), 0) + 1 FROM lot_history WHERE owner_id = ?1 AND lot_id = ?2), "
     "?3, ?4, ?5, ?6, ?7, ?8)"},
    {Sql::delete_blocks, "DELETE FROM blocks WHERE owner_id = ? AND lot_id = ?"},
    {Sql::insert_block,
     "INSERT INTO blocks (owner_id, lot_id, warehouse_id, kind, code, reason, document_id) "
     "VALUES (?, ?, ?, ?, ?, ?, ?)"},
};

constexpr Text kMaking[] = {
    {Sql::rename_open_alerts,
     "UPDATE alerts SET lot = ?4 WHERE owner_id = ?1 AND sku = ?2 AND lot = ?3 "
     "AND closed_at IS NULL"},
    {Sql::insert_genealogy,
     "INSERT INTO genealogy (owner_id, document_id, output, lot_id, quantity, happened_at) "
     "VALUES (?, ?, ?, ?, ?, ?)"},
    {Sql::insert_lot_cost,
     "INSERT INTO lot_costs (owner_id, lot_id, document_id, kind, quantity, amount, currency, "
     "happened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::any_lot_cost, "SELECT 1 FROM lot_costs LIMIT 1"},
    {Sql::select_lot_cost,
     "SELECT kind, sum(quantity), sum(amount), currency FROM lot_costs "
     "WHERE lot_id = ?1 OR lot_id IN (SELECT lot_id FROM lots WHERE merged_into = ?1) "
     "GROUP BY kind, currency HAVING sum(quantity) <> 0 OR sum(amount) <> 0 "
     "ORDER BY min(cost_id)"},
    {Sql::select_document_costs,
     "SELECT lot_id, kind, sum(quantity), sum(amount), currency FROM lot_costs "
     "WHERE document_id = ? GROUP BY lot_id, kind, currency "
     "HAVING sum(quantity) <> 0 OR sum(amount) <> 0 ORDER BY min(cost_id)"},
    {Sql::upsert_code_counter,
     "INSERT INTO code_counters (owner_id, key, last) VALUES (?, ?, ?) "
     "ON CONFLICT (owner_id, key) DO UPDATE SET last = excluded.last"},
    {Sql::select_lot_dispatched,
     "SELECT coalesce(sum(quantity), 0) FROM balances WHERE owner_id = ?1 AND sku_id = ?2 "
     "AND book = 1 AND (lot_id = ?3 OR lot_id IN (SELECT lot_id FROM lots WHERE merged_into = ?3)) "
     "AND substr(account, 1, 1) = x'04'"},
};

constexpr Text kDocuments[] = {
    {Sql::find_document,
     "SELECT document_id, version, digest, revision, order_id, source_id FROM documents "
     "WHERE owner_id = ? AND type = ? AND id = ? AND source_id = ?"},
    {Sql::find_document_any_source,
     "SELECT document_id, version, digest, revision, order_id, source_id FROM documents "
     "WHERE owner_id = ? AND type = ? AND id = ? ORDER BY document_id"},
    {Sql::select_document,
     "SELECT document_id, owner_id, type, source_id, id, version, revision, happened_at, known_at, "
     "body, exceptions, order_id FROM documents WHERE document_id = ?"},
    {Sql::insert_document,
     "INSERT INTO documents (document_id, owner_id, type, source_id, id, version, digest, "
     "revision, happened_at, known_at, body, exceptions, order_id, void_of) "
     "VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)"},
    {Sql::update_document,
     "UPDATE documents SET version = ?2, digest = ?3, revision = revision + 1, happened_at = ?4, "
     "known_at = ?5, body = ?6, exceptions = ?7, order_id = ?8, void_of = ?9 WHERE document_id = "
     "?1"},
    {Sql::insert_revision,
     "INSERT INTO document_revisions (document_id, revision, happened_at, known_at, version, body) "
     "SELECT document_id, revision, happened_at, known_at, version, body FROM documents "
     "WHERE document_id = ?"},
    {Sql::select_documents_of_order,
     "SELECT document_id FROM documents WHERE order_id = ? AND type <> 4 ORDER BY document_id"},
    {Sql::select_voiding, "SELECT document_id FROM documents WHERE void_of = ?"},
    {Sql::attach_documents, "UPDATE documents SET order_id = ?2 WHERE document_id = ?1"},
};

constexpr Text kOrders[] = {
    {Sql::upsert_order,
     "INSERT INTO orders (order_id, owner_id, document_id, source_id, id, natural_key, number, "
     "channel, status, open, version, placed_at, ship_on, state) "
     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (order_id) DO UPDATE SET "
     "document_id = excluded.document_id, source_id = excluded.source_id, id = excluded.id, "
     "number = excluded.number, channel = excluded.channel, status = excluded.status, "
     "open = excluded.open, version = excluded.version, placed_at = excluded.placed_at, "
     "ship_on = excluded.ship_on, state = excluded.state"},
    {Sql::select_order,
     "SELECT o.order_id, o.owner_id, o.document_id, s.name, o.id, d.body, o.state FROM orders o "
     "LEFT JOIN sources s ON s.source_id = o.source_id "
     "LEFT JOIN documents d ON d.document_id = o.document_id WHERE o.order_id = ?"},
    {Sql::select_order_stamps,
     "SELECT document_id, document_line, order_id, line, sku_id, lot_id, warehouse_id, quantity, "
     "expires_on, evidence, candidates, at FROM stamps WHERE order_id = ? ORDER BY stamp_id"},
    {Sql::insert_order_name,
     "INSERT INTO order_names (owner_id, name, order_id, kind, source_id) VALUES (?, ?, ?, ?, ?) "
     "ON CONFLICT (owner_id, name, order_id) DO UPDATE SET kind = excluded.kind, "
     "source_id = excluded.source_id WHERE kind = 0 OR excluded.kind = 1"},
    {Sql::delete_order_name,
     "DELETE FROM order_names WHERE owner_id = ? AND name = ? AND order_id = ?"},
    {Sql::find_order_names,
     "SELECT order_id, kind, source_id FROM order_names WHERE owner_id = ? AND name = ? "
     "ORDER BY order_id"},
    {Sql::upsert_contact,
     "INSERT INTO contacts (order_id, owner_id, customer_id, body) VALUES (?, ?, ?, ?) "
     "ON CONFLICT (order_id) DO UPDATE SET customer_id = excluded.customer_id, "
     "body = excluded.body WHERE erased_at IS NULL"},
    {Sql::select_contact, "SELECT body, erased_at, customer_id FROM contacts WHERE order_id = ?"},
    {Sql::erase_contact,
     "INSERT INTO contacts (order_id, owner_id, erased_at) VALUES (?1, ?2, ?3) "
     "ON CONFLICT (order_id) DO UPDATE SET customer_id = NULL, body = NULL, "
     "erased_at = coalesce(erased_at, ?3)"},
    {Sql::select_contacts_of_customer,
     "SELECT order_id FROM contacts WHERE owner_id = ? AND customer_id = ?"},
    {Sql::select_orders_of_source,
     "SELECT o.order_id FROM orders o JOIN sources s ON s.source_id = o.source_id "
     "WHERE o.owner_id = ? AND s.name = ?"},
};

constexpr Text kBooks[] = {
    {Sql::chain_head, "SELECT number, hash FROM chain_heads WHERE owner_id = ?"},
    {Sql::upsert_chain_head,
     "INSERT INTO chain_heads (owner_id, number, hash) VALUES (?, ?, ?) "
     "ON CONFLICT (owner_id) DO UPDATE SET number = excluded.number, hash = excluded.hash"},
    {Sql::insert_ledger,
     "INSERT INTO ledger (owner_id, number, book, sku_id, lot_id, quantity, from_account, "
     "to_account, document_id, happened_at, known_at, hash) "
     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::select_document_entries,
     "SELECT book, sku_id, lot_id, quantity, from_account, to_account FROM ledger "
     "WHERE document_id = ? AND document_id <> 0 ORDER BY number"},
    {Sql::select_lot_moves,
     "SELECT quantity, from_account, to_account FROM ledger "
     "WHERE lot_id = ? AND book = 1 AND happened_at > ? AND document_id <> ?"},
    {Sql::insert_audit,
     "INSERT INTO audit (owner_id, number, at, token, actor, actor_digest, action, order_id, line, "
     "field, old, new, reason, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::select_balance,
     "SELECT quantity FROM balances WHERE owner_id = ? AND sku_id = ? AND lot_id = ? AND book = ? "
     "AND account = ?"},
    {Sql::set_balance,
     "UPDATE balances SET quantity = ?6 WHERE owner_id = ?1 AND sku_id = ?2 AND lot_id = ?3 "
     "AND book = ?4 AND account = ?5"},
    {Sql::add_balance,
     "INSERT INTO balances (owner_id, sku_id, lot_id, book, account, quantity) "
     "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (owner_id, sku_id, lot_id, book, account) "
     "DO UPDATE SET quantity = quantity + excluded.quantity"},
    {Sql::delete_balance_of,
     "DELETE FROM balances WHERE owner_id = ? AND sku_id = ? AND lot_id = ? AND book = ? "
     "AND account = ? AND quantity = ?"},
    {Sql::delete_balance,
     "DELETE FROM balances WHERE owner_id = ? AND sku_id = ? AND lot_id = ? AND book = ? "
     "AND account = ?"},
    {Sql::insert_stamp,
     "INSERT INTO stamps (owner_id, sku_id, lot_id, order_id, line, document_id, document_line, "
     "warehouse_id, quantity, evidence, expires_on, candidates, at) "
     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::select_document_stamps,
     "SELECT document_id, document_line, order_id, line, sku_id, lot_id, warehouse_id, quantity, "
     "expires_on, evidence, candidates, at FROM stamps WHERE order_id = ? AND document_id = ? "
     "ORDER BY stamp_id"},
};

constexpr Text kHappenings[] = {
    {Sql::insert_alert,
     "INSERT INTO alerts (owner_id, kind, key, severity, sku, lot, warehouse, location, order_id, "
     "quantity, detail, extra, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
     "ON CONFLICT (owner_id, key) WHERE closed_at IS NULL DO NOTHING"},
    {Sql::refresh_alert,
     "UPDATE alerts SET quantity = ?, detail = ? WHERE owner_id = ? AND key = ? "
     "AND closed_at IS NULL"},
    {Sql::close_alert,
     "UPDATE alerts SET closed_at = ? WHERE owner_id = ? AND key = ? AND closed_at IS NULL"},
    {Sql::close_alert_by_id,
     "UPDATE alerts SET closed_at = ?2, note = ?3 WHERE alert_id = ?1 AND closed_at IS NULL"},
    {Sql::select_alert,
     "SELECT owner_id, kind, severity, closed_at, detail FROM alerts WHERE alert_id = ?"},
    {Sql::insert_event, "INSERT INTO events (owner_id, kind, at, body) VALUES (?, ?, ?, ?)"},
    {Sql::purge_events, "DELETE FROM events WHERE at < ?"},
    {Sql::insert_parked,
     "INSERT INTO parked (owner_id, source, kind, id, code, detail, pointer, origin, raw, "
     "parked_at, state) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'open' WHERE NOT EXISTS "
     "(SELECT 1 FROM parked WHERE owner_id = ?1 AND state = 'open' AND source = ?2 AND kind = ?3 "
     "AND id = ?4 AND origin = ?8 AND raw = ?9)"},
    {Sql::select_open_parked, "SELECT owner_id, source, kind, id FROM parked WHERE state = 'open'"},
    {Sql::select_parked,
     "SELECT owner_id, source, kind, id, raw, state, origin FROM parked WHERE parked_id = ?"},
    {Sql::settle_parked,
     "UPDATE parked SET state = ?2, settled_at = ?3 WHERE parked_id = ?1 AND state = 'open'"},
    {Sql::settle_parked_named,
     "UPDATE parked SET state = 'retried', settled_at = ?5 WHERE owner_id = ?1 AND source = ?2 "
     "AND kind = ?3 AND id = ?4 AND state = 'open'"},
    {Sql::erase_parked_of_order,
     "UPDATE parked SET raw = '{\"erased\":true}', state = 'discarded', settled_at = ?4 "
     "WHERE owner_id = ?1 AND source = ?2 AND raw <> '{\"erased\":true}' "
     "AND (id = ?3 OR instr(raw, '\"' || ?3 || '\"') > 0)"},
    {Sql::erase_parked_of_owner,
     "UPDATE parked SET raw = '{\"erased\":true}', state = 'discarded', settled_at = ?3 "
     "WHERE owner_id = ?1 AND source = ?2 AND raw <> '{\"erased\":true}'"},
};

constexpr Text kInbox[] = {
    {Sql::insert_inbox,
     "INSERT OR IGNORE INTO inbox (connector, delivery, topic, headers, body, received_at, state, "
     "attempts, next_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', 0, ?6)"},
    {Sql::select_inbox,
     "SELECT connector, delivery, topic, headers, body, state, attempts FROM inbox "
     "WHERE inbox_id = ?"},
    {Sql::close_inbox,
     "UPDATE inbox SET state = ?2, error = ?3, next_at = ?4 WHERE inbox_id = ?1 "
     "AND state = 'pending'"},
    {Sql::retry_inbox,
     "UPDATE inbox SET attempts = attempts + 1, next_at = ?2, error = ?3 WHERE inbox_id = ?1 "
     "AND state = 'pending'"},
    {Sql::reopen_inbox,
     "UPDATE inbox SET state = 'pending', attempts = 0, next_at = ?3 WHERE connector = ?1 "
     "AND delivery = ?2 AND state = 'failed' AND length(body) > 0"},
    {Sql::purge_inbox, "DELETE FROM inbox WHERE state <> 'pending' AND received_at < ?"},
    {Sql::erase_inbox_naming,
     "UPDATE inbox SET body = x'', headers = '{}' WHERE connector = ?1 AND state <> 'pending' "
     "AND instr(body, ?2) > 0"},
    {Sql::erase_inbox_of_connector,
     "UPDATE inbox SET body = x'', headers = '{}' WHERE connector = ? AND state <> 'pending'"},
    {Sql::upsert_cursor,
     "INSERT INTO cursors (connector, operation, cursor, at) VALUES (?, ?, ?, ?) "
     "ON CONFLICT (connector, operation) DO UPDATE SET cursor = excluded.cursor, "
     "at = excluded.at"},
    {Sql::upsert_token,
     "INSERT INTO connector_tokens (connector, secret, state, at) VALUES (?, ?, ?, ?) "
     "ON CONFLICT (connector, secret) DO UPDATE SET state = excluded.state, at = excluded.at"},
    // Told in any order: an older word changes nothing, and what has arrived is not on its way
    // again.
    {Sql::upsert_tracking,
     "INSERT INTO tracking (connector, tracker, owner_id, tracking_number, state, at, body) "
     "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (connector, tracker) DO UPDATE SET "
     "tracking_number = excluded.tracking_number, state = excluded.state, at = excluded.at, "
     "body = excluded.body WHERE excluded.at >= at AND (state NOT IN ('delivered', 'returned') "
     "OR excluded.state IN ('delivered', 'returned'))"},
};

constexpr Text kOutbox[] = {
    {Sql::newest_instruction,
     "SELECT outbox_id, key, state, version FROM outbox WHERE connector = ? AND operation = ? "
     "AND subject = ? AND state <> 'superseded' ORDER BY outbox_id DESC LIMIT 1"},
    {Sql::next_instruction_version,
     "SELECT coalesce(max(version), 0) + 1 FROM outbox WHERE connector = ? AND operation = ? "
     "AND subject = ?"},
    {Sql::insert_instruction,
     "INSERT INTO outbox (owner_id, connector, operation, subject, order_id, version, key, body, "
     "state, attempts, next_at, created_at, settled_at) "
     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?10, ?11)"},
    {Sql::supersede_instructions,
     "UPDATE outbox SET state = 'superseded', settled_at = ?4 WHERE connector = ?1 "
     "AND operation = ?2 AND subject = ?3 AND state = 'pending'"},
    {Sql::select_instruction,
     "SELECT owner_id, connector, operation, subject, order_id, state, attempts, version "
     "FROM outbox WHERE outbox_id = ?"},
    {Sql::settle_instruction,
     "UPDATE outbox SET state = ?2, attempts = ?3, error = ?4, settled_at = ?5 "
     "WHERE outbox_id = ?1"},
    {Sql::retry_instruction,
     "UPDATE outbox SET attempts = ?2, next_at = ?3, error = ?4 WHERE outbox_id = ?1 "
     "AND state = 'pending'"},
    {Sql::revive_instruction,
     "UPDATE outbox SET state = 'pending', attempts = 0, next_at = ?2, settled_at = NULL "
     "WHERE outbox_id = ?1 AND state = 'dead'"},
    {Sql::delivered_pick,
     "SELECT body FROM outbox WHERE order_id = ? AND state = 'delivered' "
     "AND operation IN ('lots.plan/1', 'pick.send/1') AND settled_at <= ? "
     "ORDER BY settled_at DESC, outbox_id DESC LIMIT 1"},
    {Sql::select_refs, "SELECT refs FROM refs WHERE connector = ? AND subject = ?"},
    {Sql::upsert_refs,
     "INSERT INTO refs (connector, subject, refs) VALUES (?, ?, ?) "
     "ON CONFLICT (connector, subject) DO UPDATE SET refs = excluded.refs"},
    {Sql::select_channel_stock,
     "SELECT channel, sent, places FROM channel_stock WHERE owner_id = ? AND sku_id = ?"},
    {Sql::select_all_channel_stock,
     "SELECT owner_id, sku_id, channel, sent, places FROM channel_stock"},
    {Sql::upsert_channel_stock,
     "INSERT INTO channel_stock (owner_id, sku_id, channel, sent, places) VALUES (?, ?, ?, ?, ?) "
     "ON CONFLICT (owner_id, sku_id, channel) DO UPDATE SET sent = excluded.sent, "
     "places = excluded.places"},
    {Sql::sum_dispatched, "SELECT coalesce(sum(quantity), 0) FROM stamps WHERE lot_id = ?"},
    {Sql::select_returned,
     "SELECT l.quantity, l.from_account, l.to_account FROM ledger l INDEXED BY "
     "ledger_lot " LOTBRIDGE_ENTRY_DOCUMENT "WHERE l.lot_id = ? AND " LOTBRIDGE_ENTRY_TYPE " = 8"},
};

constexpr Text kRecalls[] = {
    {Sql::upsert_recall,
     "INSERT INTO recalls (owner_id, document_id, id, version, drill, state, started_at) "
     "VALUES (?, ?, ?, ?, ?, 'open', ?) ON CONFLICT (owner_id, document_id) "
     "DO UPDATE SET version = excluded.version, drill = excluded.drill, state = 'open'"},
    {Sql::select_recalls_named,
     "SELECT owner_id, document_id, state, drill FROM recalls WHERE owner_id = ? AND id = ?"},
    {Sql::select_recall,
     "SELECT owner_id, document_id, state, drill FROM recalls WHERE document_id = ?"},
    {Sql::insert_recall_lot,
     "INSERT INTO recall_lots (owner_id, document_id, lot_id, since) VALUES (?, ?, ?, ?) "
     "ON CONFLICT (owner_id, document_id, lot_id) DO UPDATE SET until = NULL"},
    {Sql::end_recall_lot,
     "UPDATE recall_lots SET until = ?4 WHERE owner_id = ?1 AND document_id = ?2 AND lot_id = ?3"},
    {Sql::upsert_recall_response,
     "INSERT INTO recall_responses (owner_id, document_id, order_id, acknowledged, contact, note, "
     "at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner_id, document_id, order_id) DO UPDATE "
     "SET acknowledged = excluded.acknowledged, contact = excluded.contact, note = excluded.note, "
     "at = excluded.at"},
    {Sql::erase_recall_responses,
     "UPDATE recall_responses SET contact = NULL, note = NULL WHERE order_id = ?"},
    {Sql::close_recall,
     "UPDATE recalls SET state = 'closed', closed_at = ?3, closing = ?4 "
     "WHERE owner_id = ?1 AND document_id = ?2"},
    {Sql::keep_recall_report,
     "UPDATE recalls SET report = ?3, elapsed_us = ?4 "
     "WHERE owner_id = ?1 AND document_id = ?2 AND elapsed_us IS NULL"},
    {Sql::select_lots_of_receipt,
     "SELECT DISTINCT r.lot_id FROM received_lines r INDEXED BY received_lines_supplier "
     "JOIN documents d ON d.document_id = r.document_id "
     "WHERE r.owner_id = ? AND r.supplier = ? AND d.id = ? AND r.lot_id <> 0 ORDER BY r.lot_id"},
};

constexpr Text kFollows[] = {
    {Sql::select_transfer_lots,
     "SELECT sku_id, lot_id, warehouse_id, sent, arrived, lost FROM transfer_lots "
     "WHERE owner_id = ? AND document_id = ? AND name = ? ORDER BY sku_id, lot_id, warehouse_id"},
    {Sql::delete_transfer_lots,
     "DELETE FROM transfer_lots WHERE owner_id = ? AND document_id = ? AND name = ?"},
    {Sql::insert_transfer_lot,
     "INSERT INTO transfer_lots (owner_id, document_id, name, sku_id, lot_id, warehouse_id, sent, "
     "arrived, lost) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::select_ordered,
     "SELECT sku_id, sum(quantity) FROM ordered_lines WHERE owner_id = ? AND name = ? "
     "GROUP BY sku_id ORDER BY sku_id"},
    {Sql::select_order_supplier,
     "SELECT supplier FROM ordered_lines WHERE owner_id = ? AND name = ? "
     "AND supplier IS NOT NULL LIMIT 1"},
    {Sql::select_received_of_order,
     "SELECT sku_id, sum(quantity) FROM received_lines WHERE owner_id = ? AND purchase_order = ? "
     "AND document_id NOT IN (?, ?) GROUP BY sku_id ORDER BY sku_id"},
    {Sql::delete_received_lines,
     "DELETE FROM received_lines WHERE owner_id = ? AND document_id = ?"},
    {Sql::insert_received_line,
     "INSERT INTO received_lines (owner_id, document_id, place, line, sku_id, lot_id, "
     "warehouse_id, supplier, purchase_order, received_on, quantity, rejected) "
     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::delete_ordered_lines, "DELETE FROM ordered_lines WHERE owner_id = ? AND document_id = ?"},
    {Sql::insert_ordered_line,
     "INSERT INTO ordered_lines (owner_id, document_id, name, line, sku_id, warehouse_id, "
     "supplier, expected_on, quantity) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {Sql::name_supplier_of_order,
     "UPDATE received_lines SET supplier = ?3 WHERE owner_id = ?1 AND purchase_order = ?2 "
     "AND supplier IS NULL"},
    {Sql::select_standing_dispatches,
     "SELECT document_id FROM documents d WHERE order_id = ? AND type = 7 AND void_of IS NULL "
     "AND NOT EXISTS (SELECT 1 FROM documents v WHERE v.void_of = d.document_id) "
     "ORDER BY document_id"},
    {Sql::select_count_moves,
     "SELECT l.quantity, l.from_account, l.to_account FROM ledger l INDEXED BY ledger_lot "
     "JOIN documents d ON d.document_id = l.document_id WHERE l.lot_id = ?1 AND l.book = 1 "
     "AND d.type IN (12, 19) AND l.number > (SELECT coalesce(max(s.number), 0) FROM ledger s "
     "WHERE s.document_id = ?2 AND s.owner_id = l.owner_id)"},
    {Sql::select_links,
     "SELECT document_id FROM document_links WHERE owner_id = ? AND about = ? "
     "ORDER BY document_id"},
    {Sql::upsert_link,
     "INSERT INTO document_links (owner_id, document_id, about) VALUES (?, ?, ?) "
     "ON CONFLICT (owner_id, document_id) DO UPDATE SET about = excluded.about"},
    {Sql::select_proposal,
     "SELECT owner_id, kind, closed_at, sku, lot, warehouse, location, quantity, extra FROM alerts "
     "WHERE alert_id = ?"},
    {Sql::update_document_body, "UPDATE documents SET body = ?2 WHERE document_id = ?1"},
};

constexpr std::size_t kCount = static_cast<std::size_t>(Sql::count);

constexpr std::array<std::string_view, kCount> collect() {
  std::array<std::string_view, kCount> out{};
  const auto add = [&out](const auto& texts) {
    for (const Text& text : texts) out[static_cast<std::size_t>(text.sql)] = text.text;
  };
  add(kNames);
  add(kMaking);
  add(kDocuments);
  add(kOrders);
  add(kBooks);
  add(kHappenings);
  add(kInbox);
  add(kOutbox);
  add(kFollows);
  add(kRecalls);
  return out;
}

constexpr std::array<std::string_view, kCount> kTexts = collect();

constexpr bool complete() {
  for (const std::string_view text : kTexts) {
    if (text.empty()) return false;
  }
  return true;
}
static_assert(complete(), "a statement has no text");

}  // namespace

std::string_view statement_text(Sql sql) { return kTexts[static_cast<std::size_t>(sql)]; }

}  // namespace lotbridge::store
