// Every call of the interface's table once, in the way a client would write it from the contract: documents by path and
// as a stream, commands, every list with every filter, names of documents, what several owners see, and the refusals.
import { plainScene } from './plain.mjs';

const config = (world) => `
warehouses:
  - {name: MAD1, time_zone: Europe/Madrid, locations: [{name: A-01, pick_sequence: 2}, {name: B-01,
    pick_sequence: 1}]}
  - {name: BCN1, time_zone: Europe/Madrid}
owners: [{name: pure-fresh}, {name: acme}]
alerts: {return_rate: {over_percent: 20}}
tokens:
  - {name: ops, token: {env: LOTBRIDGE_TOKEN}, owners: [pure-fresh, acme], warehouses: "*", scopes: [admin]}
  - {name: other, token: {env: OTHER_TOKEN}, owners: [acme], warehouses: "*", scopes: [admin]}
  - {name: clerk, token: {env: CLERK_TOKEN}, owners: [pure-fresh], warehouses: "*", scopes: [read, orders]}
testing: {clock: "2026-05-17T10:00:00Z"}
`;
const OTHER = { token: 'secret-other' };
const CLERK = { token: 'secret-clerk' };
const P = 'owner=pure-fresh';

const line = (quantity, more = {}) => ({ line: '1', sku: 'GYP-500', quantity, ...more });
const lot = (more = {}) => ({ sku: 'GYP-500', lot: 'L1', ...more });

// One document of each type, in an order in which each finds what it needs.
const DOCUMENTS = [
  ['items', { sku: 'GYP-500', name: 'Greek yogurt 500 g', gtins: ['09506000134352'], shelf_life_days: 14,
    date_kind: 'best_before',
    policy: { min_remaining_days: 3 } }],
  ['policies', { id: 'P-1', scope: { channel: 'd2c', sku: 'GYP-500' }, policy: { min_remaining_days: 5 } }],
  ['purchase-orders', { id: 'PO-7', supplier: 'dairy-co', warehouse: 'MAD1', expected_on: '2026-05-17',
    lines: [line(120)] }],
  ['receipts', { id: 'R-1', kind: 'purchase', warehouse: 'MAD1', supplier: 'dairy-co', purchase_order: 'PO-7',
    received_on: '2026-05-16',
    lines: [line(120, { lot: 'L1', batch: 'B7', supplier_lot: 'S-9', expires_on: '2026-05-30',
      produced_on: '2026-05-16', location: 'A-01',
      unit_cost: { amount: '0.82', currency: 'EUR' } })] }],
  ['orders', { id: '5001', number: '#1001', channel: 'd2c', placed_at: '2026-05-17T09:00:00Z',
    ship_on: '2026-05-18', lines: [line(10)],
    customer: { id: 'c9', name: 'Ana' }, ship_to: { country: 'ES' } }],
  ['picks', { id: 'PK-1', order: '5001', lines: [{ order_line: '1', sku: 'GYP-500', lot: 'L1', quantity: 2 }] }],
  ['cancellations', { id: 'X-1', order: '5001', lines: [{ order_line: '1', sku: 'GYP-500', quantity: 1 }] }],
  ['dispatches', { id: 'S-1', order: '#1001', warehouse: 'MAD1', carrier: 'correos', tracking_number: 'X1',
    lines: [{ order_line: '1', sku: 'GYP-500', quantity: 3, lots: [{ lot: 'L1', quantity: 3, scanned: true }] }] }],
  ['returns', { id: 'RT-1', order: '#1001', warehouse: 'MAD1', lines: [{ order_line: '1', sku: 'GYP-500',
    quantity: 1, disposition: 'quarantine' }] }],
  ['holds', { id: 'H-1', code: 'qa', reason: 'pH out of range', lots: [lot({ warehouse: 'BCN1' })] }],
  ['releases', { id: 'RL-1', code: 'qa', lots: [lot({ warehouse: 'BCN1' })] }],
  ['transfers', { id: 'T-1', from: { warehouse: 'MAD1', location: 'A-01', status: 'available' },
    to: { warehouse: 'MAD1', location: 'B-01', status: 'available' },
    lines: [lot({ quantity: 20 })] }],
  ['counts', { id: 'C-1', warehouse: 'MAD1', location: 'B-01', lines: [lot({ status: 'available', counted: 19 })] }],
  ['adjustments', { id: 'A-1', warehouse: 'MAD1', reason: 'scrapped', note: 'dropped',
    lines: [lot({ location: 'A-01', status: 'available', quantity: -2 })] }],
  ['transformations', { id: 'TF-1', warehouse: 'MAD1', inputs: [lot({ quantity: 6 })], outputs: [{ sku: 'GYP-500',
    lot: 'REPACK', quantity: 6 }] }],
  ['charges', { id: 'CH-1', receipt: 'R-1', kind: 'freight', amount: { amount: '6.00', currency: 'EUR' } }],
  ['owner-transfers', { id: 'OT-1', to_owner: 'acme', warehouse: 'MAD1', lines: [lot({ quantity: 5 })] }],
  ['lot-corrections', { id: 'LC-1', sku: 'GYP-500', lot: 'REPACK', expires_on: '2026-05-29', evidence: 'photo 12' }],
];

async function documents(world) {
  await world.post('items', { owner: 'acme', sku: 'GYP-500', shelf_life_days: 14 }); // to whom some are sold
  for (const [path, body] of DOCUMENTS) {
    const answer = await world.ask('POST', `/v1/${path}`, { owner: 'pure-fresh', ...body });
    if (!world.expect(answer.status === 200, `POST ${path}: ${answer.status} ${answer.text.slice(0, 300)}`)) continue;
    const { uid, outcome } = answer.json;
    world.expect(outcome === 'applied', `POST ${path}: ${outcome}`);
    const again = await world.ask('POST', `/v1/${path}`, { owner: 'pure-fresh', ...body });
    world.expect(again.json?.outcome === 'duplicate' && again.json.uid === uid,
      `POST ${path} again: ${again.text.slice(0, 200)}`);
    const id = body.id ?? body.sku;
    for (const name of [`${encodeURIComponent(uid)}`, `${id}?${P}&source=api`, `${id}?${P}`]) {
      const one = await world.ask('GET', `/v1/${path}/${name}`);
      world.expect(one.status === 200, `GET ${path}/${name}: ${one.status} ${one.text.slice(0, 200)}`);
    }
    const list = await world.ask('GET', `/v1/${path}?${P}`);
    world.expect(list.json?.data?.length > 0, `GET ${path}: ${list.status} ${list.text.slice(0, 200)}`);
    const foreign = await world.ask('GET', `/v1/${path}/${encodeURIComponent(uid)}`, undefined, OTHER);
    world.expect(foreign.status === 404, `GET ${path} of another owner: ${foreign.status}`);
  }
}

async function stream(world) {
  const text = [
    { type: 'item', owner: 'pure-fresh', sku: 'CUP', lot_tracked: false },
    { type: 'lot_correction', owner: 'pure-fresh', id: 'LC-9', sku: 'GYP-500', lot: 'NOSUCH', evidence: 'x',
      expires_on: '2026-06-01' },
    { type: 'nonsense', id: '1' },
  ].map((one) => JSON.stringify(one)).join('\n');
  const answer = await world.ask('POST', '/v1/documents', text,
    { headers: { 'Content-Type': 'application/x-ndjson' } });
  const rows = answer.text.trim().split('\n').map((row) => JSON.parse(row));
  world.equal(rows.map((row) => row.outcome ?? row.code), ['applied', 'unknown_lot', 'invalid_value'],
    'POST documents');
}

async function commands(world) {
  for (const [path, body] of [
    ['orders/5001/allocate?' + P], ['orders/5001/reoptimize?' + P],
    ['allocations/preview', { owner: 'pure-fresh', id: 'TRY', lines: [line(1)] }],
  ]) {
    const answer = await world.ask('POST', `/v1/${path}`, body);
    world.expect(answer.status === 200 && answer.json.order,
      `POST ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }
  world.equal((await world.ask('GET', `/v1/orders/TRY?${P}`)).status, 404, 'a preview leaves nothing');
  const swap = await world.ask('POST', `/v1/orders/5001/substitute?${P}`, { line: '1', lot: 'REPACK', new_lot: 'L1',
    quantity: 1, reason: 'front of shelf' });
  world.expect(swap.status === 200 && swap.json.order, `substitute: ${swap.status} ${swap.text.slice(0, 300)}`);
  const erased = await world.ask('POST', `/v1/orders/5001/erase-customer?${P}`);
  world.expect(erased.status === 200, `erase-customer: ${erased.status}`);
}

// Path, how many rows at least; with 0: exactly none.
const LISTS = [
  ['stock', 1], ['stock?sku=GYP-500', 1], ['stock?sku=NOSUCH', 0], ['stock?lot=L1', 1], ['stock?warehouse=MAD1', 1],
    ['stock?warehouse=BCN1', 0],
  ['stock?status=quarantine', 1], ['stock?status=damaged', 0], ['stock?as_of=2026-05-17T10:00:00Z', 1],
    ['stock?known_at=2026-05-16T00:00:00Z', 0],
  ['lots', 2], ['lots?sku=GYP-500', 2], ['lots?expiring_within_days=12', 1], ['lots?expiring_within_days=3', 0],
    ['lots?status=quarantine', 1],
  ['lots?status=expired', 0], ['lots?supplier_lot=S-9', 1], ['lots?batch=B7', 1], ['lots?batch=B8', 0],
    ['lots?gtin=09506000134352', 2],
  ['lots?supplier=dairy-co', 1], ['lots?purchase_order=PO-7', 1], ['lots?purchase_order=PO-8', 0],
  ['availability?sku=GYP-500', 1], ['availability?sku=GYP-500&channel=d2c', 1], ['ledger', 5],
    ['ledger?sku=GYP-500&lot=L1', 5],
  ['ledger?after=3', 3], ['ledger?after=100000', 0], ['audit', 1], ['audit?order=5001', 1], ['connectors', 0],
    ['deliveries', 0],
  ['deliveries?state=dead', 0], ['parked', 0], ['alerts', 0], ['alerts?state=all', 0],
    ['alerts?kind=unreconciled&sku=GYP-500&lot=L1', 0],
  ['orders?status=partially_dispatched', 1], ['orders?channel=d2c', 1], ['reports/expiry', 6], ['reports/ageing', 5],
  ['reports/at-risk?forecast_per_day=1', 2], ['reports/movement', 2], ['reports/returns', 1], ['reports/suppliers',
    1],
];

async function lists(world) {
  for (const [path, least] of LISTS) {
    const answer = await world.ask('GET', `/v1/${path}${path.includes('?') ? '&' : '?'}${P}`);
    if (!world.expect(answer.status === 200 && Array.isArray(answer.json.data),
      `GET ${path}: ${answer.status} ${answer.text.slice(0, 200)}`)) continue;
    const rows = answer.json.data.length;
    world.expect(least === 0 && !path.startsWith('alerts') ? rows === 0 : rows >= least, `GET ${path}: ${rows} rows`);
    const typo = await world.ask('GET', `/v1/${path}${path.includes('?') ? '&' : '?'}nosuchfilter=1`);
    world.equal(typo.status, 422, `GET ${path} with a key that nobody knows`);
  }
  for (const path of ['stock', 'lots', 'ledger', 'reports/expiry', 'reports/ageing', 'reports/at-risk',
    'reports/movement', 'reports/returns', 'reports/suppliers']) {
    const answer = await world.ask('GET', `/v1/${path}?${P}`, undefined, { headers: { Accept: 'text/csv' } });
    world.expect(answer.status === 200 && answer.type.startsWith('text/csv')
      && answer.text.split('\r\n').length > 2, `GET ${path} as CSV: ${answer.type} ${answer.text.slice(0, 100)}`);
  }
  const one = await world.get(`lots/GYP-500/L1?${P}`);
  for (const key of ['owner', 'sku', 'lot', 'aliases', 'expires_on', 'date_kind', 'produced_on', 'sell_by',
    'removal_on', 'batch', 'supplier_lot',
    'first_received_on', 'state', 'blocks', 'history']) world.expect(key in one, `a lot has no ${key}`);
  const { data: [row] } = await world.get(`stock?sku=GYP-500&lot=L1&${P}`);
  for (const key of ['owner', 'sku', 'lot', 'warehouse', 'location', 'status', 'on_hand', 'reserved', 'picked',
    'available', 'candidates'])
    world.expect(key in row, `a row of stock has no ${key}`);
  const { data: [entry] } = await world.get(`ledger?${P}`);
  for (const key of ['number', 'book', 'sku', 'lot', 'quantity', 'from', 'to', 'document', 'happened_at',
    'known_at', 'hash'])
    world.expect(key in entry, `an entry has no ${key}`);
  for (const direction of ['forward', 'backward', 'both']) {
    const trace = await world.get(`trace?sku=GYP-500&lot=L1&direction=${direction}&${P}`);
    for (const key of ['sku', 'lot', 'received', 'dispatched', 'on_hand', 'in_transit', 'returned', 'adjusted',
      'produced_from', 'produced_into',
      'unreconciled', 'possible', 'balance']) world.expect(key in trace, `a trace ${direction} has no ${key}`);
  }
  const { balance } = await world.get(`trace?sku=GYP-500&lot=L1&${P}`);
  const sum = (...keys) => keys.reduce((total, key) => total + balance[key], 0);
  world.equal(sum('received', 'produced', 'found', 'returned'),
    sum('on_hand', 'in_transit', 'dispatched', 'consumed', 'scrapped', 'lost', 'moved_to_owner'), 'the mass balance');
  const early = await world.get(`trace?sku=GYP-500&lot=L1&as_of=2026-05-16T12:00:00Z&${P}`);
  world.equal(early.dispatched.length, 0, 'a trace as of before the dispatch');
  const { data: audit } = await world.get(`audit?order=5001&${P}`);
  for (const key of ['at', 'token', 'actor', 'action', 'order', 'line', 'old', 'new', 'reason'])
    world.expect(key in audit[0], `an audit entry has no ${key}`);
}

async function names(world) {
  for (const owner of ['pure-fresh', 'acme']) await world.post('orders', { owner, id: 'SAME', lines: [] });
  const several = await world.ask('GET', '/v1/orders/SAME');
  world.expect(several.status === 409 && several.json.code === 'ambiguous_reference' && /acme/.test(several.text)
    && /pure-fresh/.test(several.text),
    `an id that two owners have: ${several.status} ${several.text}`);
  world.equal((await world.ask('GET', '/v1/orders/SAME?owner=acme')).status, 200, 'the same with its owner');
  world.equal((await world.ask('GET', '/v1/orders/SAME', undefined, OTHER)).status, 200,
    'the same where the token sees one owner');
  world.equal((await world.ask('GET', '/v1/orders/SAME?owner=pure-fresh', undefined, OTHER)).status, 404,
    'an owner whom the token does not see');
  world.equal((await world.ask('GET', `/v1/receipts/NOSUCH?${P}`)).status, 404, 'an id that nobody has');
  await world.post('receipts', { owner: 'pure-fresh', id: 'a/b c', warehouse: 'MAD1', lines: [line(1,
    { lot: 'X/1 %', expires_on: '2026-06-20' })] });
  world.equal((await world.ask('GET', `/v1/receipts/a%2Fb%20c?${P}`)).status, 200, 'an id with a slash');
  world.equal((await world.get(`lots/GYP-500/X%2F1%20%25?${P}`)).lot, 'X/1 %', 'a lot code with a slash');
}

async function refusals(world) {
  const problem = async (what, status, code, ...call) => {
    const { status: got, json, type } = await world.ask(...call);
    world.expect(got === status && json?.code === code && type.startsWith('application/problem+json')
      && json.type.endsWith(code)
      && ['title', 'status', 'detail', 'errors'].every((key) => key in json),
        `${what}: ${got} ${JSON.stringify(json)?.slice(0, 200)}`);
  };
  await problem('no token', 401, 'unauthorized', 'GET', '/v1/stock', undefined, { token: 'nobody' });
  await problem('a clerk who holds', 403, 'missing_scope', 'POST', '/v1/holds', { id: 'H-9', code: 'x', reason: 'x',
    lots: [lot()] }, CLERK);
  await problem('a clerk who looks at parked', 403, 'missing_scope', 'GET', '/v1/parked', undefined, CLERK);
  await problem('a clerk who closes an alert', 403, 'missing_scope', 'POST', '/v1/alerts/1/close', { note: 'x' },
    CLERK);
  await problem('a clerk who verifies', 403, 'missing_scope', 'POST', '/v1/verify', {}, CLERK);
  await problem('a clerk who lowers a demand', 409, 'override_not_allowed', 'POST', '/v1/orders',
    { id: 'LOW', lines: [line(1, { policy: { min_remaining_days: 0 } })] }, CLERK);
  await problem('not JSON', 400, 'bad_json', 'POST', '/v1/orders', '{');
  await problem('an unknown key', 422, 'unknown_key', 'POST', '/v1/orders', { owner: 'pure-fresh', id: 'K',
    nosuch: 1, lines: [] });
  await problem('a wrong value', 422, 'invalid_value', 'POST', '/v1/orders', { owner: 'pure-fresh', id: 'K',
    lines: 'none' });
  await problem('other content of a command', 409, 'id_conflict', 'POST', '/v1/holds',
    { owner: 'pure-fresh', id: 'H-1', code: 'other', reason: 'x', lots: [lot()] });
  await problem('no such path', 404, 'not_found', 'GET', '/v1/nosuch');
  await problem('no such alert', 404, 'not_found', 'POST', '/v1/alerts/999/close', { note: 'x' });
  await problem('no such delivery', 404, 'not_found', 'POST', '/v1/deliveries/999/retry');
  await problem('no such parked record', 404, 'not_found', 'POST', '/v1/parked/999/discard');
}

// Who lowered which demand, at each level where it stood.
async function audited(world) {
  const actor = { headers: { 'Lotbridge-Actor': 'Marta' } };
  const item = (policy) => world.post('items', { owner: 'acme', sku: 'TEA', policy });
  await item({ min_remaining_days: 9 });
  const lowered = async (id, head, days) => {
    await world.post('orders', { owner: 'acme', id, policy: head, lines: [{ line: '1', sku: 'TEA', quantity: 1,
      policy: { min_remaining_days: days } }] }, actor);
    return (await world.get(`audit?order=${id}&owner=acme`)).data.filter(({ field }) => field === 'min_remaining_days');
  };
  let rows = await lowered('LOW-1', {}, 4);
  world.equal(rows.map((row) => [row.token, row.actor, row.order, row.line, row.old, row.new]), [['ops', 'Marta',
    'LOW-1', '1', '9', '4']], 'lowered below the item');
  world.equal((await lowered('LOW-2', {}, 9)).length, 0, 'what is no lower is not audited');
  await world.post('policies', { owner: 'acme', id: 'W', scope: { warehouse: 'MAD1' },
    policy: { min_remaining_days: 12 } });
  rows = await lowered('LOW-3', {}, 10);
  world.equal(rows.map((row) => [row.old, row.new]), [['12', '10']], 'lowered below the warehouse');
  await world.post('policies', { owner: 'acme', id: 'C', scope: { channel: 'b2b' },
    policy: { min_remaining_days: 20 } });
  await world.post('orders', { owner: 'acme', id: 'LOW-4', channel: 'b2b', policy: { min_remaining_days: 15 },
    lines: [{ line: '1', sku: 'TEA', quantity: 1 }] }, actor);
  rows = (await world.get('audit?order=LOW-4&owner=acme')).data;
  world.equal(rows.map((row) => [row.actor, row.old, row.new]), [['Marta', '20', '15']],
    'an order lowers what its channel demands');
}

// What was known when, and what had happened by then.
async function asOf(world) {
  const stock = async (query) => (await world.get(`stock?owner=acme&sku=SALT&${query}`)).data.reduce((sum,
    row) => sum + row.on_hand, 0);
  await world.post('items', { owner: 'acme', sku: 'SALT' });
  const salt = (id, quantity, at) =>
    world.post('receipts', { owner: 'acme', id, warehouse: 'MAD1', at, lines: [{ line: '1', sku: 'SALT', quantity,
      lot: 'S1' }] });
  await world.moveClock('2026-05-18T10:00:00Z');
  await salt('SA-1', 100, '2026-05-18T09:00:00Z');
  await world.moveClock('2026-05-20T10:00:00Z');
  await salt('SA-2', 7, '2026-05-18T12:00:00Z'); // happened two days before we knew
  for (const [query, wanted] of [
    ['as_of=2026-05-18T08:59:59Z', 0], ['as_of=2026-05-18T09:00:00Z', 100], ['as_of=2026-05-18T12:00:00Z', 107],
      ['as_of=2026-05-18', 107],
    ['known_at=2026-05-18T10:00:00Z', 100], ['known_at=2026-05-19', 100], ['known_at=2026-05-20T10:00:00Z', 107],
    ['as_of=2026-05-18T12:00:00Z&known_at=2026-05-19', 100],
      ['as_of=2026-05-18T10:00:00Z&known_at=2026-05-20T10:00:00Z', 100], ['', 107],
  ]) world.equal(await stock(query), wanted, `stock ${query || 'now'}`);
  const trace = async (query) => (await world.get(`trace?owner=acme&sku=SALT&lot=S1&${query}`)).balance.received;
  world.equal(await trace('as_of=2026-05-18T10:00:00Z'), 100, 'a trace as of before the late receipt happened');
  world.equal(await trace('as_of=2026-05-18T12:00:00Z'), 107, 'a trace as of after it');
  const { data } = await world.get('ledger?owner=acme&sku=SALT');
  world.equal(data.map(({ happened_at, known_at }) => [happened_at, known_at]).pop(), ['2026-05-18T12:00:00Z',
    '2026-05-20T10:00:00Z'], 'both times of an entry');
}

async function care(world) {
  for (const path of ['verify', 'rebuild-check']) {
    const report = await world.post(path, {});
    world.expect(report.ok === true && report.findings.length === 0,
      `${path}: ${JSON.stringify(report).slice(0, 300)}`);
  }
  world.expect((await world.post('backups', { name: 'one.db' })).ok, 'a backup');
  for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json'])
    world.equal((await world.ask('GET', path, undefined, { token: 'nobody' })).status, 200, path);
  world.expect((await world.get('/healthz')).test_clock !== undefined, 'healthz says that it is a test clock');
  const kinds = new Set((await world.events()).map(({ kind }) => kind));
  for (const kind of ['order.allocated', 'dispatch.stamped', 'availability.changed', 'alert.raised'])
    world.expect(kinds.has(kind), `no event ${kind} among ${[...kinds]}`);
}

process.exit(
  await plainScene(config, async (world) => {
    for (const part of [documents, stream, commands, lists, names, refusals, audited, asOf, care]) await part(world);
  }),
);
