// Which stored thing a path means: its uid, or the sender's id within what the caller sees.
#pragma once

#include <variant>

#include "daemon/api/reads_common.hpp"
#include "daemon/store/reader_documents.hpp"

namespace lotbridge::api {

std::variant<store::DocumentRow, Response> find_document(Reading&, DocumentType,
                                                         const std::string& id);
std::variant<store::OrderListRow, Response> find_order(Reading&, const std::string& id);
std::variant<store::ItemRow, Response> find_item(Reading&, const std::string& sku);

// Of several things that are called the same: 409 that names them.
Response several(std::string_view id, const std::vector<std::string>& candidates);
// Whether the token's warehouses let the caller see this document.
bool is_seen(const Sight&, store::Reader&, const std::string& body);

// {"id":…,"name":…}, {"erased":true} or null; the same for the address.
struct Contacts {
  std::string customer = "null", ship_to = "null";
};
Contacts contacts_of(const std::string& document, const store::ContactRow&);
// The order's document with the personal data laid back, or marked as erased.
std::string with_contacts(const std::string& document, const store::ContactRow&);

// {"uid","document","exceptions",…} without its closing brace.
void open_document(JsonWriter&, Reading&, const store::DocumentRow&, std::int64_t uid_row,
                   std::string_view body);
void write_dispatch(JsonWriter&, Reading&, const store::DocumentRow&);

}  // namespace lotbridge::api
