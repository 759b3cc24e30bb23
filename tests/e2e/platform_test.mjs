// A platform that fails in every way: down, slow, 401, 429 with and without Retry-After, 500, an answer cut off, HTML
// with 200, done but not said. When it is well again nothing is lost and nothing is doubled.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stampsInShop } from '../../examples/demo/stamps.mjs';
import { LOT, OWNER, SHOP, SHOPS, anybodyDispatches, scene, sleep } from './scene.mjs';

const FAULTS = {
  'no answer': { kind: 'refuse', count: 5 },
  slow: { kind: 'slow', ms: 1200 },
  401: { kind: 'status', status: 401, count: 1 },
  '429, Retry-After 1': { kind: 'status', status: 429, retry_after: 1, count: 1 },
  '429, Retry-After 120': { kind: 'status', status: 429, retry_after: 120, count: 1 },
  '429 without Retry-After': { kind: 'status', status: 429, count: 2 },
  500: { kind: 'status', status: 500, count: 3 },
  'cut off': { kind: 'cut' },
  'HTML with 200': { kind: 'html', count: 2 },
  'done, not said': { kind: 'lost', count: 1 },
  throttled: { kind: 'throttled', count: 1 },
};

const PLAN = 'mutation LotbridgeMetafieldsSet';
const FULFIL = 'mutation LotbridgeFulfillmentCreate';
const POLL = 'query LotbridgeOrders(';
const placed = [];

const fault = (world, rule, match) => world.shop(SHOP, 'POST', '/sandbox/faults', { ...rule, match });

// A fault that nobody met would prove nothing: the shop says what is left of them.
async function met(world, what) {
  const left = (await fault(world, { kind: 'slow', count: 0 }, 'nothing')).filter((rule) => rule.count > 0);
  world.expect(left.length === 0, `${what}: the fault was not met: ${JSON.stringify(left)}`);
  await world.shop(SHOP, 'DELETE', '/sandbox/faults');
}

async function place(world, quantity, webhooks = true) {
  const { id, name } = await world.shop(SHOP, 'POST', '/sandbox/orders', {
    lines: [{ sku: 'GYP-500', quantity }],
    webhooks,
  });
  placed.push({ id: String(id), name, quantity });
  return String(id);
}

const allocated = (world, id, quantity) =>
  world.until(
    `order ${id} to have its lots`,
    async () => Number((await world.order(id))?.lines[0].allocated) === quantity,
  );

const dispatch = (world, id, quantity) =>
  world.must('/v1/dispatches', {
    id: `S-${id}`,
    order: id,
    warehouse: 'MAD1',
    carrier: 'correos',
    tracking_number: `T-${id}`,
    lines: [{ sku: 'GYP-500', quantity, lots: [{ lot: LOT, quantity }] }],
  });

// Each fault meets the lots to pick of one order, then its fulfilment and its stamp.
async function outgoing(world) {
  for (const [n, [what, rule]] of Object.entries(FAULTS).entries()) {
    const started = Date.now();
    const units = 1 + (n % 3);
    await fault(world, rule, PLAN);
    const id = await place(world, units);
    await allocated(world, id, units);
    await world.settle();
    await met(world, `${what}, the lots to pick`);
    await fault(world, rule, FULFIL);
    await fault(world, rule, PLAN);
    await dispatch(world, id, units);
    await world.settle();
    await met(world, `${what}, fulfilment and stamp`);
    if (process.env.VERBOSE) console.log(`outgoing: ${what}, ${Date.now() - started} ms`);
  }
}

// An order of which only the poll can tell, while the poll fails.
async function polls(world) {
  for (const [what, rule] of Object.entries(FAULTS)) {
    const started = Date.now();
    await fault(world, rule, POLL);
    const id = await place(world, 1, false);
    await world.later(301_000);
    await world.until(
      `${what}: the poll to find the order`,
      async () => {
        if ((await world.order(id)) !== null) return true;
        const { state, operations } = await world.connector();
        const next = operations.find((one) => one.operation.startsWith('orders.pull'))?.next_at;
        if (state !== 'ready') await world.later(901_000);
        else if (next && Date.parse(next) > Date.parse(world.now)) await world.moveClock(next);
        return false;
      },
      60_000,
    );
    await met(world, `${what}, the poll`);
    await dispatch(world, id, 1);
    await world.settle();
    if (process.env.VERBOSE) console.log(`poll: ${what}, ${Date.now() - started} ms`);
  }
}

// The shop answers after our patience is over, and does what it was asked all the same: it must not be asked twice.
async function tooSlow(world) {
  const id = await place(world, 2);
  await allocated(world, id, 2);
  await world.settle();
  await fault(world, { kind: 'slow', ms: 31_500 }, FULFIL);
  await dispatch(world, id, 2);
  await world.settle(120_000);
  await met(world, 'too slow');
  await sleep(2_000);
}

// The shop's machine is gone while goods come and an order leaves, and comes back at its old address.
async function down(world) {
  const id = await place(world, 2);
  await allocated(world, id, 2);
  await world.settle();
  const shop = world.children.get(SHOP);
  shop.kill('SIGTERM');
  await shop.exited;
  await dispatch(world, id, 2);
  await world.until('a failed attempt', async () =>
    (await world.all('/v1/deliveries?state=pending')).some((row) => row.attempts > 0 && row.last_error),
  );
  world.expect(
    (await world.order(id)).status === 'dispatched',
    'what left is in the books although the shop is down',
  );
  const args = shop.spawnargs.slice(1);
  args[args.indexOf('--port') + 1] = new URL(world.shops[SHOP]).port;
  await world.firstLine(await world.launch(SHOP, process.execPath, args), SHOP);
  await world.shop(SHOP, 'POST', '/sandbox/webhooks', { url: `${world.url}/hooks/${SHOP}` });
  await world.settle();
}

const state = (world, wanted) =>
  world.until(`the connector to be ${wanted}`, async () => {
    const row = await world.connector();
    return row.state === wanted ? row : null;
  });

// Refused credentials pause the connector, in sight; what comes and goes meanwhile waits.
async function refusedToken(world) {
  await fault(world, { kind: 'status', status: 401, count: 1000 }, '');
  const id = await place(world, 3);
  const paused = await state(world, 'paused');
  world.expect(/401/.test(paused.reason ?? ''), `the reason of the pause: ${paused.reason}`);
  const late = await place(world, 1);
  await world.until(
    "the shop's webhooks to be acknowledged",
    async () => (await world.shop(SHOP, 'GET', '/sandbox/deliveries')).waiting.length === 0,
  );
  world.expect((await state(world, 'paused')).inbox_pending >= 1, 'a webhook to a paused connector waits');
  await world.later(901_000);
  await state(world, 'paused');
  await world.shop(SHOP, 'DELETE', '/sandbox/faults');
  await world.later(901_000);
  await state(world, 'ready');
  await allocated(world, late, 1);
  await world.settle();
  for (const [one, units] of [
    [id, 3],
    [late, 1],
  ])
    await dispatch(world, one, units);
  await world.settle();
}

// A wrong token pauses; the right one and SIGHUP mend it, without a restart and without waiting.
async function newToken(world) {
  const file = join(world.folder, `${SHOP}.token`);
  const daemon = world.children.get('lotbridged');
  writeFileSync(file, 'shpat_revoked');
  daemon.kill('SIGHUP');
  await state(world, 'paused');
  const id = await place(world, 2);
  writeFileSync(file, SHOPS[SHOP].token);
  daemon.kill('SIGHUP');
  await state(world, 'ready');
  await allocated(world, id, 2);
  await world.settle();
  await dispatch(world, id, 2);
  await world.settle();
}

// Each order fulfilled once, with the right lots, in the shop and in the books.
async function nothingLostNothingDoubled(world) {
  const stamps = await stampsInShop(world, SHOP);
  const contents = await world.shop(SHOP, 'GET', '/sandbox/contents');
  for (const { id, name, quantity } of placed) {
    const order = contents.find((one) => one.name === name);
    world.expect(order.fulfillments.length === 1, `${name} is fulfilled ${order.fulfillments.length} times`);
    world.expect(
      order.fulfillments[0]?.tracking?.includes(`T-${id}`),
      `${name} has tracking ${order.fulfillments[0]?.tracking}`,
    );
    world.expect(order.lines[0].shipped === quantity, `${name}: ${order.lines[0].shipped} of ${quantity} shipped`);
    const rows = stamps.filter((row) => row.order === name).map((row) => `${row.quantity} x ${row.lot}`);
    world.expect(
      rows.length === 1 && rows[0] === `${quantity} x ${LOT}`,
      `${name} is stamped with ${rows}, not ${quantity} x ${LOT}`,
    );
    world.expect(order.metafields['lotbridge.lot_plan'], `${name} has no lots to pick`);
  }
  const dead = await world.all('/v1/deliveries?state=dead');
  world.expect(dead.length === 0, `${dead.length} instructions are dead: ${dead[0]?.last_error}`);
  world.expect((await world.all('/v1/parked?state=open')).length === 0, 'something was parked');
  const left = placed.reduce((units, { quantity }) => units - quantity, 500);
  const [lot] = await world.all(`/v1/stock?sku=GYP-500&lot=${LOT}&${OWNER}`);
  world.expect(
    Number(lot.on_hand) === left && Number(lot.reserved) === 0,
    `${lot.on_hand} on hand, ${lot.reserved} reserved, not ${left}`,
  );
  const { code, out } = await world.lotctl(['verify'], [0, 1]);
  world.expect(code === 0, `verify: ${out}`);
}

process.exit(
  await scene(
    async (world) => {
      await world.stock();
      await world.polled();
      await outgoing(world);
      await polls(world);
    await tooSlow(world);
      await down(world);
      await refusedToken(world);
      await newToken(world);
      await nothingLostNothingDoubled(world);
    },
    { edit: anybodyDispatches },
  ),
);
