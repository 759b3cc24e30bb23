#include <simdjson.h>

#include <lotbridge/records.hpp>

#include "daemon/api/reads_documents.hpp"
#include "daemon/engine/contacts.hpp"
#include "daemon/store/encoding.hpp"

namespace lotbridge::api {
namespace {

std::optional<std::int64_t> source_filter(Reading& reading) {
  const auto named = reading.parameter("source");
  if (!named) return std::nullopt;
  const auto id = reading.reader.source_id(*named);
  return id == 0 ? -1 : id;  // -1: a source that nothing came from
}

std::string place_of(Reading& reading, core::OwnerId owner, std::int64_t source,
                     std::string_view uid) {
  std::string out(uid);
  out += " (" + reading.reader.owner(owner);
  if (source > 0) out += ", " + reading.reader.source(source);
  return out + ")";
}

std::string_view word_of(DocumentType type) { return document_type_name(type); }

}  // namespace

Response several(std::string_view id, const std::vector<std::string>& candidates) {
  std::string detail = "`" + std::string(id) + "` means several: ";
  for (std::size_t i = 0; i < candidates.size(); ++i)
    detail += (i == 0 ? "" : ", ") + candidates[i];
  detail += ". Use the uid, or add owner and source.";
  return problem_response(409, "ambiguous_reference", detail);
}

bool is_seen(const Sight& sight, store::Reader& reader, const std::string& body) {
  if (sight.every_warehouse) return true;
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(body).get(root) != simdjson::SUCCESS) return false;
  bool named = false, seen = false;
  const auto look = [&](simdjson::simdjson_result<simdjson::dom::element> element) {
    std::string_view name;
    if (element.get(name) != simdjson::SUCCESS) return;
    named = true;
    const auto id = reader.warehouse_id(name);
    seen = seen || (id != 0 && sight.warehouse(id));
  };
  look(root["warehouse"]);
  look(root["from"]["warehouse"]);
  look(root["to"]["warehouse"]);
  simdjson::dom::array lots;
  if (root["lots"].get(lots) == simdjson::SUCCESS) {
    for (simdjson::dom::element lot : lots) look(lot["warehouse"]);
  }
  return seen || !named;
}

std::variant<store::DocumentRow, Response> find_document(Reading& reading, DocumentType type,
                                                         const std::string& id) {
  const auto visible = [&](const store::DocumentRow& row) {
    return row.type == type && reading.sight.owner(row.owner) &&
           is_seen(reading.sight, reading.reader, row.body);
  };
  if (const auto uid = store::parse_uid(id); uid && uid->type == type) {
    auto row = store::document_row(reading.reader, uid->row);
    if (row && visible(*row)) return std::move(*row);
  }
  std::vector<store::DocumentRow> found;
  const auto source = source_filter(reading);
  for (const core::OwnerId owner : reading.sight.owners) {
    for (auto& row : store::documents_named(reading.reader, owner, type, id, source)) {
      if (visible(row)) found.push_back(std::move(row));
    }
  }
  if (found.empty()) return not_found(word_of(type));
  if (found.size() == 1) return std::move(found.front());
  std::vector<std::string> names;
  for (const auto& row : found)
    names.push_back(place_of(reading, row.owner, row.source, store::uid_text(type, row.row)));
  return several(id, names);
}

std::variant<store::OrderListRow, Response> find_order(Reading& reading, const std::string& id) {
  if (const auto uid = store::parse_uid(id); uid && uid->type == DocumentType::order) {
    auto row = store::order_row(reading.reader, static_cast<core::OrderId>(uid->row));
    if (row && reading.sight.owner(row->owner)) return std::move(*row);
  }
  std::vector<store::OrderListRow> named, exact;
  const auto source = source_filter(reading);
  for (const core::OwnerId owner : reading.sight.owners) {
    for (auto& row : store::orders_named(reading.reader, owner, id, source)) {
      if (row.id == id) exact.push_back(row);
      named.push_back(std::move(row));
    }
  }
  // A sender's id is meant before a number or alias that reads the same.
  const auto& found = exact.empty() ? named : exact;
  if (found.empty()) return not_found("order");
  if (found.size() == 1) return found.front();
  std::vector<std::string> names;
  for (const auto& row : found) {
    names.push_back(
        place_of(reading, row.owner, row.source,
                 store::uid_text(DocumentType::order, static_cast<std::int64_t>(row.order))));
  }
  return several(id, names);
}

std::variant<store::ItemRow, Response> find_item(Reading& reading, const std::string& sku) {
  if (const auto uid = store::parse_uid(sku); uid && uid->type == DocumentType::item) {
    auto row = store::item_row(reading.reader, static_cast<core::SkuId>(uid->row));
    if (row && reading.sight.owner(row->owner)) return std::move(*row);
  }
  std::vector<store::ItemRow> found;
  for (const core::OwnerId owner : reading.sight.owners) {
    auto row = store::item_row(reading.reader, reading.reader.sku_id(owner, sku));
    if (row) found.push_back(std::move(*row));
  }
  if (found.empty()) return not_found("item");
  if (found.size() == 1) return std::move(found.front());
  std::vector<std::string> names;
  for (const auto& row : found)
    names.push_back(place_of(reading, row.owner, 0, store::uid_text(DocumentType::item, row.sku)));
  return several(sku, names);
}

namespace {

// The order document as a struct, with what `contacts` keeps laid back.
std::optional<Document> whole_order(const std::string& document, const store::ContactRow& contact) {
  ReadLimits limits;
  limits.max_lines = 1'000'000;
  auto parsed = read_document(DocumentType::order, document, limits);
  if (!parsed) return std::nullopt;
  if (!contact.body.empty()) {
    if (const auto known = engine::read_contact(contact.body))
      engine::restore_contact(*parsed, *known);
  }
  return std::move(*parsed);
}

void erase_member(std::string& json, std::string_view key) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return;
  std::string out = "{";
  for (const auto& [name, value] : root) {
    if (out.size() > 1) out += ',';
    JsonWriter quoted(32);
    quoted.text(name);
    out += quoted.take() + ":";
    out += name == key ? std::string(R"({"erased":true})") : simdjson::minify(value);
  }
  json = out + "}";
}

}  // namespace

std::string with_contacts(const std::string& document, const store::ContactRow& contact) {
  if (contact.erased) {
    std::string erased = document;
    erase_member(erased, "customer");
    return erased;
  }
  if (contact.body.empty()) return document;
  const auto whole = whole_order(document, contact);
  return whole ? write_document(*whole) : document;
}

Contacts contacts_of(const std::string& document, const store::ContactRow& contact) {
  Contacts out;
  if (document.empty()) return out;
  const std::string whole = with_contacts(document, contact);
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root, part;
  if (parser.parse(whole).get(root) != simdjson::SUCCESS) return out;
  if (root["customer"].get(part) == simdjson::SUCCESS) out.customer = simdjson::minify(part);
  if (root["ship_to"].get(part) == simdjson::SUCCESS) out.ship_to = simdjson::minify(part);
  if (contact.erased) out.customer = R"({"erased":true})";
  return out;
}

}  // namespace lotbridge::api
