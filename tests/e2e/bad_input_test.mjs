// Bad input: the answer is a problem that names the field, and nothing is half applied. Lines of an order that can't
// be are stopped alone; of a stream of documents, only the broken ones.
import { LOT, OWNER, scene } from './scene.mjs';

const line = (more) => ({ line: '1', sku: 'GYP-500', quantity: 1, ...more });
const order = (more) => ({ id: 'BAD', lines: [line({})], ...more });
const receipt = (more, lot = {}) => ({
  id: 'R-BAD',
  warehouse: 'MAD1',
  received_on: '2026-05-18',
  ...more,
  lines: [
    { line: '1', sku: 'GYP-500', quantity: 5, lot: 'L-GOOD', expires_on: '2026-06-01' },
    { line: '2', sku: 'GYP-500', quantity: 5, lot: 'L-NEW', expires_on: '2026-06-01', ...lot },
  ],
});

// What is sent where, and the problem that must come back: status, code, and a pointer among its errors.
const REFUSED = [
  ['broken JSON', '/v1/orders', '{"id": "BAD", "lines": [', 400, 'bad_json', null],
  ['no JSON at all', '/v1/receipts', 'hello', 400, 'bad_json', null],
  ['an empty body', '/v1/orders', '', 400, 'bad_json', null],
  [
    'two documents in one body',
    '/v1/orders',
    `${JSON.stringify(order())}${JSON.stringify(order())}`,
    400,
    'bad_json',
    null,
  ],
  [
    'text that is not UTF-8',
    '/v1/orders',
    Buffer.from('{"id":"B\xff\xfe","lines":[]}', 'latin1'),
    400,
    'bad_json',
    null,
  ],
  ['a list instead of a document', '/v1/orders', [order()], 422, 'invalid_value', ''],
  ['lines that are a text', '/v1/orders', order({ lines: 'all' }), 422, 'invalid_value', '/lines'],
  [
    'a quantity that is a text',
    '/v1/receipts',
    receipt({}, { quantity: 'five' }),
    422,
    'invalid_value',
    '/lines/1/quantity',
  ],
  [
    'a quantity that is true',
    '/v1/orders',
    order({ lines: [line({ quantity: true })] }),
    422,
    'invalid_value',
    '/lines/0/quantity',
  ],
  ['an unknown key', '/v1/orders', order({ colour: 'red' }), 422, 'unknown_key', '/colour'],
  [
    'an unknown key in a line',
    '/v1/receipts',
    receipt({}, { bestBefore: '2026-06-01' }),
    422,
    'unknown_key',
    '/lines/1/bestBefore',
  ],
  [
    '30 February',
    '/v1/receipts',
    receipt({}, { expires_on: '2026-02-30' }),
    422,
    'invalid_value',
    '/lines/1/expires_on',
  ],
  ['month 13', '/v1/orders', order({ ship_on: '2026-13-01' }), 422, 'invalid_value', '/ship_on'],
  ['a day without a year', '/v1/orders', order({ ship_on: '18.5.' }), 422, 'invalid_value', '/ship_on'],
  ['a time that is none', '/v1/receipts', receipt({ at: 'yesterday' }), 422, 'invalid_value', '/at'],
  ['a receipt without lines', '/v1/receipts', { id: 'R-BAD', warehouse: 'MAD1' }, 422, 'invalid_value', '/lines'],
];

async function refused(world) {
  const before = await world.books();
  for (const [what, path, body, status, code, pointer] of REFUSED) {
    const answer = await world.post(path, body);
    const pointers = (answer.json?.errors ?? []).map((error) => error.pointer);
    world.expect(
      answer.status === status && answer.json?.code === code,
      `${what}: ${answer.status} ${answer.json?.code}, not ${status} ${code}`,
    );
    world.expect(
      pointer === null || pointers.includes(pointer),
      `${what}: named ${JSON.stringify(pointers)}, not ${pointer}`,
    );
    world.expect(answer.json?.detail?.length > 0, `${what}: no sentence for a person`);
  }
  world.expect((await world.books()) === before, 'something was half applied');
}

async function largeAndDeep(world) {
  const before = await world.books();
  const large = JSON.stringify(order({ attributes: { note: 'x'.repeat(10 << 20) } }));
  for (const path of ['/v1/orders', '/v1/holds', '/v1/orders/BAD/substitute']) {
    const answer = await world.post(path, large);
    world.expect(
      answer.status === 413 && answer.json?.code === 'too_large',
      `10 MB to ${path}: ${answer.status}, not 413`,
    );
  }
  const deep = (open, close) => `${open.repeat(10_000)}1${close.repeat(10_000)}`;
  for (const [what, text] of Object.entries({
    lists: `{"id":"BAD","lines":${deep('[', ']')}}`,
    objects: `{"id":"BAD","lines":[],"attributes":${deep('{"a":', '}')}}`,
    'lists that never end': `{"id":"BAD","lines":${'['.repeat(10_000)}`,
  })) {
    const answer = await world.post('/v1/orders', text);
    world.expect(
      [400, 422].includes(answer.status) && answer.json?.code,
      `10,000 levels of ${what}: ${answer.status}`,
    );
  }
  world.expect((await world.get('/healthz')) !== null, 'the daemon is not well');
  world.expect((await world.books()) === before, 'something was half applied');
}

// A line that can't be stops alone: it says why, and the rest gets its lots.
async function impossibleLines(world) {
  const lines = [
    ['1', 'GYP-500', '2', null],
    ['2', 'NO-SUCH-SKU', '1', 'unknown_sku'],
    ['3', 'GYP-500', '-1', 'invalid_quantity'],
    ['4', 'GYP-500', '1.5', 'invalid_quantity'],
    ['5', 'GYP-500', '9223372036854775808', 'invalid_quantity'],
    ['6', 'GYP-500', '1e300', 'invalid_quantity'],
    ['7', 'GYP-500', '3', null],
  ];
  const body = lines.map(([name, sku, quantity]) => `{"line":"${name}","sku":"${sku}","quantity":${quantity}}`);
  const answer = await world.post('/v1/orders', `{"id":"MIXED","lines":[${body.join(',')}]}`);
  if (!world.expect(answer.status === 200, `the mixed order: ${answer.status} ${answer.text}`)) return;
  const found = (await world.order('MIXED', 'api')).lines;
  for (const [name, , quantity, why] of lines) {
    const one = found.find((row) => row.line === name);
    if (why === null) {
      world.expect(Number(one?.allocated) === Number(quantity), `line ${name} got ${one?.allocated} of ${quantity}`);
    } else {
      world.expect(
        JSON.stringify(one ?? '').includes(`"${why}"`),
        `line ${name} does not say ${why}: ${JSON.stringify(one)}`,
      );
      world.expect(Number(one?.allocated ?? 0) === 0, `line ${name} got ${one?.allocated}`);
    }
  }
  const [lot] = await world.all(`/v1/stock?sku=GYP-500&lot=${LOT}&${OWNER}`);
  world.expect(
    Number(lot.reserved) === 5 && Number(lot.on_hand) === 500,
    `${lot.reserved} of ${lot.on_hand} are reserved, not 5 of 500`,
  );
}

// In order, a line each; a broken one costs only itself.
async function stream(world) {
  const good = (id) => JSON.stringify({ type: 'order', owner: 'pure-fresh', id, lines: [line({})] });
  const sent = [
    good('N-1'),
    '{"type":"order","id":',
    good('N-2'),
    JSON.stringify({ type: 'elephant', id: 'E' }),
    '',
    JSON.stringify({ type: 'order', owner: 'pure-fresh', id: 'N-3', lines: [line({ quantity: 'x' })] }),
    good('N-4'),
  ];
  const answer = await world.ask('POST', '/v1/documents', `${sent.join('\n')}\n`, {
    'Content-Type': 'application/x-ndjson',
  });
  world.expect(answer.status === 200, `the stream: ${answer.status}`);
  const rows = answer.text
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text));
  const codes = rows.map((row) => row.code ?? 'ok').join(' ');
  world.expect(codes === 'ok bad_json ok invalid_value invalid_value ok', `the stream's answers: ${codes}`);
  world.expect(
    rows.at(-2)?.errors?.some(({ pointer }) => pointer.endsWith('/lines/0/quantity')),
    `the bad line names ${JSON.stringify(rows.at(-2)?.errors)}`,
  );
  for (const id of ['N-1', 'N-2', 'N-4']) {
    world.expect(Number((await world.order(id, 'api'))?.lines[0].allocated) === 1, `order ${id} has no lot`);
  }
  world.expect((await world.order('N-3', 'api')) === null, 'the bad order of the stream is there');
}

process.exit(
  await scene(async (world) => {
    await world.stock();
    await refused(world);
    await largeAndDeep(world);
    await impossibleLines(world);
    await stream(world);
    const { code, out } = await world.lotctl(['verify'], [0, 1]);
    world.expect(code === 0, `verify: ${out}`);
  }),
);
