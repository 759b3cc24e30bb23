// The dairy's day, step by step. A step acts and then waits until its effect is there; each may be repeated after a crash.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { here } from './world.mjs';
import { CANCELLED, EDITED, ONLY_BY_POLL, OWN_BUTTON, PRODUCTS, UNKNOWN_SKU, orders } from './orders.mjs';
import { shipments } from './warehouse.mjs';

export const START = '2026-05-18T06:00:00Z'; // Monday morning, 08:00 in Madrid
export const HELD = { sku: 'GYP-500', lot: 'GYP-260512-B01-MA' };

const data = (name) => join(here, 'data', name);
const orderOf = (n) => orders[n - 1];
const nameOf = (world, n) => world.names.get(n);

// The order as the daemon knows it, or null while it has not heard of it.
async function known(world, n) {
  const { json, status } = await world.call(
    'GET', `/v1/orders/${encodeURIComponent(nameOf(world, n).id)}?source=${orderOf(n).shop}&owner=pure-fresh`);
  return status === 200 ? json.order ?? json : null;
}

const allocated = (line) => Number(line.allocated ?? 0);

async function place(world, n) {
  const { shop, wanted } = orderOf(n);
  // After a crash of the daemon the shop still has the order: it is not placed twice.
  if (!world.names.has(n)) {
    const order = await world.shop(shop, 'POST', '/sandbox/orders', wanted);
    world.names.set(n, { id: String(order.id), number: order.name });
  }
  if (n === ONLY_BY_POLL) return;
  await world.until(`order ${n} to be known`, async () => (await known(world, n))?.lines?.some((l) => l.sku));
}

async function outboxEmpty(world) {
  await world.until('everything that goes out to have arrived', async () => {
    const waiting = await world.all('/v1/deliveries?state=pending');
    if (waiting.some((row) => row.next_at && Date.parse(row.next_at) > Date.parse(world.now))) {
      await world.moveClock(new Date(Date.parse(world.now) + 60_000).toISOString());
    }
    return waiting.length === 0;
  });
}

// The order without a webhook comes last: whenever a poll finds it, it competes with the same orders.
const placed = [...orders.map(({ n }) => n).filter((n) => n !== ONLY_BY_POLL), ONLY_BY_POLL];

export const STEPS = [
  ['the shops open their catalogues', async (world) => {
    for (const [shop, skus] of Object.entries(PRODUCTS))
      for (const sku of skus) await world.shop(shop, 'POST', '/sandbox/products', { sku, title: sku });
  }],
  ['items and opening stock are imported from CSV', async (world) => {
    await world.lotctl(['import', 'items', data('items.csv')]);
    await world.lotctl(['import', 'stock', data('opening-stock.csv')]);
  }],
  ['goods-in comes as a file, lots out of order', async (world) => {
    world.dropFile('receipts-20260518.csv', readFileSync(data('receipts-20260518.csv'), 'utf8'));
    await world.moveClock('2026-05-18T06:10:00Z');
    await world.fileTaken('receipts-20260518.csv');
  }],
  ...placed.map((n) => [`order ${n} is placed`, (world) => place(world, n)]),
  ['the order without a webhook is found by the poll', async (world) => {
    await world.moveClock('2026-05-18T07:30:00Z');
    await world.until('the poll to find it', () => known(world, ONLY_BY_POLL));
  }],
  ['an order is edited after it got its lots', async (world) => {
    const { shop } = orderOf(EDITED);
    const before = await world.shop(shop, 'GET', `/sandbox/orders/${nameOf(world, EDITED).id}`);
    const line = before.lines.find((l) => l.sku === 'GYP-500');
    if (line.quantity < 4) {
      await world.shop(shop, 'POST', `/sandbox/orders/${nameOf(world, EDITED).id}/edit`,
        { set: [{ sku: 'GYP-500', quantity: 4 }] });
    }
    await world.until('the edit to arrive', async () =>
      (await known(world, EDITED))?.lines.some((l) => l.sku === 'GYP-500' && allocated(l) === 4));
  }],
  ['an order is cancelled', async (world) => {
    const { shop } = orderOf(CANCELLED);
    await world.shop(shop, 'POST', `/sandbox/orders/${nameOf(world, CANCELLED).id}/cancel`, {});
    await world.until('the cancellation to arrive', async () => (await known(world, CANCELLED))?.status === 'cancelled');
  }],
  ['quality puts a lot on hold; its reservations move', async (world) => {
    const hold = { type: 'hold', id: 'H-1', code: 'qa', reason: 'pH out of range', lots: [HELD] };
    await world.call('POST', '/v1/documents', `${JSON.stringify({ ...hold, owner: 'pure-fresh' })}\n`,
      'application/x-ndjson');
    await world.until('the reservations to move', async () => {
      const rows = await world.all(`/v1/stock?sku=${HELD.sku}&lot=${HELD.lot}&owner=pure-fresh`);
      return rows.length > 0 && rows.every((row) => Number(row.reserved) === 0);
    });
  }],
  ['the unknown SKU is mapped; the waiting line gets its lots', async (world) => {
    await world.lotctl(['import', 'items', data('new-items.csv')]);
    await world.lotctl(['import', 'stock', data('new-stock.csv')]);
    await world.until('the line to come alive', async () =>
      (await known(world, UNKNOWN_SKU))?.lines.every((l) => Number(l.shortage ?? 0) === 0));
  }],
  ['the pick lists reach the warehouse', async (world) => {
    await world.moveClock('2026-05-18T09:00:00Z');
    await outboxEmpty(world);
  }],
  ['the warehouse ships: one other lot, one row without a lot, one bad row', async (world) => {
    await world.moveClock('2026-05-18T14:00:00Z');
    world.dropFile('shipments-20260518.csv', shipments(world));
    await world.moveClock('2026-05-18T14:10:00Z');
    await world.fileTaken('shipments-20260518.csv');
  }],
  ['the farm ships by its shop\'s own button', async (world) => {
    const id = nameOf(world, OWN_BUTTON).id;
    const order = await world.shop('shopify-farm', 'GET', `/sandbox/orders/${id}`);
    if (order.fulfillments.length === 0) {
      await world.shop('shopify-farm', 'POST', `/sandbox/orders/${id}/fulfil`, { tracking: { number: 'FARM-1' } });
    }
    await world.until('the dispatch to be stamped', async () => (await known(world, OWN_BUTTON))?.status === 'dispatched');
  }],
  ['lots are written back to the shops', async (world) => {
    await outboxEmpty(world);
  }],
];

// Runs the day; `between` is called before each step (a crash test disturbs there and in the middle).
export async function runDay(world, { between = async () => {}, tell = () => {} } = {}) {
  world.names ??= new Map();
  for (const [name, step] of STEPS) {
    await between(name);
    tell(name);
    await step(world);
  }
}

// The pick files that the daemon wrote for the warehouse, newest of each order.
export const pickFiles = (world) => readdirSync(join(world.drop, 'out')).filter((name) => name.endsWith('.csv')).sort();
