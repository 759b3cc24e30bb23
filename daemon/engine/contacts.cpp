#include "contacts.hpp"

#include <simdjson.h>

#include <lotbridge/records.hpp>

#include "references.hpp"
#include "sdk/records/json_writer.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

template <typename T>
void take(Maybe<T>& from, Maybe<T>& to) {
  to = std::move(from);
  from.reset();
}

void lay(const Maybe<std::string>& from, Maybe<std::string>& to) {
  if (from) to = from;
}

void member(JsonWriter& json, std::string_view key, const Maybe<std::string>& value) {
  if (!value) return;
  json.key(key);
  json.text(*value);
}

Maybe<std::string> text_at(simdjson::dom::element element, std::string_view key) {
  std::string_view text;
  if (element[key].get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

}  // namespace

bool Contact::empty() const {
  return customer == Customer{} && address == Address{} && attributes.empty();
}

Contact split_contact(Document& document) {
  Contact contact;
  auto* order = std::get_if<lotbridge::Order>(&document.body);
  if (order == nullptr) return contact;
  if (order->customer) {
    take(order->customer->name, contact.customer.name);
    take(order->customer->email, contact.customer.email);
    take(order->customer->phone, contact.customer.phone);
  }
  if (order->ship_to) {
    Address& from = *order->ship_to;
    take(from.name, contact.address.name);
    take(from.company, contact.address.company);
    take(from.address1, contact.address.address1);
    take(from.address2, contact.address.address2);
    take(from.city, contact.address.city);
    take(from.phone, contact.address.phone);
  }
  contact.attributes = std::move(document.attributes);
  document.attributes.clear();
  return contact;
}

std::string contact_text(const Contact& contact) {
  JsonWriter json(256);
  json.open('{');
  json.key("customer");
  json.open('{');
  member(json, "name", contact.customer.name);
  member(json, "email", contact.customer.email);
  member(json, "phone", contact.customer.phone);
  json.close('}');
  json.key("ship_to");
  json.open('{');
  member(json, "name", contact.address.name);
  member(json, "company", contact.address.company);
  member(json, "address1", contact.address.address1);
  member(json, "address2", contact.address.address2);
  member(json, "city", contact.address.city);
  member(json, "phone", contact.address.phone);
  json.close('}');
  if (!contact.attributes.empty()) {
    json.key("attributes");
    json.raw(contact.attributes);
  }
  json.close('}');
  return json.take();
}

std::optional<Contact> read_contact(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root, part;
  if (parser.parse(text.data(), text.size(), true).get(root) != simdjson::SUCCESS)
    return std::nullopt;
  Contact contact;
  if (root["customer"].get(part) == simdjson::SUCCESS) {
    contact.customer.name = text_at(part, "name");
    contact.customer.email = text_at(part, "email");
    contact.customer.phone = text_at(part, "phone");
  }
  if (root["ship_to"].get(part) == simdjson::SUCCESS) {
    contact.address.name = text_at(part, "name");
    contact.address.company = text_at(part, "company");
    contact.address.address1 = text_at(part, "address1");
    contact.address.address2 = text_at(part, "address2");
    contact.address.city = text_at(part, "city");
    contact.address.phone = text_at(part, "phone");
  }
  if (root["attributes"].get(part) == simdjson::SUCCESS)
    contact.attributes = simdjson::minify(part);
  return contact;
}

void restore_contact(std::optional<Customer>& customer, std::optional<Address>& address,
                     const Contact& contact) {
  if (customer || !(contact.customer == Customer{})) {
    if (!customer) customer.emplace();
    lay(contact.customer.name, customer->name);
    lay(contact.customer.email, customer->email);
    lay(contact.customer.phone, customer->phone);
  }
  if (!address && contact.address == Address{}) return;
  if (!address) address.emplace();
  lay(contact.address.name, address->name);
  lay(contact.address.company, address->company);
  lay(contact.address.address1, address->address1);
  lay(contact.address.address2, address->address2);
  lay(contact.address.city, address->city);
  lay(contact.address.phone, address->phone);
}

void restore_contact(Document& document, const Contact& contact) {
  auto* order = std::get_if<lotbridge::Order>(&document.body);
  if (order == nullptr) return;
  restore_contact(order->customer, order->ship_to, contact);
  if (!contact.attributes.empty()) document.attributes = contact.attributes;
}

void store_contact(Workbench& bench, core::OrderId order, core::OwnerId owner,
                   const Document& document, const Contact& contact) {
  const auto& header = std::get<lotbridge::Order>(document.body);
  std::optional<std::string> customer, body;
  if (header.customer) customer = header.customer->id;
  if (!contact.empty()) body = contact_text(contact);
  if (!customer && !body) return;
  bench.store.run(Sql::upsert_contact, order, owner, customer, body);
}

KnownContact known_contact(Workbench& bench, core::OrderId order) {
  KnownContact known;
  auto rows = bench.store.query(Sql::select_contact, order);
  if (!rows.next()) return known;
  known.erased = !rows.is_null(1);
  if (!known.erased && !rows.is_null(0)) known.contact = read_contact(rows.text(0));
  return known;
}

std::string erased_order(std::string document) {
  // Inside a text every quote is escaped, so this is the member itself.
  constexpr std::string_view kMember = ",\"customer\":", kErased = "{\"erased\":true}";
  const std::size_t at = document.find(kMember);
  if (at == std::string::npos) {
    if (!document.empty())
      document.insert(document.size() - 1, std::string(kMember) + std::string(kErased));
    return document;
  }
  const std::size_t from = at + kMember.size();
  const std::size_t to =
      document[from] == '{' ? document.find('}', from) + 1 : document.find(',', from);
  return document.replace(from, to - from, kErased);
}

void erase_order(Workbench& bench, core::OwnerId owner, core::OrderId id) {
  bench.store.run(Sql::erase_contact, id, owner, bench.now.ms);
  bench.store.run(Sql::erase_recall_responses, id);
  if (!load_order(bench, id)) return;
  const core::Order* order = bench.state.order(id);
  if (order == nullptr || !order->known) return;
  bench.store.run(Sql::erase_inbox_naming, order->source, order->doc_id);
  bench.store.run(Sql::erase_parked_of_order, owner, order->source, order->doc_id, bench.now.ms);
}

void apply_erasure(Workbench& bench, core::OwnerId owner, const std::string& source,
                   const Erasure& erasure) {
  std::vector<core::OrderId> orders;
  for (const std::string& name : erasure.orders) {
    const Resolved found = resolve_order(bench, owner, name, source);
    if (found.order != 0) orders.push_back(found.order);
    bench.store.run(Sql::erase_inbox_naming, source, name);
    bench.store.run(Sql::erase_parked_of_order, owner, source, name, bench.now.ms);
  }
  if (erasure.customer) {
    {
      auto rows = bench.store.query(Sql::select_contacts_of_customer, owner, *erasure.customer);
      while (rows.next()) orders.push_back(static_cast<core::OrderId>(rows.integer(0)));
    }
    bench.store.run(Sql::erase_inbox_naming, source, *erasure.customer);
    bench.store.run(Sql::erase_parked_of_order, owner, source, *erasure.customer, bench.now.ms);
  }
  if (erasure.all) {
    {
      auto rows = bench.store.query(Sql::select_orders_of_source, owner, source);
      while (rows.next()) orders.push_back(static_cast<core::OrderId>(rows.integer(0)));
    }
    bench.store.run(Sql::erase_inbox_of_connector, source);
    bench.store.run(Sql::erase_parked_of_owner, owner, source, bench.now.ms);
  }
  for (const core::OrderId order : orders) erase_order(bench, owner, order);
}

}  // namespace lotbridge::engine
