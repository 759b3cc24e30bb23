// What midnight does, in several time zones, on days that have 23 or 25 hours or no midnight at all, and when the
// daemon was down: each happening once, reservations judged anew, nothing twice.
import { plainScene } from './plain.mjs';

const OWNER = 'pure-fresh';
// name, time zone, the UTC moment at which 2026-05-31 begins there
const PLACES = [
  ['KIR1', 'Pacific/Kiritimati', '2026-05-30T10:00:00Z'],
  ['TYO1', 'Asia/Tokyo', '2026-05-30T15:00:00Z'],
  ['KTM1', 'Asia/Kathmandu', '2026-05-30T18:15:00Z'],
  ['MAD1', 'Europe/Madrid', '2026-05-30T22:00:00Z'],
  ['UTC1', 'Etc/UTC', '2026-05-31T00:00:00Z'],
  ['NYC1', 'America/New_York', '2026-05-31T04:00:00Z'],
  ['PPG1', 'Pacific/Pago_Pago', '2026-05-31T11:00:00Z'],
];
// Days on which the clocks change: the day, its zone, and when the day after begins.
const CHANGES = [
  ['AZO1', 'Atlantic/Azores', '2026-03-28', '2026-03-29T01:00:00Z'], // the 29th begins at 1 o'clock: no midnight
  ['AZO1', 'Atlantic/Azores', '2026-03-29', '2026-03-30T00:00:00Z'], // 23 hours
  ['AZO1', 'Atlantic/Azores', '2026-10-25', '2026-10-26T01:00:00Z'], // 25 hours; its first hour comes twice
  ['MAD1', 'Europe/Madrid', '2026-03-29', '2026-03-29T22:00:00Z'],
  ['MAD1', 'Europe/Madrid', '2026-10-25', '2026-10-25T23:00:00Z'],
  ['NYC1', 'America/New_York', '2026-11-01', '2026-11-02T05:00:00Z'],
];

const config = (world) => `
warehouses:
${world.places.map(([name, zone]) => `  - {name: ${name}, time_zone: ${zone}}`).join('\n')}
owners: [{name: ${OWNER}}]
tokens:
  - {name: ops, token: {env: LOTBRIDGE_TOKEN}, owners: [${OWNER}], warehouses: "*", scopes: [admin]}
testing: {clock: "${world.start}"}
`;

const before = (moment, ms) => new Date(Date.parse(moment) - ms).toISOString();
const dayBefore = (day, days) => new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);

const receive = (world, warehouse, lot, expires_on, quantity = 10) =>
  world.post('receipts', {
    id: `R-${warehouse}-${lot}`,
    warehouse,
    lines: [{ line: '1', sku: 'YOG', quantity, lot, expires_on }],
  });

const reserve = (world, id, warehouse, quantity) =>
  world.post('orders', { id, warehouse, lines: [{ line: '1', sku: 'YOG', quantity }] });

const held = async (world, id) => {
  const { order } = await world.get(`orders/${id}`);
  return order.lines[0].allocations.map(({ lot, quantity }) => `${quantity} ${lot}`).join(' ');
};

const KINDS = ['lot.expired', 'lot.short_dated', 'lot.alert', 'reservation.moved', 'availability.changed'];
const told = async (world) =>
  (await world.events(KINDS)).map(({ kind, warehouse, lot, value, channel }) =>
    [kind, warehouse, lot, value, channel].filter(Boolean).join(' '));

// Each place's midnight by itself, one second before and at it.
async function aroundTheWorld(world) {
  await world.post('items', { sku: 'YOG' });
  for (const [place] of PLACES) {
    await receive(world, place, `OLD-${place}`, '2026-05-30');
    await receive(world, place, `NEW-${place}`, '2026-07-30');
    await reserve(world, `O-${place}`, place, 4);
    world.equal(await held(world, `O-${place}`), `4 OLD-${place}`, `${place}: the earliest lot is promised`);
  }
  let known = (await told(world)).length;
  for (const [place, zone, midnight] of PLACES) {
    await world.moveClock(before(midnight, 1000));
    world.equal((await told(world)).slice(known), [], `${zone}: a second before midnight`);
    world.equal(await held(world, `O-${place}`), `4 OLD-${place}`, `${zone}: the printed day is still good`);
    await world.moveClock(midnight);
    const happened = (await told(world)).slice(known);
    world.equal(
      [...happened].sort(),
      [`lot.expired ${place} OLD-${place}`, `reservation.moved ${place} OLD-${place}`].sort(),
      `${zone}: at midnight`,
    );
    world.equal(await held(world, `O-${place}`), `4 NEW-${place}`, `${zone}: the promise went to the next lot`);
    known += happened.length;
    await world.moveClock(before(midnight, -1800_000));
    await world.restart();
    world.equal((await told(world)).slice(known), [], `${zone}: nothing twice, also not after a restart`);
  }
}

// Days that begin while nobody is there are caught up with: each date once, in one go.
async function whileDown(world) {
  await world.post('items', { sku: 'YOG', alert_days: 1, short_dated_days: [2, 1] });
  await world.post('policies', { id: 'P-1', scope: { channel: 'outlet' }, policy: { min_remaining_days: 1 } });
  await receive(world, 'MAD1', 'GAP', '2026-06-20', 6);
  await world.moveClock('2026-06-10T12:00:00Z');
  await reserve(world, 'O-GAP', 'MAD1', 3);
  world.equal(await held(world, 'O-GAP'), '3 GAP', 'the gap: promised before');
  const known = (await told(world)).length;
  await world.stopDaemon('SIGKILL');
  world.start = '2026-06-25T12:00:00Z';
  await world.startDaemon();
  const caught = await world.until(async () => {
    const rows = (await told(world)).slice(known);
    return rows.some((text) => text.startsWith('lot.expired')) ? rows : null;
  });
  world.equal(
    [...caught].sort(),
    ['lot.alert MAD1 GAP 2026-06-20', 'lot.expired MAD1 GAP', 'lot.short_dated MAD1 GAP 1',
      'lot.short_dated MAD1 GAP 2', 'availability.changed MAD1 outlet', 'reservation.moved MAD1 GAP'].sort(),
    'the gap: every date that passed, once',
  );
  world.equal(await held(world, 'O-GAP'), '3 NEW-MAD1', 'the gap: the promise went on');
  world.equal((await world.all('alerts?kind=near_expiry&state=all&sku=YOG&lot=GAP')).length, 1, 'the gap: one alert');
  await world.restart('SIGKILL');
  world.equal((await told(world)).slice(known + caught.length), [], 'the gap: nothing twice');
}

// Days of 23 and 25 hours: the date changes once, when it changes there.
async function whenClocksChange(world) {
  await world.post('items', { sku: 'YOG' });
  for (const [place, zone, day, after] of [...CHANGES].sort((a, b) => a[3].localeCompare(b[3]))) {
    const lot = `${place}-${day}`;
    await world.moveClock(`${dayBefore(day, 1)}T12:00:00Z`).catch(() => null);
    await receive(world, place, lot, day);
    const what = `${zone} on ${day}`;
    await world.moveClock(before(after, 1000));
    const seen = async () => (await told(world)).filter((text) => text === `lot.expired ${place} ${lot}`).length;
    world.equal(await seen(), 0, `${what}: a second before its end`);
    for (const minutes of [0, 30, 60, 61, 90]) await world.moveClock(before(after, -minutes * 60_000));
    world.equal(await seen(), 1, `${what}: expired once`);
  }
}

const patient = (world) => {
  world.owner = OWNER;
  world.until = async (condition) => {
    for (let tries = 0; tries < 200; ++tries) {
      const value = await condition();
      if (value) return value;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error('waited in vain');
  };
  return world;
};

const first = await plainScene(
  (world) => {
    world.places ??= PLACES;
    world.start ??= '2026-05-29T09:30:00Z';
    return config(world);
  },
  async (world) => {
    patient(world);
    await aroundTheWorld(world);
    await whileDown(world);
    const report = await world.must('POST', '/v1/verify', {});
    world.equal(report.findings, [], 'verify');
  },
);
const second = await plainScene(
  (world) => {
    world.places = [...new Map(CHANGES.map(([name, zone]) => [name, [name, zone]])).values()];
    world.start ??= '2026-03-27T12:00:00Z';
    return config(world);
  },
  async (world) => {
    patient(world);
    await whenClocksChange(world);
  },
);
process.exit(first || second);
