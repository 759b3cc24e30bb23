// What must hold at the end of the day. Each broken expectation is one sentence; none: the demo may exit 0.
import { HELD } from './day.mjs';
import { CANCELLED, EDITED, ONLY_BY_POLL, OWN_BUTTON, TWICE, UNKNOWN_SKU, orders } from './orders.mjs';
import { stampsInShop } from './stamps.mjs';
import { SWAPPED_LOT } from './warehouse.mjs';

// What the shop sells by the pack: units in one.
const PACK_OF = { 'GYP-150-6PK': 6 };

const key = (row) => `${row.order} ${row.line} ${row.sku} ${row.lot}`;
const sum = (rows) => rows.reduce((total, row) => total + Number(row.quantity), 0);

// The dispatches as the daemon knows them, in the shape of stamps.mjs.
async function stampsInBooks(world) {
  const rows = [];
  for (const row of await world.all('/v1/dispatches?owner=pure-fresh')) {
    const answer = await world.get(`/v1/dispatches/${encodeURIComponent(row.uid)}`);
    const dispatch = answer.dispatch ?? answer;
    for (const line of dispatch.lines)
      for (const lot of line.lots ?? [])
        rows.push({ dispatch: row.uid, order: dispatch.order, line: line.order_line, sku: line.sku, lineQuantity: line.quantity, ...lot });
  }
  return rows;
}

export async function check(world) {
  const wrong = [];
  const expect = (holds, text) => holds || wrong.push(text);
  const orderNamed = async (n) => {
    const { id } = world.names.get(n);
    const answer = await world.get(`/v1/orders/${id}?source=${orders[n - 1].shop}&owner=pure-fresh`);
    return answer.order ?? answer;
  };

  const all = await world.all('/v1/orders?owner=pure-fresh');
  expect(all.length === 40, `there are ${all.length} orders, not 40`);
  expect(all.filter((o) => o.id === world.names.get(TWICE).id).length === 1, 'the order whose webhook came twice is there once');
  expect((await orderNamed(CANCELLED)).status === 'cancelled', 'the cancelled order is cancelled');
  expect(sum([{ quantity: (await orderNamed(EDITED)).lines[0].dispatched }]) === 4, 'the edited order shipped four');
  expect((await orderNamed(ONLY_BY_POLL)).status === 'dispatched', 'the order that only the poll found is dispatched');
  expect((await orderNamed(UNKNOWN_SKU)).status === 'dispatched', 'the order with the unknown SKU is dispatched');
  for (const { n } of orders) {
    if (n === CANCELLED || n === 40) continue;
    const order = await orderNamed(n);
    expect(order.status === 'dispatched', `order ${order.number} is ${order.status}, not dispatched`);
  }

  const books = await stampsInBooks(world);
  expect(books.length > 60, `only ${books.length} stamps are in the books`);
  expect(!books.some((row) => row.lot === HELD.lot && row.sku === HELD.sku), 'no unit of the held lot left');
  expect(!books.some((row) => row.lot === 'GYP-260506-B01-MA'), 'no unit of the lot with two days left was shipped');
  expect(books.some((row) => row.lot === SWAPPED_LOT && row.evidence === 'reported'), 'the lot that the picker took instead is stamped');
  expect(books.some((row) => row.evidence === 'directed'), 'the row without a lot is stamped by the pick instruction');
  const evidence = new Set(books.map((row) => row.evidence));
  expect(evidence.has('reported') && !evidence.has('unresolved'), `evidence is ${[...evidence]}`);

  const eu = await stampsInShop(world, 'shopify-eu');
  const farm = await stampsInShop(world, 'shopify-farm');
  expect(farm.length > 0 && farm.every((row) => row.lot === 'GYP-260513-B01-MA'), 'the farm shop has the lot of its own shipment');
  expect(eu.length + farm.length === books.length, `the shops have ${eu.length + farm.length} stamps, the books ${books.length}`);
  const inShops = new Map([...eu, ...farm].map((row) => [`${row.line} ${row.lot}`, row]));
  for (const row of books) {
    const there = inShops.get(`${row.line} ${row.lot}`);
    expect(there && there.quantity === Number(row.quantity), `the shop does not have ${key(row)} x ${row.quantity}`);
  }
  for (const order of await world.shop('shopify-eu', 'GET', '/sandbox/contents')) {
    for (const line of order.lines) {
      const stamped = sum(eu.filter((row) => row.order === order.name && row.line === String(line.id)));
      const units = line.shipped * (PACK_OF[line.sku] ?? 1);
      expect(order.cancelled || stamped === units,
        `${order.name} line ${line.id}: ${stamped} stamped, ${units} shipped`);
    }
    expect(order.cancelled || order.metafields['lotbridge.lot_summary'], `${order.name} has no readable summary`);
    expect(order.cancelled || order.metafields['lotbridge.lot_plan'], `${order.name} has no lots to pick`);
    expect(new Set(order.fulfillments.map((f) => f.tracking)).size === order.fulfillments.length, `${order.name} is fulfilled twice`);
  }

  const parked = await world.all('/v1/parked?state=open');
  expect(parked.length === 1 && /shipments-20260518\.csv/.test(parked[0].origin ?? ''),
    `one bad row is parked with its file (found ${parked.map((row) => row.origin)})`);
  const alerts = await world.all('/v1/alerts?state=all');
  expect(alerts.some((row) => row.kind === 'pick_deviation'), 'the swapped lot raised an alert');
  const dead = await world.all('/v1/deliveries?state=dead');
  expect(dead.length === 0, `${dead.length} instructions are dead`);
  const own = await orderNamed(OWN_BUTTON);
  expect(own.status === 'dispatched', 'the order shipped by the own button is dispatched');
  const { code, out } = await world.lotctl(['verify'], [0, 1]);
  expect(code === 0, `verify: ${out}`);
  return wrong;
}
