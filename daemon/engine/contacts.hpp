// Personal data, kept apart: split off before an order is stored, laid back for whoever may see it,
// erased on demand.
//
// What stands in `contacts`: the customer's name, e-mail and phone, an address beyond country,
// region and postal code, and an order's free attributes. Once erased, an order stays erased,
// whatever comes later.
#pragma once

#include <optional>
#include <string>

#include <lotbridge/documents.hpp>

#include "workbench.hpp"

namespace lotbridge::engine {

struct Contact {
  lotbridge::Customer customer;
  lotbridge::Address address;
  std::string attributes;
  bool empty() const;
};

// Takes the personal parts out of an order document.
Contact split_contact(Document&);
std::string contact_text(const Contact&);  // canonical JSON
std::optional<Contact> read_contact(std::string_view text);
// Lays the personal parts back.
void restore_contact(Document&, const Contact&);
void restore_contact(std::optional<lotbridge::Customer>&, std::optional<lotbridge::Address>&,
                     const Contact&);

void store_contact(Workbench&, core::OrderId, core::OwnerId, const Document&, const Contact&);
struct KnownContact {
  bool erased = false;
  std::optional<Contact> contact;
};
KnownContact known_contact(Workbench&, core::OrderId);

// The JSON of an order document whose customer was erased: it says so in the customer's place.
std::string erased_order(std::string document);

// Everything that an erasure must reach: contacts, raw webhooks, parked records. False: nothing was
// found.
void erase_order(Workbench&, core::OwnerId, core::OrderId);
void apply_erasure(Workbench&, core::OwnerId, const std::string& source, const Erasure&);

}  // namespace lotbridge::engine
