// The connector's texts against the running sandbox: every answer must be one that Shopify's schema allows.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Sandbox } from './sandbox.mjs';
import { graphql, pinned, queries, schemaOf } from './shopify_schemas.mjs';

const schema = schemaOf(pinned);
const texts = Object.fromEntries(queries().map(({ name, text }) => [name, text]));
const { getNamedType, getNullableType, isEnumType, isListType, isNonNullType, isScalarType } = graphql;

const SCALARS = {
  ID: (v) => typeof v === 'string' && v.startsWith('gid://shopify/'),
  Int: Number.isInteger,
  Boolean: (v) => typeof v === 'boolean',
  UnsignedInt64: (v) => typeof v === 'string' && /^\d+$/.test(v),
  DateTime: (v) => typeof v === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(v),
};

function checkValue(type, node, value, where) {
  if (value === null) {
    assert.ok(!isNonNullType(type), `${where} must not be null`);
    return;
  }
  const bare = getNullableType(type);
  if (isListType(bare)) {
    assert.ok(Array.isArray(value), where);
    value.forEach((entry, i) => checkValue(bare.ofType, node, entry, `${where}/${i}`));
  } else if (isEnumType(bare)) {
    assert.ok(bare.getValue(value), `${where}: ${value} is no ${bare}`);
  } else if (isScalarType(bare)) {
    const good = SCALARS[bare.name] ?? ((v) => typeof v === 'string');
    assert.ok(good(value), `${where}: ${JSON.stringify(value)} is no ${bare}`);
  } else {
    checkObject(getNamedType(bare), node.selectionSet, value, where);
  }
}

function checkObject(type, selectionSet, value, where) {
  const wanted = selectionSet.selections.map((node) => node.alias?.value ?? node.name.value);
  assert.deepEqual(Object.keys(value).sort(), [...wanted].sort(), where);
  for (const node of selectionSet.selections) {
    const key = node.alias?.value ?? node.name.value;
    checkValue(type.getFields()[node.name.value].type, node, value[key], `${where}/${key}`);
  }
}

async function ask(sandbox, name, variables) {
  const answer = await sandbox.graphql(texts[name], variables);
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  const operation = graphql.parse(texts[name]).definitions[0];
  const root = operation.operation === 'mutation' ? schema.getMutationType() : schema.getQueryType();
  checkObject(root, operation.selectionSet, answer.data, name);
  const { cost } = answer.extensions;
  assert.ok(cost.requestedQueryCost <= 1000, `${name} may cost ${cost.requestedQueryCost}`);
  return answer.data;
}

test('every text gets an answer that fits the schema', async () => {
  const sandbox = await Sandbox.start();
  try {
    await sandbox.post('products', { sku: 'A', title: 'Yogurt' });
    const order = await sandbox.post('orders', {
      lines: [
        { sku: 'A', quantity: 3 },
        { sku: 'B', quantity: 1 },
      ],
      customer: { first_name: 'Ana', email: 'ana@example.com' },
      ship_to: { country_code: 'ES', zip: '28001' },
      note_attributes: [{ name: 'gift', value: 'yes' }],
    });
    const id = `gid://shopify/Order/${order.id}`;
    await ask(sandbox, 'LotbridgeAccount', {});
    const work = await ask(sandbox, 'LotbridgeOpenWork', { id, after: null });
    const [one] = work.order.fulfillmentOrders.nodes;
    await ask(sandbox, 'LotbridgeOpenWorkLines', { id: one.id, after: null });
    const rows = [{ id: one.lineItems.nodes[0].id, quantity: 2 }];
    const made = await ask(sandbox, 'LotbridgeFulfillmentCreate', {
      fulfillment: {
        lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: one.id, fulfillmentOrderLineItems: rows }],
        trackingInfo: { company: 'Correos', number: 'X1' },
        notifyCustomer: false,
      },
    });
    await sandbox.post('orders/1001/refund', { lines: [{ sku: 'B', quantity: 1, restock_type: 'cancel' }] });
    const refunds = await ask(sandbox, 'LotbridgeRefunds', { id });
    await ask(sandbox, 'LotbridgeRefund', { id: refunds.order.refunds[0].id, after: null });
    await ask(sandbox, 'LotbridgeShipments', { id });
    await ask(sandbox, 'LotbridgeShipment', { id: made.fulfillmentCreate.fulfillment.id, after: null });
    await ask(sandbox, 'LotbridgeOrderLines', { id, after: null });
    const query = "updated_at:>='2020-01-01T00:00:00Z'";
    await ask(sandbox, 'LotbridgeOrders', { first: 10, after: null, query, lines: 25 });
    const set = {
      ownerId: id,
      namespace: 'lotbridge',
      key: 'lots',
      type: 'json',
      value: '{}',
      compareDigest: null,
    };
    await ask(sandbox, 'LotbridgeMetafieldsSet', { metafields: [set] });
    await ask(sandbox, 'LotbridgeMetafieldsSet', { metafields: [{ ...set, value: '[]' }] });
    await ask(sandbox, 'LotbridgeMetafields', { id, machine: 'lots', readable: 'lot_summary' });
    await ask(sandbox, 'LotbridgeWebhookCreate', { topic: 'ORDERS_CREATE', uri: 'https://x.example/hooks/a' });
    await ask(sandbox, 'LotbridgeWebhooks', { after: null });
    const definition = {
      ownerType: 'ORDER',
      namespace: 'lotbridge',
      key: 'lots',
      name: 'Lots',
      type: 'json',
      pin: true,
    };
    await ask(sandbox, 'LotbridgeDefinitionCreate', { definition });
    const asked = Object.keys(await sandbox.get('calls'));
    // The sandbox keeps no stock and no products of its own; the connector's tests play these from recordings.
    const elsewhere = ['LotbridgeSetStock', 'LotbridgeStock', 'LotbridgeVariants'];
    assert.deepEqual([...asked, ...elsewhere].sort(), Object.keys(texts).sort(), 'a text was not tried');
  } finally {
    await sandbox.stop();
  }
});
