// Every statement that the engine's writer runs, by name. The texts are in writer_statements.cpp;
// `count` is no statement.
#pragma once

#include <cstdint>
#include <string_view>

namespace lotbridge::store {

enum class Sql : std::uint8_t {
  begin,
  commit,
  // names and counters
  set_meta,
  get_meta,
  insert_owner,
  insert_warehouse,
  select_sources,
  insert_source,
  last_document,
  upsert_location,
  upsert_sku,
  upsert_lot,
  select_lot,
  insert_lot_history,
  delete_blocks,
  insert_block,
  // documents
  find_document,
  find_document_any_source,
  find_documents_named,
  select_document,
  insert_document,
  update_document,
  insert_revision,
  select_voiding,
  // orders
  upsert_order,
  select_order,
  select_order_stamps,
  insert_order_name,
  find_order_names,
  upsert_contact,
  select_contact,
  erase_contact,
  select_contacts_of_customer,
  select_contacts_of_owner,
  // the books
  chain_head,
  upsert_chain_head,
  insert_ledger,
  insert_audit,
  add_balance,
  delete_balance,
  insert_stamp,
  select_document_stamps,
  // what a person or a subscriber sees
  insert_alert,
  refresh_alert,
  close_alert,
  close_alert_by_id,
  select_alert,
  insert_event,
  purge_events,
  insert_parked,
  select_parked,
  settle_parked,
  erase_parked_of_order,
  erase_parked_of_customer,
  erase_parked_of_owner,
  // inbox
  insert_inbox,
  select_inbox,
  close_inbox,
  retry_inbox,
  purge_inbox,
  erase_inbox_naming,
  erase_inbox_of_connector,
  upsert_cursor,
  // outbox
  newest_instruction,
  next_instruction_version,
  insert_instruction,
  supersede_instructions,
  select_instruction,
  settle_instruction,
  retry_instruction,
  revive_instruction,
  delivered_pick,
  select_refs,
  upsert_refs,
  dispatches_of_order,
  count
};

std::string_view statement_text(Sql);

}  // namespace lotbridge::store
