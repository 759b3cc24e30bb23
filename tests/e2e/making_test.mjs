// What is made of what, what it costs, and lots that turn out to be others, in the words of the interface: after a
// restart, by either code, to any depth; refusals name their field.
import { plainScene } from './plain.mjs';

const config = () => `
warehouses: [{name: MAD1, time_zone: Europe/Madrid}]
owners: [{name: pure-fresh}]
tokens: [{name: ops, token: {env: LOTBRIDGE_TOKEN}, owners: [pure-fresh], warehouses: "*", scopes: [admin]}]
testing: {clock: "2026-05-17T10:00:00Z"}
`;
const euro = (amount) => ({ amount, currency: 'EUR' });
const units = (sku, lot, quantity, more = {}) => ({ sku, lot, quantity, ...more });
const kin = (rows) =>
  rows.map(({ lot, quantity, transformation }) => `${quantity} ${lot} ${transformation}`).join('; ');

async function goods(world) {
  for (const sku of ['WAX', 'CANDLE', 'SET'])
    await world.post('items', { sku, decimals: 1, shelf_life_days: sku === 'CANDLE' ? 365 : null,
      yield_tolerance_percent: sku === 'CANDLE' ? 5 : null,
      components: sku === 'CANDLE' ? [{ sku: 'WAX', quantity: 0.05 }] : [] });
  await world.post('receipts', { id: 'R-1', warehouse: 'MAD1', lines: [
    { line: '1', ...units('WAX', 'W7', 10, { expires_on: '2026-12-01', unit_cost: euro('3.00') }) },
    { line: '2', ...units('WAX', 'W8', 5, { expires_on: '2027-06-01' }) }] });
}

async function making(world) {
  const made = await world.post('transformations', { id: 'TF-1', warehouse: 'MAD1',
    inputs: [units('WAX', 'W7', 4.5)], outputs: [units('CANDLE', 'C12', 85)],
    loss: [{ sku: 'WAX', quantity: 0.2, reason: 'spilled' }], costs: [{ kind: 'labour', amount: euro('3.50') }] });
  world.equal(made.exceptions.map(({ code }) => code), ['yield_out_of_tolerance'], 'a yield of 85 instead of 90');
  world.equal(made.lots, [{ sku: 'CANDLE', lot: 'C12', expires_on: '2026-12-01' }],
    'the earliest date of what went in');
  await world.post('transformations', { id: 'TF-2', warehouse: 'MAD1', inputs: [units('CANDLE', 'C12', 10)],
    outputs: [units('SET', 'S1', 5, { expires_on: '2027-01-01' })] });
  await world.post('orders', { id: '1001', lines: [{ line: '1', sku: 'SET', quantity: 2 }] });
  const sent = await world.post('dispatches', { id: 'S-1', order: '1001', warehouse: 'MAD1', lines: [
    { order_line: '1', sku: 'SET', quantity: 2, lots: [{ lot: 'S1', quantity: 2, scanned: true }] }] });
  world.equal(sent.dispatch.lines[0].lots[0].cost, euro('0.80'), 'two of five sets out of ten candles of 0.20');
  const bad = await world.ask('POST', '/v1/transformations', { id: 'TF-3', warehouse: 'MAD1',
    inputs: [units('WAX', 'W7', 5.6)], outputs: [units('CANDLE', 'C13', 100)] });
  world.equal([bad.status, bad.json.code, bad.json.errors[0].pointer], [409, 'insufficient', '/inputs/0/quantity'],
    'more than there is');
  world.equal((await world.all('alerts?kind=yield_out_of_tolerance')).length, 1, 'one alert of a yield');
}

async function traces(world) {
  const wax = await world.get('trace?sku=WAX&lot=W7&direction=forward');
  world.equal(kin(wax.produced_into), '85 C12 TF-1; 5 S1 TF-2', 'what wax went into');
  world.equal(wax.dispatched.map(({ order, sku, lot }) => [order, sku, lot]), [['1001', 'SET', 'S1']], 'who got it');
  world.equal(wax.balance.consumed, 4.5, 'consumed');
  const set = await world.get('trace?sku=SET&lot=S1&direction=backward');
  world.equal(kin(set.produced_from), '10 C12 TF-2; 4.5 W7 TF-1', 'what the set was made of');
  world.equal(set.balance.produced, 5, 'produced');
}

async function costs(world) {
  const charged = await world.post('charges', { id: 'CH-1', receipt: 'R-1', kind: 'freight', amount: euro('0.10') });
  world.equal(charged.charge.lots.map(({ lot, amount }) => [lot, amount.amount]), [['W7', '0.07'], ['W8', '0.03']],
    'ten cents over ten and five units, the rest to the first');
  const [w7, w8, c12] = await Promise.all(['WAX/W7', 'WAX/W8', 'CANDLE/C12'].map((lot) => world.get(`lots/${lot}`)));
  world.equal(w7.cost.unit, euro('3.00'), 'what was paid');
  world.equal(w8.cost, { charges: euro('0.03') }, 'a charge on goods whose price nobody told');
  world.equal([c12.cost.unit, c12.cost.on_hand_value], [euro('0.20'), euro('15.00')], 'carried on by quantity');
  const stock = await world.all('stock?sku=WAX');
  world.equal(stock.map(({ lot, unit_cost }) => [lot, unit_cost ?? null]), [['W7', euro('3.00')], ['W8', null]],
    'costs of stock rows');
}

async function corrections(world) {
  await world.post('receipts', { id: 'R-2', warehouse: 'MAD1', lines: [
    { line: '1', ...units('WAX', 'VV8', 3, { expires_on: '2027-06-01' }) }] });
  const refused = await world.ask('POST', '/v1/lot-corrections', { id: 'LC-1', sku: 'WAX', lot: 'W99', new_lot: 'W8' });
  world.equal([refused.status, refused.json.code], [409, 'unknown_lot'], 'a lot that nobody knows');
  await world.post('lot-corrections', { id: 'LC-2', sku: 'WAX', lot: 'VV8', new_lot: 'W8', evidence: 'photo 12' });
  await world.post('lot-corrections', { id: 'LC-3', sku: 'WAX', lot: 'W8', expires_on: '2027-05-01',
    evidence: 'label' });
  for (const again of [false, true]) {
    if (again) await world.restart('SIGKILL');
    for (const code of ['VV8', 'W8']) {
      const lot = await world.get(`lots/WAX/${code}`);
      world.equal([lot.lot, lot.aliases, lot.expires_on], ['W8', ['VV8'], '2027-05-01'], `the lot by ${code}`);
      world.equal(lot.history.map(({ field, evidence }) => [field, evidence]),
        [['merged', 'photo 12'], ['expires_on', 'label']], 'its history');
      const trace = await world.get(`trace?sku=WAX&lot=${code}`);
      world.equal([trace.received.length, trace.balance.on_hand, trace.balance.found, trace.balance.lost], [2, 8, 3, 3],
        `the trace by ${code}`);
    }
    const report = await world.post('verify', {});
    world.expect(report.ok, `verify: ${JSON.stringify(report.findings)}`);
  }
}

process.exit(
  await plainScene(config, async (world) => {
    for (const part of [goods, making, traces, costs, corrections]) await part(world);
  }),
);
