// Goods on their way, sales between owners, purchases, labels and answers to what nobody knew, in the words of the
// interface: shapes of answers, trace and stock rows, rights, and the same after a restart.
import { plainScene } from './plain.mjs';

const config = () => `
warehouses: [{name: MAD1, time_zone: Europe/Madrid}, {name: BCN1, time_zone: Europe/Madrid}]
owners: [{name: pure-fresh}, {name: acme}]
tokens:
  - {name: ops, token: {env: LOTBRIDGE_TOKEN}, owners: [pure-fresh, acme], warehouses: "*", scopes: [admin]}
  - {name: other, token: {env: OTHER_TOKEN}, owners: [pure-fresh], warehouses: "*", scopes: [admin]}
  - {name: clerk, token: {env: CLERK_TOKEN}, owners: [pure-fresh], warehouses: "*", scopes: [read, orders]}
testing: {clock: "2026-05-17T10:00:00Z"}
`;
const O = 'owner=pure-fresh';
const OF = { owner: 'pure-fresh' };
const units = (lot, quantity, more = {}) => ({ sku: 'YOG', lot, quantity, ...more });

async function goods(world) {
  await world.post('items', { ...OF, sku: 'YOG', gtins: ['9506000134352'] });
  await world.post('items', { owner: 'acme', sku: 'YOG' });
  await world.post('purchase-orders', { ...OF, id: 'PO-1', supplier: 'dairy', expected_on: '2026-05-18',
    lines: [{ sku: 'YOG', quantity: 25 }] });
  await world.post('receipts', { ...OF, id: 'R-1', warehouse: 'MAD1', purchase_order: 'PO-1', lines: [
    { line: '1', ...units('L1', 10, { expires_on: '2026-05-30' }) },
    { line: '2', scan: ']d2010950600013435210L2\u001d17260630', quantity: 10, rejected: 2 }] });
  const order = await world.get(`purchase-orders/PO-1?${O}`);
  world.equal(order.progress, { status: 'partial', items: [{ sku: 'YOG', ordered: 25, received: 20, rejected: 2,
    open: 5, last_received_on: '2026-05-17' }] }, 'what came of the purchase order');
}

async function labels(world) {
  const label = await world.get(`lots/YOG/L1/gs1?${O}`);
  world.equal([label.gtin, label.element_string, label.bracketed, label.digital_link],
    ['09506000134352', '01095060001343521726053010L1', '(01)09506000134352(17)260530(10)L1',
      'https://id.gs1.org/01/09506000134352/10/L1?17=260530'], 'the label');
  world.equal((await world.get(`lots/YOG/L2?${O}`)).expires_on, '2026-06-30', 'a date that was scanned');
  await world.post('receipts', { ...OF, id: 'R-2', warehouse: 'MAD1', lines: [
    { line: '1', ...units('LOT 7 OF MAY', 1, { expires_on: '2026-05-30' }) }] });
  const refused = await world.ask('GET', `/v1/lots/YOG/LOT%207%20OF%20MAY/gs1?${O}`);
  world.equal([refused.status, refused.json.code], [422, 'invalid_value'], 'a code that AI 10 can not hold');
  world.equal((await world.ask('GET', `/v1/lots/YOG/NOPE/gs1?${O}`)).status, 404, 'no such lot');
}

async function travel(world) {
  const sent = await world.post('transfers', { ...OF, id: 'T-1', from: { warehouse: 'MAD1' }, to: { warehouse: 'BCN1' },
    arrives_on: '2026-05-18', lines: [{ sku: 'YOG', lot: null, quantity: 11 }] });
  world.equal(sent.lots.map(({ lot, quantity }) => [lot, quantity]), [['L1', 10], ['LOT 7 OF MAY', 1]],
    'the lots that were chosen');
  const way = (lot, quantity, arrived = 0, lost = 0) => ({ sku: 'YOG', lot, warehouse: 'BCN1', sent: quantity,
    arrived, lost, in_transit: quantity - arrived - lost });
  world.equal(sent.transfer, { lots: [way('L1', 10), way('LOT 7 OF MAY', 1)] }, 'what is on its way');
  const rows = await world.all(`stock?${O}&status=in_transit`);
  world.equal(rows.map(({ lot, warehouse, on_hand }) => [lot, warehouse, on_hand]),
    [['L1', 'BCN1', 10], ['LOT 7 OF MAY', 'BCN1', 1]], 'stock rows of what is on its way');
  world.equal((await world.get(`trace?sku=YOG&lot=L1&${O}`)).balance.in_transit, 10, 'the trace of it');
  await world.post('receipts', { ...OF, id: 'R-3', warehouse: 'BCN1', transfer: 'T-1', lines: [
    { line: '1', ...units('L1', 8) }] });
  await world.restart('SIGKILL');
  const open = await world.get(`transfers/T-1?${O}`);
  world.equal(open.progress, { status: 'open', lots: [way('L1', 10, 8), way('LOT 7 OF MAY', 1)] }, 'partly arrived');
  const clerk = await world.ask('POST', `/v1/transfers/T-1/close?${O}`, { reason: 'fell' }, { token: 'secret-clerk' });
  world.equal([clerk.status, clerk.json.code], [403, 'missing_scope'], 'a clerk closes no transfer');
  const bare = await world.ask('POST', `/v1/transfers/T-1/close?${O}`, {});
  world.equal([bare.status, bare.json.errors[0].pointer], [422, '/reason'], 'closing needs a reason');
  await world.post(`transfers/T-1/close?${O}`, { reason: 'fell' });
  const closed = await world.get(`transfers/T-1?${O}`);
  world.equal(closed.progress.status, 'closed', 'closed');
  const trace = await world.get(`trace?sku=YOG&lot=L1&${O}`);
  world.equal([trace.balance.in_transit, trace.balance.lost, trace.balance.on_hand], [0, 2, 8], 'lost on the way');
}

async function sale(world) {
  const body = { ...OF, id: 'V-1', to_owner: 'acme', warehouse: 'MAD1', lines: [units('L2', 4)] };
  const blind = await world.ask('POST', '/v1/owner-transfers', body, { token: 'secret-other' });
  world.equal([blind.status, blind.json.errors[0].pointer], [422, '/to_owner'], 'both owners must be seen');
  await world.post('owner-transfers', body);
  const [sold, bought] = await Promise.all(['pure-fresh', 'acme'].map((owner) =>
    world.get(`trace?sku=YOG&lot=L2&owner=${owner}`)));
  world.equal([sold.balance.received, sold.balance.on_hand, sold.balance.moved_to_owner], [10, 6, 4], 'sold');
  world.equal([bought.balance.received, bought.balance.on_hand, bought.balance.moved_to_owner], [4, 4, 0], 'bought');
  world.equal((await world.get('lots/YOG/L2?owner=acme')).expires_on, '2026-06-30', 'the lot keeps its dates');
}

async function unknownLots(world) {
  await world.post('receipts', { ...OF, id: 'R-5', warehouse: 'MAD1', lines: [
    { line: '1', ...units('L3', 6, { expires_on: '2026-07-30' }) }] });
  const both = ['L2', 'L3'].map((lot) => ({ sku: 'YOG', lot }));
  await world.post('holds', { ...OF, id: 'H-1', code: 'qa', lots: both });
  await world.post('orders', { ...OF, id: '1001', warehouse: 'MAD1', lines: [{ line: '1', sku: 'YOG', quantity: 2 }] });
  const gone = await world.post('dispatches', { ...OF, id: 'S-1', order: '1001', warehouse: 'MAD1', command: false,
    lines: [{ order_line: '1', quantity: 2 }] });
  world.equal(gone.dispatch.lines[0].lots[0].evidence, 'unresolved', 'nobody knows');
  await world.post('counts', { ...OF, id: 'C-1', warehouse: 'MAD1', lines: [{ sku: 'YOG', lot: 'L3', counted: 6 }] });
  const [proposal] = await world.all(`alerts?kind=resolution_proposed&${O}`);
  world.equal([proposal.lots, proposal.dispatch], [[{ lot: 'L2', quantity: 2 }], gone.uid], 'what a count made clear');
  const clerk = await world.ask('POST', `/v1/alerts/${proposal.id}/accept`, undefined, { token: 'secret-clerk' });
  world.equal([clerk.status, clerk.json.code], [403, 'missing_scope'], 'a clerk accepts nothing');
  const accepted = await world.ask('POST', `/v1/alerts/${proposal.id}/accept`);
  if (accepted.status !== 200) throw new Error(accepted.text);
  world.equal([accepted.status, accepted.json.state, accepted.json.answer.outcome], [200, 'closed', 'applied'],
    'accepted');
  const stamped = await world.get(`dispatches/S-1?${O}`);
  world.equal(stamped.dispatch.lines[0].lots.map(({ lot, quantity, evidence }) => [lot, quantity, evidence]),
    [['L2', 2, 'reported']], 'the stamp now');
  const trace = await world.get(`trace?sku=YOG&lot=L2&${O}`);
  world.equal([trace.balance.dispatched, trace.balance.unresolved, trace.possible.length], [2, 0, 0], 'its trace');
  const again = await world.ask('POST', '/v1/resolutions', { ...OF, id: 'RS-9', of: { dispatch: 'S-1' },
    lots: [{ lot: 'L3', quantity: 1 }] });
  world.equal([again.status, again.json.code], [409, 'insufficient'], 'nothing is in question any more');
}

async function returned(world) {
  await world.post('releases', { ...OF, id: 'L-1', code: 'qa', lots: ['L2', 'L3'].map((lot) => ({ sku: 'YOG', lot })) });
  await world.post('orders', { ...OF, id: '1002', warehouse: 'MAD1', lines: [{ line: '1', sku: 'YOG', quantity: 3 }] });
  await world.post('dispatches', { ...OF, id: 'S-2', order: '1002', warehouse: 'MAD1', command: false, lines: [
    { order_line: '1', quantity: 3, lots: [{ lot: 'L2', quantity: 1 }, { lot: 'L3', quantity: 2 }] }] });
  await world.post('returns', { ...OF, id: 'RT-1', order: '1002', warehouse: 'MAD1', lines: [
    { order_line: '1', quantity: 1 }] });
  const unknown = (await world.all(`stock?${O}&status=lot_unresolved`)).filter(({ lot }) => lot === null);
  world.equal(unknown.map(({ on_hand, candidates }) => [on_hand, candidates.map(({ lot }) => lot)]),
    [[1, ['L2', 'L3']]], 'a return of a split line');
  await world.post('resolutions', { ...OF, id: 'RS-1', of: { return: 'RT-1', line: '1' }, sku: 'YOG',
    lots: [{ lot: 'L3', quantity: 1, scanned: true }] });
  const trace = await world.get(`trace?sku=YOG&lot=L3&${O}`);
  world.equal([trace.balance.returned, trace.balance.dispatched, trace.returned.length], [1, 2, 1], 'L3 came back');
  world.equal((await world.all(`stock?${O}&status=lot_unresolved`)).length, 0, 'nothing is in question');
  const verified = await world.ask('POST', '/v1/verify');
  world.equal(verified.json.findings, [], 'the books');
}

process.exit(
  await plainScene(config, async (world) => {
    for (const part of [goods, labels, travel, sale, unknownLots, returned]) await part(world);
  }),
);
