// `mode: observe`: everything is computed and shown, nothing is sent. What was only observed is never sent later,
// also not after a restart as `live`.
import { LOT, OWNER, SHOP, anybodyDispatches, scene } from './scene.mjs';

let mode = 'observe';
const edit = (text) =>
  anybodyDispatches(text).replace(/(name: shopify-eu\n(?: .*\n)*? +mode: )live/, (_, head) => `${head}${mode}`);

async function placed(world, quantity) {
  const { id } = await world.shop(SHOP, 'POST', '/sandbox/orders', { lines: [{ sku: 'GYP-500', quantity }] });
  await world.until(
    'the order to have its lots',
    async () => Number((await world.order(id))?.lines[0].allocated) === quantity,
  );
  return String(id);
}

const dispatch = (world, id, quantity) =>
  world.must('/v1/dispatches', {
    id: `S-${id}`,
    order: id,
    warehouse: 'MAD1',
    carrier: 'correos',
    tracking_number: `T-${id}`,
    lines: [{ sku: 'GYP-500', quantity, lots: [{ lot: LOT, quantity }] }],
  });

// Without what the shop may sell: that is told anew, as it is now, when the connector goes live.
const ofShop = async (world) =>
  (await world.all('/v1/deliveries')).filter((row) => row.connector === SHOP && row.operation !== 'stock.write/1');
const contents = (world) => world.shop(SHOP, 'GET', '/sandbox/contents');

async function untouched(world, when) {
  const changes = Object.keys(await world.shop(SHOP, 'GET', '/sandbox/calls')).filter((name) =>
    /Set|Create/.test(name),
  );
  world.expect(changes.length === 0, `${when}: the shop was asked for ${changes}`);
  for (const order of await contents(world)) {
    world.expect(Object.keys(order.metafields).length === 0, `${when}: ${order.name} has metafields`);
    world.expect(order.fulfillments.length === 0, `${when}: ${order.name} is fulfilled`);
  }
}

process.exit(
  await scene(
    async (world) => {
      await world.stock();
      await world.polled();
      world.expect((await world.connector()).mode === 'observe', 'the connector does not say that it observes');
      const ids = [await placed(world, 2), await placed(world, 3)];
      await dispatch(world, ids[0], 2);
      const shown = await world.until('lots to pick, fulfilment and stamp', async () => {
        const rows = await ofShop(world);
        const kinds = new Set(rows.map((row) => row.operation.split('/')[0]));
        return ['lots.plan', 'fulfillments.create', 'lots.write'].every((kind) => kinds.has(kind)) && rows;
      });
      world.expect(
        shown.every((row) => row.state === 'observed'),
        `they are ${shown.map((row) => row.state)}`,
      );
      world.expect(
        shown.every((row) => row.instruction && row.attempts === 0),
        'an observed instruction shows what it would have said',
      );
      for (let hours = 0; hours < 3; ++hours) await world.later(3_600_000);
      await untouched(world, 'while observing');

      mode = 'live';
      const ended = await world.restart();
      world.expect(ended.code === 0, `SIGTERM ended it with ${ended.code}`);
      await world.polled();
      world.expect((await world.connector()).mode === 'live', 'the connector is not live');
      for (let hours = 0; hours < 8; ++hours) await world.later((6 * 3_600_000) / 8);
      await world.settle();
      await untouched(world, 'after the switch');
      const later = await ofShop(world);
      world.expect(
        later.length === shown.length && later.every((row) => row.state === 'observed'),
        `${later.length} instructions are ${later.map((row) => row.state)}`,
      );

      // What happens from now on is sent: the order that was open all the time, and a new one.
      ids.push(await placed(world, 1));
      await world.settle();
      await dispatch(world, ids[1], 3);
      await dispatch(world, ids[2], 1);
      await world.settle();
      const [first, second, third] = await contents(world);
      world.expect(
        first.fulfillments.length === 0 && Object.keys(first.metafields).length === 0,
        'what was observed was sent later',
      );
      for (const order of [second, third]) {
        world.expect(
          order.fulfillments.length === 1,
          `${order.name} is fulfilled ${order.fulfillments.length} times`,
        );
        world.expect(
          order.metafields['lotbridge.lots']?.dispatches?.[0]?.lines[0].lots[0].lot === LOT,
          `${order.name} has no stamp`,
        );
      }
      const [lot] = await world.all(`/v1/stock?sku=GYP-500&lot=${LOT}&${OWNER}`);
      world.expect(Number(lot.on_hand) === 494, `${lot.on_hand} on hand, not 494`);
    },
    { edit },
  ),
);
