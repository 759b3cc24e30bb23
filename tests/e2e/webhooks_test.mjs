// Webhooks: what is not signed by the shop is refused and leaves no trace; the same one five times, two of them at
// once, is one order.
import { LOT, OWNER, SHOP, SHOPS, scene, signed } from './scene.mjs';

// The body that the shop would send about an order of which nobody has heard.
async function bodyOf(world, quantity) {
  const placed = await world.shop(SHOP, 'POST', '/sandbox/orders', {
    lines: [{ sku: 'GYP-500', quantity }],
    webhooks: false,
  });
  return {
    id: String(placed.id),
    body: JSON.stringify(await world.shop(SHOP, 'GET', `/sandbox/orders/${placed.id}/body`)),
  };
}

async function refusals(world) {
  const { id, body } = await bodyOf(world, 2);
  const before = await world.books();
  const attempts = {
    'a wrong signature': () => 'bm90IGEgc2lnbmF0dXJlIG9mIHRoaXMgYm9keQ==',
    'no signature': () => null,
    'an empty signature': () => '',
    'the signature of another shop': (text) => signed(text, SHOPS['shopify-farm'].secret),
    'the signature of another body': (text, secret) => signed(`${text} `, secret),
  };
  for (const [what, sign] of Object.entries(attempts)) {
    const answer = await world.hook(body, { delivery: `refused-${what.length}`, sign });
    world.expect(answer.status === 401 && answer.json?.code === 'unauthorized', `${what}: ${answer.status}, not 401`);
  }
  const garbage = await world.hook('\u0000\u0001 no json at all', { sign: () => null });
  world.expect(garbage.status === 401, `unsigned garbage: ${garbage.status}, not 401`);
  const unknown = await world.hook(body, { connector: 'no-such-shop' });
  world.expect(
    unknown.status === 404 && unknown.json?.code === 'not_found',
    `an unknown connector: ${unknown.status}, not 404`,
  );
  const large = await world.hook(`{"note":"${'x'.repeat(5 << 20)}"}`, { delivery: 'large' });
  world.expect(large.status === 413 && large.json?.code === 'too_large', `5 MiB: ${large.status}, not 413`);

  world.expect((await world.books()) === before, 'a refused webhook changed the books');
  // The inbox is worked off in order: when a later webhook is an order, these would long have been.
  const good = await bodyOf(world, 1);
  world.expect((await world.hook(good.body, { delivery: 'good' })).status === 200, 'a signed webhook is taken');
  await world.until('the good order', () => world.order(good.id));
  world.expect((await world.order(id)) === null, 'the order of the refused webhooks is known');
  // (The shop tells us of our own lots to pick meanwhile, so that the inbox empties only in a moment.)
  await world.until('the inbox to be empty', async () => (await world.connector()).inbox_pending === 0);
  const { webhooks_refused: refused } = await world.connector();
  world.expect(refused >= 6, `${refused} refused webhooks are counted, not 6`);
  world.expect((await world.all(`/v1/orders?${OWNER}`)).length === 1, 'there is another order than the good one');
  world.expect((await world.all('/v1/parked?state=open')).length === 0, 'a refused webhook was parked');
}

async function fiveTimes(world) {
  const { id, body } = await bodyOf(world, 3);
  const send = (delivery) => world.hook(body, { delivery });
  const answers = [
    ...(await Promise.all([send('five'), send('five')])),
    await send('five'),
    await send('five'),
    await send('five'),
  ];
  world.expect(
    answers.every(({ status }) => status === 200),
    `five times: ${answers.map(({ status }) => status)}`,
  );
  await world.until('the order', () => world.order(id));
  // Under another delivery id the shop's own repeats look new; the content says what they are.
  await Promise.all([send('again-1'), send('again-2')]);
  await world.until('the inbox to be empty', async () => (await world.connector()).inbox_pending === 0);
  const orders = (await world.all(`/v1/orders?${OWNER}`)).filter((order) => order.id === id);
  world.expect(orders.length === 1, `the order is there ${orders.length} times`);
  const [lot] = await world.all(`/v1/stock?sku=GYP-500&lot=${LOT}&${OWNER}`);
  world.expect(Number(lot.reserved) === 4, `${lot.reserved} units are reserved, not 1 + 3`);
  await world.settle();
  const plans = (await world.all('/v1/deliveries')).filter(
    (row) => row.operation.startsWith('lots.plan') && row.order === id,
  );
  world.expect(
    plans.filter((row) => row.state === 'delivered').length === 1,
    `the lots of one order were told ${plans.length} times: ${plans.map((row) => row.state)}`,
  );
}

// Signed by the shop, but nothing that can be an order: acknowledged, and a person can see it.
async function signedGarbage(world) {
  world.expect((await world.hook('<html>', { delivery: 'html' })).status === 200, 'signed garbage is acknowledged');
  await world.until('the garbage to be parked', async () => (await world.all('/v1/parked?state=open')).length === 1);
}

process.exit(
  await scene(async (world) => {
    await world.stock();
    await world.polled();
    await refusals(world);
    await fiveTimes(world);
    await signedGarbage(world);
    const { code, out } = await world.lotctl(['verify'], [0, 1]);
    world.expect(code === 0, `verify: ${out}`);
  }),
);
