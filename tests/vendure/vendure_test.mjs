// The connector against a real Vendure server: orders are placed through its shop API, get their lots, leave by a
// warehouse's file, and the lots are read back from Vendure on fulfillment, order and line. Our own echo is ignored.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { World } from '../../examples/demo/world.mjs';

const here = dirname(fileURLToPath(import.meta.url));
if (!existsSync(join(here, 'node_modules/@vendure/core'))) {
  console.log('SKIP: Vendure is not installed (npm ci --prefix tests/vendure)');
  process.exit(77);
}
const { Shop, STAFF } = await import('./shop.mjs');

const OWNER = 'owner=pure-fresh';
const SECRET = 'a-webhook-secret';
const ISOLATION = process.env.LOTBRIDGE_ISOLATION ?? 'process';
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

class VendureWorld extends World {
  async shop() {} // no sandbox shops here

  config() {
    return `listen: 127.0.0.1:${this.port}
store: sqlite:${this.folder}/lotbridge.db
connector_path: [${this.build}/connectors]
warehouses:
  - {name: MAD1, time_zone: UTC, allocates: us, facts_from: {dispatch: mad-files}, address: {country: ES}}
owners: [{name: pure-fresh, warehouses: [MAD1]}]
tokens:
  - {name: test, token: {env: LOTBRIDGE_TOKEN}, owners: "*", warehouses: "*", scopes: [admin]}
connectors:
  - name: vendure
    type: vendure
    owner: pure-fresh
    isolation: ${ISOLATION}
    mode: live
    poll_seconds: 3600
    settings:
      server: shop.example.com
      base_url: ${this.vendure.url}
      username: ${STAFF.username}
      handler: {code: lotbridge, lots: lots}
      fields: {order: lots, order_text: lotSummary, line: lots, line_text: lotSummary, fulfillment: lots}
      note: public
      write_stock: true
    secrets:
      password: {file: ${this.folder}/password}
      webhook_secret: {file: ${this.folder}/webhook}
  - {name: mad-files, type: warehouse-files, owner: pure-fresh, isolation: ${ISOLATION}, mode: live, poll_seconds: 1,
     settings: {drop: {folder: ${this.drop}}}}
`;
  }

  async must(path, body) {
    const { status, text } = await this.call('POST', `${path}?${OWNER}`, body);
    if (status !== 200) throw new Error(`POST ${path}: ${status} ${text}`);
  }

  async known(id) {
    const { status, json } = await this.call('GET', `/v1/orders/${id}?source=vendure&${OWNER}`);
    return status === 200 ? (json.order ?? json) : null;
  }

  async settled() {
    await this.until('everything that goes out to have arrived', async () =>
      (await this.all('/v1/deliveries?state=pending')).length === 0, 60_000);
  }

  line(order, sku) {
    return order.lines.find((line) => line.productVariant.sku === sku);
  }
}

const wrong = [];
let checked = 0;
const expect = (holds, sentence) => {
  checked += 1;
  if (!holds) wrong.push(sentence);
};
const lotsOf = (text) => {
  const found = [...String(text).matchAll(/"lot":"([^"]+)","quantity":([0-9.]+)/g)];
  return found.map(([, lot, quantity]) => `${lot}x${quantity}`).join(' ');
};

async function play(world) {
  const shop = world.vendure;
  await shop.open({ 'GYP-500': 100, 'GYP-750': 100 });
  await world.startDaemon();
  shop.hooksTo(`${world.url}/hooks/vendure`, SECRET);
  await world.until('the connector to be ready', async () =>
    (await world.get('/v1/connectors')).data.every((one) => one.state === 'ready'));

  for (const sku of ['GYP-500', 'GYP-750']) await world.must('/v1/items', { sku, name: sku, shelf_life_days: 30 });
  await world.must('/v1/receipts', {
    id: 'R-1',
    warehouse: 'MAD1',
    received_on: day(0),
    lines: [
      { line: '1', sku: 'GYP-500', quantity: 2, lot: 'L1', expires_on: day(10) },
      { line: '2', sku: 'GYP-500', quantity: 50, lot: 'L2', expires_on: day(20) },
      { line: '3', sku: 'GYP-750', quantity: 50, lot: 'M1', expires_on: day(15) },
    ],
  });

  // ---- placed, allocated
  const placed = await shop.buy({ 'GYP-500': 3, 'GYP-750': 1 });
  const second = await shop.buy({ 'GYP-500': 1 });
  const order = await world.until('the order to get its lots', async () => {
    const seen = await world.known(placed.id);
    return seen?.status === 'allocated' && seen;
  });
  const line = order.lines.find((one) => one.line === placed.lines['GYP-500']);
  expect(line.allocations.map((a) => `${a.lot}x${a.quantity}`).join(' ') === 'L1x2 L2x1', 'the earliest lot goes first');
  expect(order.number === placed.code, "the order's number is Vendure's code");
  expect(order.lines.length === 2, 'both lines are there');
  await world.until('the second order', async () => (await world.known(second.id))?.status === 'allocated');

  // ---- dispatched from the warehouse's file, in two parcels
  const row = (shipment, of, sku, lot, quantity, number) =>
    `${shipment},${of.code},${of.lines[sku]},${sku},${quantity},${lot},yes,Correos,${number},MAD1\n`;
  const head = 'shipment,order,order_line,sku,quantity,lot,scanned,carrier,tracking_number,warehouse\n';
  world.dropFile('shipments-1.csv', head + row('S-1', placed, 'GYP-500', 'L1', 2, 'X1') + row('S-1', placed, 'GYP-500', 'L2', 1, 'X1'));
  await world.fileTaken('shipments-1.csv');
  await world.until('the first parcel', async () => (await shop.order(placed.id)).state === 'PartiallyShipped');
  await world.settled();
  world.dropFile('shipments-2.csv', head + row('S-2', placed, 'GYP-750', 'M1', 1, 'X2') + row('S-3', second, 'GYP-500', 'L2', 1, 'X3'));
  await world.fileTaken('shipments-2.csv');
  await world.until('both orders to be shipped', async () =>
    (await shop.order(placed.id)).state === 'Shipped' && (await shop.order(second.id)).state === 'Shipped', 60_000);
  await world.settled();

  // ---- read back from Vendure
  const got = await shop.order(placed.id);
  expect(got.fulfillments.length === 2, 'two parcels are two fulfillments');
  const first = got.fulfillments.find((one) => one.trackingCode === 'X1');
  expect(first?.state === 'Shipped' && first?.method === 'Correos', 'the fulfillment says carrier and state');
  expect(lotsOf(first?.customFields.lots) === 'L1x2 L2x1', `lots on the fulfillment: ${first?.customFields.lots}`);
  expect(lotsOf(got.customFields.lots) === 'L1x2 L2x1 M1x1', `lots on the order: ${got.customFields.lots}`);
  expect(got.customFields.lotSummary?.startsWith(`GYP-500: L1 x2 (expires ${day(10)})`), `for people: ${got.customFields.lotSummary}`);
  const stamped = world.line(got, 'GYP-500').customFields;
  expect(lotsOf(stamped.lots) === 'L1x2 L2x1', `lots on the line: ${stamped.lots}`);
  expect(stamped.lotSummary?.includes('L2 x1'), `the line for people: ${stamped.lotSummary}`);
  expect(lotsOf(world.line(got, 'GYP-750').customFields.lots) === 'M1x1', 'the other line has its own lot');
  expect(/"fulfillment":"\d+"/.test(got.customFields.lots), 'the stamp names the fulfillment');
  const notes = got.history.items.filter((entry) => entry.type === 'ORDER_NOTE');
  expect(notes.length === 2 && notes.every((note) => note.isPublic), `one public note for each stamp: ${notes.length}`);
  const levels = await shop.stock('GYP-500');
  expect(levels.stockAllocated === 0, 'Vendure holds nothing for shipped orders');

  // ---- our own echo: the shop told us of each of our writes, and nothing came of it
  await world.until('the webhooks to be taken', async () =>
    (await world.get('/v1/connectors')).data.find((one) => one.name === 'vendure').operations.some((one) => one.runs > 4));
  const books = () => world.all(`/v1/ledger?${OWNER}`).then((rows) => rows.length);
  const before = [await books(), (await shop.order(placed.id)).updatedAt, (await world.all('/v1/deliveries')).length];
  await world.lotctl(['connectors']).catch(() => {});
  await new Promise((done) => setTimeout(done, 1500));
  const after = [await books(), (await shop.order(placed.id)).updatedAt, (await world.all('/v1/deliveries')).length];
  expect(JSON.stringify(before) === JSON.stringify(after), `an echo moved something: ${before} ${after}`);
  const dispatched = await world.known(placed.id);
  expect(dispatched.status === 'dispatched', `the order is ${dispatched.status}`);
  expect((await world.get(`/v1/parked?${OWNER}`)).data.length === 0, 'nothing is parked');
  const dead = await world.all('/v1/deliveries?state=dead');
  expect(dead.length === 0, `dead deliveries: ${JSON.stringify(dead)}`);

  // ---- a cancelled order gives its goods back
  const third = await shop.buy({ 'GYP-750': 5 });
  await world.until('the third order', async () => (await world.known(third.id))?.status === 'allocated');
  await shop.admin(`mutation($i: CancelOrderInput!) {
    cancelOrder(input: $i) { ... on Order { id } ... on ErrorResult { errorCode message } } }`,
    { i: { orderId: third.id, reason: 'no longer wanted' } });
  await world.until('the cancellation', async () => (await world.known(third.id))?.status === 'cancelled');
}

const folder = mkdtempSync(join(tmpdir(), 'lotbridge-vendure-'));
writeFileSync(join(folder, 'password'), STAFF.password, { mode: 0o600 });
writeFileSync(join(folder, 'webhook'), SECRET, { mode: 0o600 });
const world = new VendureWorld({ folder, start: new Date().toISOString() });
process.on('exit', () => world.children.forEach((child) => child.kill('SIGKILL')));
let failed = true;
try {
  world.vendure = await Shop.start(folder);
  await play(world);
  for (const sentence of wrong) console.log(`- ${sentence}`);
  console.log(`${checked} sentences about the shop, ${wrong.length} do not hold`);
  failed = wrong.length > 0;
} catch (error) {
  for (const sentence of wrong) console.log(`- ${sentence}`);
  console.log(error.stack);
} finally {
  await world.stop();
  await world.vendure?.stop();
}
if (failed) console.log(`the files are in ${folder}`);
else rmSync(folder, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
