// The sandbox store by itself: what it refuses, what it counts, what it remembers and what it sends.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { SECRET, Sandbox } from './sandbox.mjs';

const ORDERS = `query Q($first: Int!, $q: String) { orders(first: $first, sortKey: UPDATED_AT, query: $q) {
  nodes { id name updatedAt } pageInfo { hasNextPage endCursor } } }`;
const SHIP = `mutation F($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) {
  fulfillment { id status } userErrors { field message } } }`;
const SET = `mutation M($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) {
  metafields { compareDigest } userErrors { code elementIndex } } }`;

function withSandbox(args, run) {
  return async () => {
    const sandbox = await Sandbox.start(args);
    try {
      await run(sandbox);
    } finally {
      await sandbox.stop();
    }
  };
}

test(
  'answers the selected fields only, and refuses what is not in the schema',
  withSandbox([], async (s) => {
    await s.post('orders', { lines: [{ sku: 'A', quantity: 2 }] });
    const good = await s.graphql(ORDERS, { first: 5 });
    assert.deepEqual(Object.keys(good.data.orders.nodes[0]), ['id', 'name', 'updatedAt']);
    for (const bad of [
      '{ orders(first: 1) { nodes { lot } } }',
      '{ orders { nodes { id } } }',
      '{ orders(fist: 1) { nodes { id } } }',
      '{ shop }',
      '{ shop { name',
      'query Q($x: Int!) { shop { name } }',
      '{ shop { name { first } } }',
    ]) {
      const answer = await s.graphql(bad);
      assert.equal(answer.data, undefined, bad);
      assert.ok(answer.errors[0].message, bad);
    }
  }),
);

test(
  'a wrong token is 401',
  withSandbox([], async (s) => {
    const answer = await fetch(s.endpoint, {
      method: 'POST',
      headers: { 'X-Shopify-Access-Token': 'no' },
      body: '{}',
    });
    assert.equal(answer.status, 401);
  }),
);

test(
  'costs what it asks for, and throttles',
  withSandbox(['--bucket', '120', '--restore', '1'], async (s) => {
    for (let i = 0; i < 3; i += 1) await s.post('orders', { lines: [{ sku: 'A', quantity: 1 }] });
    const first = await s.graphql(ORDERS, { first: 50 });
    assert.equal(first.extensions.cost.requestedQueryCost, 50);
    assert.equal(first.extensions.cost.actualQueryCost, 3);
    await s.post('throttle', { available: 10 });
    const second = await s.graphql(ORDERS, { first: 50 });
    assert.equal(second.errors[0].extensions.code, 'THROTTLED');
    assert.equal(second.extensions.cost.actualQueryCost, null);
    const huge = await s.graphql('{ orders(first: 100) { nodes { id lineItems(first: 50) { nodes { id } } } } }');
    assert.equal(huge.errors[0].extensions.code, 'MAX_COST_EXCEEDED');
  }),
);

test(
  'remaining quantities shrink, and shipping twice is refused',
  withSandbox([], async (s) => {
    const order = await s.post('orders', { lines: [{ sku: 'A', quantity: 3 }] });
    const work = order.fulfillment_orders[0];
    const part = (quantity) => ({
      f: {
        lineItemsByFulfillmentOrder: [
          {
            fulfillmentOrderId: `gid://shopify/FulfillmentOrder/${work.id}`,
            fulfillmentOrderLineItems: [
              { id: `gid://shopify/FulfillmentOrderLineItem/${work.lines[0].id}`, quantity },
            ],
          },
        ],
      },
    });
    assert.equal((await s.graphql(SHIP, part(2))).data.fulfillmentCreate.userErrors.length, 0);
    assert.equal((await s.graphql(SHIP, part(2))).data.fulfillmentCreate.userErrors.length, 1);
    assert.equal((await s.graphql(SHIP, part(1))).data.fulfillmentCreate.userErrors.length, 0);
    const [row] = await s.get('contents');
    assert.equal(row.lines[0].shipped, 3);
  }),
);

test(
  'metafields: a stale digest and a long value are refused',
  withSandbox([], async (s) => {
    const order = await s.post('orders', { lines: [{ sku: 'A', quantity: 1 }] });
    const set = (value, compareDigest) =>
      s.graphql(SET, {
        m: [
          {
            ownerId: `gid://shopify/Order/${order.id}`,
            namespace: 'lotbridge',
            key: 'lots',
            type: 'json',
            value,
            compareDigest,
          },
        ],
      });
    const first = await set('{"a":1}', null);
    const digest = first.data.metafieldsSet.metafields[0].compareDigest;
    assert.equal((await set('{"a":2}', null)).data.metafieldsSet.userErrors[0].code, 'STALE_OBJECT');
    assert.equal(
      (await set(JSON.stringify('x'.repeat(131072)), digest)).data.metafieldsSet.userErrors[0].code,
      'TOO_LONG',
    );
    assert.equal((await set('{"a":2}', digest)).data.metafieldsSet.userErrors.length, 0);
  }),
);

test('webhooks are signed over the raw body, repeated until taken, and sent twice on demand', async () => {
  const seen = [];
  let refusals = 1;
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      seen.push({ headers: request.headers, body });
      response.statusCode = refusals-- > 0 ? 503 : 200;
      response.end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sandbox = await Sandbox.start([
    '--retry-ms',
    '5',
    '--webhooks',
    `http://127.0.0.1:${server.address().port}/hooks/x`,
  ]);
  try {
    await sandbox.post('orders', { lines: [{ sku: 'A', quantity: 1 }], webhooks: 'twice' });
    await sandbox.delivered();
    assert.equal(seen.length, 3);
    for (const { headers, body } of seen) {
      assert.equal(headers['x-shopify-topic'], 'orders/create');
      assert.equal(headers['x-shopify-hmac-sha256'], createHmac('sha256', SECRET).update(body).digest('base64'));
    }
    assert.equal(new Set(seen.map((one) => one.headers['x-shopify-webhook-id'])).size, 1);
  } finally {
    await sandbox.stop();
    server.close();
  }
});

test('the shop survives a restart', async () => {
  const state = mkdtempSync(join(tmpdir(), 'sandbox-'));
  try {
    const before = await Sandbox.start(['--state', state]);
    await before.post('orders', { lines: [{ sku: 'A', quantity: 2 }] });
    const kept = await before.get('contents');
    before.kill();
    const after = await Sandbox.start(['--state', state]);
    assert.deepEqual(await after.get('contents'), kept);
    await after.stop();
  } finally {
    rmSync(state, { recursive: true });
  }
});

test(
  'edits, cancellations, refunds and the button',
  withSandbox([], async (s) => {
    await s.post('orders', {
      lines: [
        { sku: 'A', quantity: 3 },
        { sku: 'B', quantity: 1 },
      ],
    });
    await s.post('orders/1001/edit', { set: [{ sku: 'A', quantity: 1 }], add: [{ sku: 'C', quantity: 2 }] });
    await s.post('orders/1001/fulfil', { lines: [{ sku: 'A' }], tracking: { company: 'UPS', number: '1Z' } });
    await s.post('orders/1001/refund', { lines: [{ sku: 'B', quantity: 1, restock_type: 'cancel' }] });
    await s.post('orders/1001/cancel', {});
    const [row] = await s.get('contents');
    assert.deepEqual(
      row.lines.map((l) => [l.sku, l.current, l.shipped]),
      [
        ['A', 1, 1],
        ['B', 0, 0],
        ['C', 0, 0],
      ],
    );
    assert.equal(row.cancelled, true);
    await assert.rejects(s.post('orders/1001/fulfil', {}), /422/);
  }),
);

test(
  'faults come as asked for, then go',
  withSandbox([], async (s) => {
    await s.post('faults', { kind: 'status', status: 429, retry_after: 2 });
    const limited = await s.raw('{ shop { name } }');
    assert.equal(limited.status, 429);
    assert.equal(limited.headers.get('retry-after'), '2');
    await s.post('faults', { kind: 'cut' });
    await assert.rejects(s.graphql('{ shop { name } }'));
    await s.post('faults', { kind: 'html', match: 'shop' });
    assert.match(await (await s.raw('{ shop { name } }')).text(), /<html>/);
    assert.equal((await s.graphql('{ shop { name } }')).data.shop.name, 'Sandbox dairy');
  }),
);
