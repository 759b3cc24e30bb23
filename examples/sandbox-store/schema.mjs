// The part of the platform's Admin schema that a lot connector needs, as a table: type, field, its type, its arguments
// and where the answer comes from. Types and arguments are written as in the real schema; a test compares them with it.
import { gid, number } from './store.mjs';
import { setMetafields } from './metafields.mjs';
import { Refused } from './refused.mjs';

const PAGE = { first: 'Int', after: 'String', last: 'Int', before: 'String', reverse: 'Boolean' };
const f = (type, resolve, args = {}) => ({ type, resolve, args });
const own = (type, key) => f(type, (o) => o[key]);

// One page of a list; the cursor is the place of the last entry.
function page(list, { first, after }) {
  const from = after ? Number(Buffer.from(after, 'base64').toString().replace('at:', '')) : 0;
  if (!Number.isInteger(from)) throw new Refused('Invalid cursor');
  const nodes = list.slice(from, from + (first ?? 250));
  const end = from + nodes.length;
  return { nodes, end, more: end < list.length, from };
}
const connection = (type, list, args = {}) => f(type, (o, a, s) => page(list(o, a, s), a), { ...PAGE, ...args });
function pages(type) {
  return {
    nodes: f(`[${type}!]!`, (p) => p.nodes),
    pageInfo: f('PageInfo!', (p) => p),
  };
}

// "updated_at:>='2026-05-01T00:00:00Z'" and status filters of the search syntax; other terms are refused loudly.
function search(list, query) {
  let out = list;
  for (const term of (query ?? '').split(/\s+(?:AND\s+)?/).filter(Boolean)) {
    const match = /^(updated_at|created_at|id|sku):(>=|>|<=|<)?'?([^']+)'?$/.exec(term);
    if (!match) throw new Refused(`The sandbox does not know the search term ${term}`);
    const [, key, op = '=', value] = match;
    const read = (entry) => (key === 'sku' || key === 'id' ? String(entry[key]) : Date.parse(entry[key]));
    const wanted = key === 'sku' || key === 'id' ? value : Date.parse(value);
    const keeps = {
      '>=': (x) => x >= wanted,
      '>': (x) => x > wanted,
      '<=': (x) => x <= wanted,
      '<': (x) => x < wanted,
      '=': (x) => x === wanted,
    }[op];
    out = out.filter((entry) => keeps(read(entry)));
  }
  return out;
}

function ordersOf(_, args, store) {
  const by = args.sortKey === 'UPDATED_AT' ? 'updated_at' : 'processed_at';
  const list = search(store.state.orders, args.query).slice();
  list.sort((a, b) => a[by].localeCompare(b[by]) || a.id - b.id);
  return args.reverse ? list.reverse() : list;
}

function variantsOf(_, args, store) {
  return search(store.state.products, args.query)
    .slice()
    .sort((a, b) => a.variant_id - b.variant_id);
}

const orNull = (find) => {
  try {
    return find();
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
};

const withOrder = (order, list) => list.map((entry) => ({ ...entry, order }));
const lineOf = (entry) => ({ ...entry.order.lines.find((l) => l.id === entry.line_id), order: entry.order });
const locationOf = (o, a, store) => ({ ...store.location(o.location_id) });
const metafield = f(
  'Metafield',
  (o, { namespace, key }) => {
    const found = o.metafields[`${namespace}.${key}`];
    return found ? { ...found, order: o } : null;
  },
  { namespace: 'String', key: 'String!' },
);

function userErrors(error) {
  if (!(error instanceof Refused)) throw error;
  return [{ field: error.field, message: error.message, code: error.code, elementIndex: error.elementIndex }];
}

// The payload of a mutation: what it made, or why not.
function attempt(run) {
  try {
    return { done: run(), userErrors: [] };
  } catch (error) {
    return { done: null, userErrors: userErrors(error) };
  }
}

const STATUS = { success: 'SUCCESS', cancelled: 'CANCELLED' };
function fulfillmentStatus(o, a, store) {
  const wanted = o.lines.reduce((sum, l) => sum + (l.requires_shipping ? l.current_quantity : 0), 0);
  const shipped = o.lines.reduce((sum, l) => sum + store.shippedOf(o, l), 0);
  if (shipped === 0) return 'UNFULFILLED';
  return shipped >= wanted ? 'FULFILLED' : 'PARTIALLY_FULFILLED';
}

const objects = {
  QueryRoot: {
    shop: f('Shop!', (o, a, store) => store.state),
    order: f('Order', (o, { id }, store) => orNull(() => store.order(id)), { id: 'ID!' }),
    orders: connection('OrderConnection!', ordersOf, { sortKey: 'OrderSortKeys', query: 'String' }),
    fulfillment: f(
      'Fulfillment',
      (o, { id }, store) =>
        orNull(() => {
          const found = store.fulfillment(id);
          return { ...found.fulfillment, order: found.order };
        }),
      { id: 'ID!' },
    ),
    refund: f('Refund', (o, { id }, store) => orNull(() => store.refundById(id)), { id: 'ID!' }),
    fulfillmentOrder: f(
      'FulfillmentOrder',
      (o, { id }, store) =>
        orNull(() => {
          const found = store.work(id);
          return { ...found.work, order: found.order };
        }),
      { id: 'ID!' },
    ),
    webhookSubscriptions: connection(
      'WebhookSubscriptionConnection!',
      (o, a, store) => store.state.subscriptions ?? [],
    ),
    productVariants: connection('ProductVariantConnection!', variantsOf, {
      query: 'String',
      sortKey: 'ProductVariantSortKeys',
    }),
    locations: connection('LocationConnection!', (o, a, store) => store.state.locations),
  },
  Shop: {
    id: f('ID!', () => gid('Shop', 1)),
    name: f('String!', () => 'Sandbox dairy'),
    myshopifyDomain: own('String!', 'shop'),
    currencyCode: f('CurrencyCode!', () => 'EUR'),
    email: f('String!', () => 'shop@example.com'),
  },
  PageInfo: {
    hasNextPage: f('Boolean!', (p) => p.more),
    hasPreviousPage: f('Boolean!', (p) => p.from > 0),
    endCursor: f('String', (p) => (p.nodes.length ? Buffer.from(`at:${p.end}`).toString('base64') : null)),
    startCursor: f('String', (p) => (p.nodes.length ? Buffer.from(`at:${p.from + 1}`).toString('base64') : null)),
  },
  Order: {
    id: f('ID!', (o) => gid('Order', o.id)),
    legacyResourceId: f('UnsignedInt64!', (o) => String(o.id)),
    name: own('String!', 'name'),
    number: own('Int!', 'number'),
    createdAt: own('DateTime!', 'created_at'),
    processedAt: own('DateTime!', 'processed_at'),
    updatedAt: own('DateTime!', 'updated_at'),
    cancelledAt: own('DateTime', 'cancelled_at'),
    closedAt: own('DateTime', 'closed_at'),
    test: own('Boolean!', 'test'),
    email: own('String', 'email'),
    phone: own('String', 'phone'),
    note: own('String', 'note'),
    tags: own('[String!]!', 'tags'),
    displayFinancialStatus: f('OrderDisplayFinancialStatus', (o) => o.financial_status.toUpperCase()),
    displayFulfillmentStatus: f('OrderDisplayFulfillmentStatus!', fulfillmentStatus),
    customAttributes: f('[Attribute!]!', (o) => o.attributes.map(({ name, value }) => ({ key: name, value }))),
    customer: own('Customer', 'customer'),
    shippingAddress: own('MailingAddress', 'shipping'),
    lineItems: connection('LineItemConnection!', (o) => withOrder(o, o.lines)),
    fulfillmentOrders: connection('FulfillmentOrderConnection!', (o) => withOrder(o, o.fulfillment_orders)),
    fulfillments: f('[Fulfillment!]!', (o, { first }) => withOrder(o, o.fulfillments).slice(0, first ?? 250), {
      first: 'Int',
    }),
    refunds: f('[Refund!]!', (o, { first }) => withOrder(o, o.refunds).slice(0, first ?? 250), { first: 'Int' }),
    metafield,
  },
  LineItem: {
    id: f('ID!', (l) => gid('LineItem', l.id)),
    sku: own('String', 'sku'),
    title: own('String!', 'title'),
    name: own('String!', 'title'),
    variantTitle: f('String', () => null),
    quantity: own('Int!', 'quantity'),
    currentQuantity: own('Int!', 'current_quantity'),
    unfulfilledQuantity: f('Int!', (l, a, store) => Math.max(0, l.current_quantity - store.shippedOf(l.order, l))),
    requiresShipping: own('Boolean!', 'requires_shipping'),
    customAttributes: f('[Attribute!]!', (l) => l.properties.map(({ name, value }) => ({ key: name, value }))),
    variant: f('ProductVariant', (l, a, store) => store.state.products.find((p) => p.variant_id === l.variant_id)),
  },
  Attribute: { key: own('String!', 'key'), value: own('String', 'value') },
  ProductVariant: {
    id: f('ID!', (p) => gid('ProductVariant', p.variant_id)),
    legacyResourceId: f('UnsignedInt64!', (p) => String(p.variant_id)),
    sku: own('String', 'sku'),
    barcode: own('String', 'barcode'),
    title: f('String!', () => 'Default Title'),
    displayName: own('String!', 'title'),
    updatedAt: own('DateTime!', 'updated_at'),
    product: f('Product!', (p) => p),
  },
  Product: { id: f('ID!', (p) => gid('Product', p.product_id)), title: own('String!', 'title') },
  Customer: {
    id: f('ID!', (c) => gid('Customer', c.id)),
    legacyResourceId: f('UnsignedInt64!', (c) => String(c.id)),
    firstName: own('String', 'first_name'),
    lastName: own('String', 'last_name'),
  },
  MailingAddress: {
    firstName: own('String', 'first_name'),
    lastName: own('String', 'last_name'),
    company: own('String', 'company'),
    address1: own('String', 'address1'),
    address2: own('String', 'address2'),
    city: own('String', 'city'),
    provinceCode: own('String', 'province_code'),
    countryCodeV2: own('CountryCode', 'country_code'),
    zip: own('String', 'zip'),
    phone: own('String', 'phone'),
  },
  Location: { id: f('ID!', (l) => gid('Location', l.id)), name: own('String!', 'name') },
  FulfillmentOrder: {
    id: f('ID!', (w) => gid('FulfillmentOrder', w.id)),
    status: own('FulfillmentOrderStatus!', 'status'),
    requestStatus: f('FulfillmentOrderRequestStatus!', () => 'UNSUBMITTED'),
    assignedLocation: f('FulfillmentOrderAssignedLocation!', (w) => w),
    supportedActions: f('[FulfillmentOrderSupportedAction!]!', (w) =>
      ['OPEN', 'IN_PROGRESS'].includes(w.status) ? [{ action: 'CREATE_FULFILLMENT' }] : [],
    ),
    lineItems: connection('FulfillmentOrderLineItemConnection!', (w) => withOrder(w.order, w.lines)),
  },
  FulfillmentOrderAssignedLocation: {
    name: f('String!', (w, a, store) => store.location(w.location_id).name),
    location: f('Location', locationOf),
  },
  FulfillmentOrderSupportedAction: { action: own('FulfillmentOrderAction!', 'action') },
  FulfillmentOrderLineItem: {
    id: f('ID!', (r) => gid('FulfillmentOrderLineItem', r.id)),
    totalQuantity: own('Int!', 'total'),
    remainingQuantity: own('Int!', 'remaining'),
    sku: f('String', (r) => lineOf(r).sku),
    lineItem: f('LineItem!', lineOf),
  },
  Fulfillment: {
    id: f('ID!', (x) => gid('Fulfillment', x.id)),
    legacyResourceId: f('UnsignedInt64!', (x) => String(x.id)),
    name: own('String!', 'name'),
    status: f('FulfillmentStatus!', (x) => STATUS[x.status]),
    createdAt: own('DateTime!', 'created_at'),
    updatedAt: own('DateTime!', 'updated_at'),
    location: f('Location', locationOf),
    order: own('Order!', 'order'),
    trackingInfo: f('[FulfillmentTrackingInfo!]!', (x) => (x.tracking ? [x.tracking] : []), { first: 'Int' }),
    fulfillmentLineItems: connection('FulfillmentLineItemConnection!', (x) => withOrder(x.order, x.lines)),
  },
  FulfillmentTrackingInfo: {
    company: own('String', 'company'),
    number: own('String', 'number'),
    url: own('URL', 'url'),
  },
  FulfillmentLineItem: {
    id: f('ID!', (r) => gid('FulfillmentLineItem', r.line_id)),
    quantity: own('Int', 'quantity'),
    lineItem: f('LineItem!', lineOf),
  },
  Refund: {
    id: f('ID!', (r) => gid('Refund', r.id)),
    legacyResourceId: f('UnsignedInt64!', (r) => String(r.id)),
    createdAt: own('DateTime', 'created_at'),
    note: own('String', 'note'),
    refundLineItems: connection('RefundLineItemConnection!', (r) => withOrder(r.order, r.lines)),
  },
  RefundLineItem: {
    quantity: own('Int!', 'quantity'),
    restockType: f('RefundLineItemRestockType!', (r) => r.restock_type.toUpperCase()),
    lineItem: f('LineItem!', lineOf),
  },
  WebhookSubscription: {
    id: f('ID!', (w) => gid('WebhookSubscription', w.id)),
    topic: own('WebhookSubscriptionTopic!', 'topic'),
    uri: own('String!', 'uri'),
  },
  MetafieldDefinition: { id: f('ID!', (d) => gid('MetafieldDefinition', d.id)) },
  MetafieldDefinitionCreateUserError: {
    field: own('[String!]', 'field'),
    message: own('String!', 'message'),
    code: own('MetafieldDefinitionCreateUserErrorCode', 'code'),
  },
  WebhookSubscriptionCreatePayload: {
    webhookSubscription: own('WebhookSubscription', 'done'),
    userErrors: own('[UserError!]!', 'userErrors'),
  },
  MetafieldDefinitionCreatePayload: {
    createdDefinition: own('MetafieldDefinition', 'done'),
    userErrors: own('[MetafieldDefinitionCreateUserError!]!', 'userErrors'),
  },
  Metafield: {
    id: f('ID!', (m) => gid('Metafield', m.id)),
    namespace: own('String!', 'namespace'),
    key: own('String!', 'key'),
    type: own('String!', 'type'),
    value: own('String!', 'value'),
    compareDigest: own('String!', 'compareDigest'),
  },
  UserError: { field: own('[String!]', 'field'), message: own('String!', 'message') },
  MetafieldsSetUserError: {
    field: own('[String!]', 'field'),
    message: own('String!', 'message'),
    code: own('MetafieldsSetUserErrorCode', 'code'),
    elementIndex: own('Int', 'elementIndex'),
  },
  FulfillmentCreatePayload: {
    fulfillment: own('Fulfillment', 'fulfillment'),
    userErrors: own('[UserError!]!', 'userErrors'),
  },
  MetafieldsSetPayload: {
    metafields: own('[Metafield!]', 'metafields'),
    userErrors: own('[MetafieldsSetUserError!]!', 'userErrors'),
  },
  Mutation: {
    webhookSubscriptionCreate: f(
      'WebhookSubscriptionCreatePayload',
      (o, { topic, webhookSubscription: wanted }, store) =>
        attempt(() => store.subscribe({ topic, uri: wanted.uri })),
      { topic: 'WebhookSubscriptionTopic!', webhookSubscription: 'WebhookSubscriptionInput!' },
    ),
    metafieldDefinitionCreate: f(
      'MetafieldDefinitionCreatePayload',
      (o, { definition }, store) => attempt(() => store.define(definition)),
      { definition: 'MetafieldDefinitionInput!' },
    ),
    fulfillmentCreate: f('FulfillmentCreatePayload', createFulfillment, {
      fulfillment: 'FulfillmentInput!',
      message: 'String',
    }),
    metafieldsSet: f(
      'MetafieldsSetPayload',
      (o, { metafields }, store) => {
        try {
          return { metafields: setMetafields(store, metafields), userErrors: [] };
        } catch (error) {
          return { metafields: null, userErrors: userErrors(error) };
        }
      },
      { metafields: '[MetafieldsSetInput!]!' },
    ),
  },
};

function createFulfillment(_, { fulfillment: input }, store) {
  try {
    const t = input.trackingInfo;
    const tracking = t && {
      company: t.company ?? null,
      number: t.number ?? t.numbers?.[0] ?? null,
      url: t.url ?? t.urls?.[0] ?? null,
    };
    const done = store.createFulfillment(input.lineItemsByFulfillmentOrder, tracking ?? null, 'api');
    return { fulfillment: { ...done.fulfillment, order: done.order }, userErrors: [] };
  } catch (error) {
    return { fulfillment: null, userErrors: userErrors(error) };
  }
}

for (const type of [
  'Order',
  'LineItem',
  'FulfillmentOrder',
  'FulfillmentOrderLineItem',
  'FulfillmentLineItem',
  'RefundLineItem',
  'ProductVariant',
  'Location',
  'WebhookSubscription',
]) {
  objects[`${type}Connection`] = pages(type);
}

export const inputs = {
  FulfillmentInput: {
    lineItemsByFulfillmentOrder: '[FulfillmentOrderLineItemsInput!]!',
    notifyCustomer: 'Boolean',
    trackingInfo: 'FulfillmentTrackingInput',
  },
  FulfillmentOrderLineItemsInput: {
    fulfillmentOrderId: 'ID!',
    fulfillmentOrderLineItems: '[FulfillmentOrderLineItemInput!]',
  },
  FulfillmentOrderLineItemInput: { id: 'ID!', quantity: 'Int!' },
  FulfillmentTrackingInput: {
    company: 'String',
    number: 'String',
    numbers: '[String!]',
    url: 'URL',
    urls: '[URL!]',
  },
  WebhookSubscriptionInput: { uri: 'String', format: 'WebhookSubscriptionFormat' },
  MetafieldDefinitionInput: {
    ownerType: 'MetafieldOwnerType!',
    namespace: 'String',
    key: 'String!',
    name: 'String!',
    type: 'String!',
    pin: 'Boolean',
  },
  MetafieldsSetInput: {
    ownerId: 'ID!',
    namespace: 'String',
    key: 'String!',
    type: 'String',
    value: 'String!',
    compareDigest: 'String',
  },
};
export const enums = {
  WebhookSubscriptionTopic: [
    'ORDERS_CREATE',
    'ORDERS_UPDATED',
    'ORDERS_CANCELLED',
    'REFUNDS_CREATE',
    'FULFILLMENTS_CREATE',
    'FULFILLMENTS_UPDATE',
  ],
  WebhookSubscriptionFormat: ['JSON', 'XML'],
  MetafieldOwnerType: ['ORDER', 'PRODUCT'],
  OrderSortKeys: ['UPDATED_AT', 'PROCESSED_AT'],
  ProductVariantSortKeys: ['ID'],
};

export { objects as types };
// The table bound to one store, as execute() takes it.
export const schemaOf = (store) => ({ types: objects, inputs, enums, store, number });
