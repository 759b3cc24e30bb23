// Every GraphQL text that this connector sends, and nothing else.
//
// The texts are checked in the tests against the platform's own schemas of several versions. Each
// page size keeps the worst case of its query under the platform's 1000 points. Tools read this
// file too: one raw string per query.
#pragma once

#include <string_view>

namespace lotbridge::shopify {

struct Query {
  std::string_view name;  // the operation's name in the text
  std::string_view text;
  unsigned cost;  // points that it may need; what the answers say replaces it
};

inline constexpr Query kAccountCheck{"LotbridgeAccount", R"gql(
query LotbridgeAccount {
  shop { name myshopifyDomain }
}
)gql",
                                     2};

// Orders that changed, oldest change first. `$lines` of each; a longer order is read on by
// LotbridgeOrderLines.
inline constexpr Query kOrders{"LotbridgeOrders", R"gql(
query LotbridgeOrders($first: Int!, $after: String, $query: String!, $lines: Int!) {
  orders(first: $first, after: $after, sortKey: UPDATED_AT, query: $query) {
    nodes {
      legacyResourceId name updatedAt processedAt cancelledAt test email phone
      customAttributes { key value }
      customer { legacyResourceId firstName lastName }
      shippingAddress {
        firstName lastName company address1 address2 city provinceCode countryCodeV2 zip phone
      }
      lineItems(first: $lines) {
        nodes { id sku quantity currentQuantity requiresShipping variant { legacyResourceId } }
        pageInfo { hasNextPage endCursor }
      }
      fulfillments(first: 1) { id }
      refunds(first: 1) { id }
    }
    pageInfo { hasNextPage endCursor }
  }
}
)gql",
                               700};

inline constexpr Query kOrderLines{"LotbridgeOrderLines", R"gql(
query LotbridgeOrderLines($id: ID!, $after: String) {
  order(id: $id) {
    lineItems(first: 100, after: $after) {
      nodes { id sku quantity currentQuantity requiresShipping variant { legacyResourceId } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
)gql",
                                   210};

// What left the shop for one order. A list without a cursor: the first fifteen with their lines,
// and the ids of all.
inline constexpr Query kShipments{"LotbridgeShipments", R"gql(
query LotbridgeShipments($id: ID!) {
  order(id: $id) {
    all: fulfillments(first: 250) { id }
    fulfillments(first: 15) {
      id status createdAt
      location { id }
      trackingInfo(first: 5) { company number }
      fulfillmentLineItems(first: 15) {
        nodes { quantity lineItem { id sku requiresShipping } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
)gql",
                                  820};

inline constexpr Query kShipment{"LotbridgeShipment", R"gql(
query LotbridgeShipment($id: ID!, $after: String) {
  fulfillment(id: $id) {
    id status createdAt
    location { id }
    trackingInfo(first: 5) { company number }
    fulfillmentLineItems(first: 250, after: $after) {
      nodes { quantity lineItem { id sku requiresShipping } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
)gql",
                                 510};

inline constexpr Query kRefunds{"LotbridgeRefunds", R"gql(
query LotbridgeRefunds($id: ID!) {
  order(id: $id) {
    all: refunds(first: 250) { id }
    refunds(first: 12) {
      id createdAt
      refundLineItems(first: 20) {
        nodes { quantity restockType lineItem { id sku } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
)gql",
                                750};

inline constexpr Query kRefund{"LotbridgeRefund", R"gql(
query LotbridgeRefund($id: ID!, $after: String) {
  refund(id: $id) {
    id createdAt
    refundLineItems(first: 250, after: $after) {
      nodes { quantity restockType lineItem { id sku } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
)gql",
                               510};

// What may still be shipped, by the location that is to ship it.
inline constexpr Query kOpenWork{"LotbridgeOpenWork", R"gql(
query LotbridgeOpenWork($id: ID!, $after: String) {
  order(id: $id) {
    fulfillmentOrders(first: 10, after: $after) {
      nodes {
        id status
        assignedLocation { location { id } }
        lineItems(first: 40) {
          nodes { id remainingQuantity lineItem { id } }
          pageInfo { hasNextPage endCursor }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
)gql",
                                 840};

inline constexpr Query kOpenWorkLines{"LotbridgeOpenWorkLines", R"gql(
query LotbridgeOpenWorkLines($id: ID!, $after: String) {
  fulfillmentOrder(id: $id) {
    lineItems(first: 250, after: $after) {
      nodes { id remainingQuantity lineItem { id } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
)gql",
                                      510};

inline constexpr Query kFulfillmentCreate{"LotbridgeFulfillmentCreate", R"gql(
mutation LotbridgeFulfillmentCreate($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id }
    userErrors { field message }
  }
}
)gql",
                                          14};

inline constexpr Query kMetafields{"LotbridgeMetafields", R"gql(
query LotbridgeMetafields($id: ID!, $machine: String!, $readable: String!) {
  order(id: $id) {
    machine: metafield(namespace: "lotbridge", key: $machine) { value compareDigest }
    readable: metafield(namespace: "lotbridge", key: $readable) { value compareDigest }
  }
}
)gql",
                                   6};

inline constexpr Query kMetafieldsSet{"LotbridgeMetafieldsSet", R"gql(
mutation LotbridgeMetafieldsSet($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) {
    metafields { id }
    userErrors { field message code elementIndex }
  }
}
)gql",
                                      14};

inline constexpr Query kWebhooks{"LotbridgeWebhooks", R"gql(
query LotbridgeWebhooks($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { topic uri }
    pageInfo { hasNextPage endCursor }
  }
}
)gql",
                                 102};

inline constexpr Query kWebhookCreate{"LotbridgeWebhookCreate", R"gql(
mutation LotbridgeWebhookCreate($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
)gql",
                                      14};

inline constexpr Query kDefinitionCreate{"LotbridgeDefinitionCreate", R"gql(
mutation LotbridgeDefinitionCreate($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) {
    createdDefinition { id }
    userErrors { field message code }
  }
}
)gql",
                                         14};

// Variants that changed, by id: the platform sorts them by nothing that grows with a change.
inline constexpr Query kVariants{"LotbridgeVariants", R"gql(
query LotbridgeVariants($after: String, $query: String!) {
  productVariants(first: 100, after: $after, sortKey: ID, query: $query) {
    nodes { legacyResourceId sku barcode displayName updatedAt }
    pageInfo { hasNextPage endCursor }
  }
}
)gql",
                                 120};

inline constexpr Query kStock{"LotbridgeStock", R"gql(
query LotbridgeStock($query: String!) {
  productVariants(first: 5, query: $query) {
    nodes {
      sku
      inventoryItem {
        id tracked
        inventoryLevels(first: 50) {
          nodes { location { id } quantities(names: ["available"]) { name quantity } }
        }
      }
    }
  }
}
)gql",
                              600};

inline constexpr Query kSetStock{"LotbridgeSetStock", R"gql(
mutation LotbridgeSetStock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { code message }
  }
}
)gql",
                                 20};

}  // namespace lotbridge::shopify
