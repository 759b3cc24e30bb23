// An order of the shop between its two shapes (webhook and GraphQL) and the documents of Lotbridge.
//
// Both readers fill the same struct and one function makes the documents from it, so that what
// comes by webhook and again by poll has the same content and counts as a repeat. Only what both
// shapes carry stands here.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <lotbridge/documents.hpp>
#include <lotbridge/json.hpp>

#include "settings.hpp"

namespace lotbridge::shopify {

struct ShopLine {
  std::string id;
  Maybe<std::string> sku, variant;
  // As sent, because a number may be impossible: ordered, and what is left of it after removals and
  // refunds.
  std::string quantity, current;
  bool requires_shipping = true;
};

// One line of what was shipped or refunded.
struct ShopUnits {
  std::string line;
  Maybe<std::string> sku;
  std::int64_t quantity = 0;
  bool requires_shipping = true;
  std::string restock_type;  // of a refund: return | no_restock | cancel | legacy_restock
};
struct ShopFulfillment {
  std::string id, status;  // success | pending | open | cancelled | error | failure
  Maybe<std::string> order;
  Maybe<std::string> location;  // its GID
  Maybe<std::string> carrier, tracking_number;
  Maybe<Timestamp> created_at;
  std::vector<ShopUnits> lines;
};
struct ShopRefund {
  std::string id;
  Maybe<std::string> order;
  Maybe<Timestamp> created_at;
  std::vector<ShopUnits> lines;
};

struct ShopOrder {
  std::string id;
  Maybe<std::string> name;
  Timestamp updated_at;
  Maybe<Timestamp> placed_at, cancelled_at;
  bool test = false;
  Maybe<std::string> email, phone;
  Maybe<std::string> customer_id, customer_name;
  Maybe<Address> ship_to;
  std::vector<std::pair<std::string, std::string>>
      attributes;  // what the customer or a cart app noted
  std::vector<ShopLine> lines;
  std::vector<ShopFulfillment> fulfillments;
  std::vector<ShopRefund> refunds;
};

// ---------------------------------------------------------------- readers; throw
// Failure(LB_BAD_RECORD) with the place

ShopOrder order_of_webhook(const Json& body);
ShopFulfillment fulfillment_of_webhook(const Json& body);
ShopRefund refund_of_webhook(const Json& body);

// One node of the orders query: its first lines only, no fulfillments and refunds.
ShopOrder order_of_graphql(const Json& node);
ShopLine line_of_graphql(const Json& node);
// Lines of the connection's first page only.
ShopFulfillment fulfillment_of_graphql(const Json& node, const std::string& order);
ShopUnits shipped_line_of_graphql(const Json& node);
ShopRefund refund_of_graphql(const Json& node, const std::string& order);
ShopUnits refunded_line_of_graphql(const Json& node);

// ---------------------------------------------------------------- documents

// The order itself and, when it was cancelled, its cancellation.
std::vector<Document> order_documents(const ShopOrder&, const Settings&);
// What the shop's own button shipped: nothing where the location's fulfilments are ours, or nothing
// has left yet. A cancelled one is followed by the document that takes it back.
std::vector<Document> dispatch_documents(const ShopFulfillment&, const Settings&);
// Money back without goods; nothing where only unshipped units were removed.
std::vector<Document> return_documents(const ShopRefund&);
// customers/redact and shop/redact. `delivery` makes it one document for each request.
Document erasure_document(const Json& body, bool whole_shop, const std::string& delivery);

}  // namespace lotbridge::shopify
