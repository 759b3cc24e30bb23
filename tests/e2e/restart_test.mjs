// The life of an installation: a clean stop, a store of a newer version, a backup and its check, and every verb of
// lotctl with its exit codes: 0 done, 1 refused, 2 wrong usage, 3 nobody there.
import { spawnSync } from 'node:child_process';
import { closeSync, copyFileSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LOT, OWNER, SHOP, anybodyDispatches, scene } from './scene.mjs';

const sql = (file, text) => spawnSync('sqlite3', [file, text], { encoding: 'utf8' });
if (sql(':memory:', 'SELECT 1').status !== 0) {
  console.log('SKIP: the program sqlite3 is not installed (apt-get install sqlite3)');
  process.exit(77);
}

// What each verb must say, as a table; and that --json is JSON.
const VERBS = [
  [['status'], /lotbridged.*shopify-eu/s],
  [['order', '#1001'], new RegExp(LOT)],
  [['order', '#1001', '--explain'], new RegExp(LOT)],
  [['picklist'], new RegExp(LOT)],
  [['picklist', '#1001', '--warehouse', 'MAD1'], new RegExp(LOT)],
  [['lot', 'GYP-500', LOT], /2026-05-30/],
  [['stock', '--sku', 'GYP-500'], new RegExp(LOT)],
  [['trace', 'GYP-500', LOT], /#1002/],
  [['deliveries'], /lots\.plan/],
  [['deliveries', '--state', 'delivered'], /fulfillments\.create/],
  [['connectors'], /shopify-farm/],
  [['parked'], /html/i],
  [['alerts', '--state', 'all'], /./],
  [['verify'], /sound/],
  [['rebuild', '--check'], /balances are what the ledger says.*pure-fresh: ledger [0-9a-f]{64}/s],
  [['report', 'expiry'], /0-30 .*█/],
  [['report', 'ageing'], /0-30 .*█/],
  [['report', 'at-risk', '--forecast-per-day', '10'], new RegExp(LOT)],
  [['report', 'movement', '--days', '7'], new RegExp(`${LOT} +slow`)],
  [['report', 'returns'], new RegExp(LOT)],
  [['report', 'suppliers'], /supplier/],
];

async function day(world) {
  await world.stock();
  await world.polled();
  for (const quantity of [2, 3]) {
    const { id } = await world.shop(SHOP, 'POST', '/sandbox/orders', { lines: [{ sku: 'GYP-500', quantity }] });
    await world.until('the order', async () => Number((await world.order(id))?.lines[0].allocated) === quantity);
  }
  await world.must('/v1/dispatches', {
    id: 'S-1',
    order: '#1002',
    warehouse: 'MAD1',
    tracking_number: 'T-1',
    lines: [{ sku: 'GYP-500', quantity: 3, lots: [{ lot: LOT, quantity: 3 }] }],
  });
  await world.hook('<html>', { delivery: 'html' });
  await world.until('the parked webhook', async () => (await world.all('/v1/parked?state=open')).length === 1);
  await world.settle();
}

async function verbs(world) {
  for (const [args, says] of VERBS) {
    const what = `lotctl ${args.join(' ')}`;
    const plain = await world.lotctl([...args, '--owner', 'pure-fresh'], [0, 1, 2]);
    world.expect(plain.code === 0, `${what}: exit ${plain.code}: ${plain.err}`);
    world.expect(says.test(plain.out), `${what} does not say ${says}: ${plain.out.slice(0, 600)}`);
    const json = await world.lotctl([...args, '--owner', 'pure-fresh', '--json'], [0, 1, 2]);
    world.expect(json.code === 0, `${what} --json: exit ${json.code}: ${json.err}`);
    try {
      JSON.parse(json.out);
    } catch (error) {
      world.expect(false, `${what} --json: ${error.message}: ${json.out.slice(0, 200)}`);
    }
  }
  const csv = (await world.lotctl(['picklist', '#1001', '--format', 'csv'])).out.trim().split(/\r?\n/);
  world.expect(
    csv.length === 2 && csv[0].split(',').length === csv[1].split(',').length && csv[1].includes(LOT),
    `csv: ${csv}`,
  );
  const html = (await world.lotctl(['picklist', '#1001', '--format', 'html'])).out;
  world.expect(
    /^<!doctype html>/i.test(html) && html.includes(LOT) && /<\/html>\s*$/i.test(html),
    `html: ${html.slice(0, 200)}`,
  );
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await world.lotctl(['completion', shell]);
    world.expect(/picklist/.test(out) && /lotctl/.test(out), `completion ${shell}: ${out.slice(0, 200)}`);
    if (shell !== 'bash') continue;
    world.expect(spawnSync('bash', ['-n'], { input: out }).status === 0, 'bash does not understand its completion');
  }
}

async function exitCodes(world) {
  const codes = [
    [['order', '#9999'], 1],
    [['lot', 'GYP-500', 'NO-SUCH-LOT'], 1],
    [['no-such-verb'], 2],
    [[], 2],
    [['order'], 2],
    [['picklist', '--format', 'pdf'], 2],
    [['import', 'items', '/no/such/file.csv'], 2],
    [['submit', '/no/such/file.json'], 2],
    [['stock', '--token-file', '/no/such/token'], 2],
    [['status', '--url', 'http://127.0.0.1:1'], 3],
    [['stock', '--url', 'http://127.0.0.1:1'], 3],
    [['verify', '--url', 'http://127.0.0.1:1'], 3],
  ];
  for (const [args, wanted] of codes) {
    const { code, err } = await world.lotctl(args, [0, 1, 2, 3]);
    world.expect(code === wanted, `lotctl ${args.join(' ')}: exit ${code}, not ${wanted}`);
    world.expect(err.trim() !== '', `lotctl ${args.join(' ')}: says nothing about it`);
  }
}

// Rows that can't be are named with file and line, and the others go in: what we see is wrong, and what only the
// daemon knows.
async function badRows(world) {
  const items = join(world.folder, 'items.csv');
  writeFileSync(
    items,
    'sku,name,shelf_life_days\nNEW-1,One,10\nNEW-2,Two,ten\n,Nameless,5\nNEW-3,"Three, quoted",12\n',
  );
  const first = await world.lotctl(['import', 'items', items, '--owner', 'pure-fresh'], [0, 1, 2]);
  world.expect(first.code === 1, `import items: exit ${first.code}, not 1`);
  for (const at of [3, 4])
    world.expect(first.err.includes(`items.csv:${at}: `), `line ${at} is not named: ${first.err}`);
  world.expect(!/items\.csv:[125]: /.test(first.err), `a good row is blamed: ${first.err}`);
  const known = (await world.all(`/v1/items?${OWNER}`))
    .map((item) => item.sku)
    .filter((sku) => sku.startsWith('NEW'))
    .sort();
  world.expect(known.join() === 'NEW-1,NEW-3', `the items are ${known}`);

  const stock = join(world.folder, 'stock.csv');
  const rows = [
    'NEW-1,N1-A,2026-07-01,5,MAD1',
    'NEW-1,N1-B,2026-02-30,5,MAD1',
    'NEW-1,N1-C,2026-07-01,five,MAD1',
    'NEW-3,N3-A,2026-07-02,7,MAD1',
  ];
  writeFileSync(stock, `\uFEFFsku,lot,expires_on,quantity,warehouse\r\n${rows.join('\r\n')}\r\n`);
  const second = await world.lotctl(['import', 'stock', stock, '--owner', 'pure-fresh'], [0, 1, 2]);
  world.expect(second.code === 1, `import stock: exit ${second.code}, not 1`);
  for (const at of [3, 4])
    world.expect(second.err.includes(`stock.csv:${at}: `), `line ${at} is not named: ${second.err}`);
  const lots = (await world.all(`/v1/stock?${OWNER}`))
    .filter((row) => row.sku.startsWith('NEW'))
    .map((row) => `${row.lot} ${row.on_hand}`);
  world.expect(lots.sort().join() === 'N1-A 5,N3-A 7', `the stock is ${lots}`);

  const third = join(world.folder, 'unknown.csv');
  writeFileSync(third, 'sku,lot,expires_on,quantity,warehouse\nNEW-1,N1-D,2026-07-01,5,NOWHERE\n');
  const refused = await world.lotctl(['import', 'stock', third, '--owner', 'pure-fresh'], [0, 1, 2]);
  world.expect(
    refused.code === 1 && /unknown\.csv/.test(refused.err) && /warehouse/i.test(refused.err),
    `an unknown warehouse: exit ${refused.code}: ${refused.err}`,
  );
}

async function backups(world) {
  await world.lotctl(['backup', 'nightly.db']);
  const file = join(world.folder, 'backups', 'nightly.db');
  const good = await world.lotctl(['restore', '--check', file], [0, 1, 2]);
  world.expect(
    good.code === 0 && /can be restored/.test(good.out),
    `restore --check: exit ${good.code}: ${good.err}`,
  );
  const json = await world.lotctl(['restore', '--check', file, '--json'], [0, 1, 2]);
  world.expect(JSON.parse(json.out).ok === true, `restore --check --json: ${json.out}`);
  const again = await world.lotctl(['backup', 'nightly.db'], [0, 1, 2]);
  world.expect(again.code === 1, `a backup over another one: exit ${again.code}, not 1`);
  const outside = await world.lotctl(['backup', '../stolen.db'], [0, 1, 2]);
  world.expect(outside.code === 1, `a backup outside of its folder: exit ${outside.code}, not 1`);

  const bad = [join(world.folder, 'no-such.db')];
  for (const change of [
    'UPDATE balances SET quantity = quantity + 1000000',
    'DELETE FROM balances',
    'DELETE FROM stamps',
    'DROP TRIGGER ledger_no_update; UPDATE ledger SET quantity = quantity + 1000000 WHERE number = 1',
  ]) {
    bad.push(join(world.folder, `changed-${bad.length}.db`));
    copyFileSync(file, bad.at(-1));
    world.expect(sql(bad.at(-1), change).status === 0, `the test itself is wrong: ${change}`);
  }
  const torn = join(world.folder, 'torn.db');
  copyFileSync(file, torn);
  const out = openSync(torn, 'r+');
  writeSync(out, Buffer.alloc(64 * 1024, 0x5a), 0, 64 * 1024, 16 * 1024);
  closeSync(out);
  for (const one of [...bad, torn]) {
    const { code, err } = await world.lotctl(['restore', '--check', one], [0, 1, 2]);
    world.expect(code === 1 && err.trim() !== '', `restore --check ${one}: exit ${code}, not 1`);
  }
  return file;
}

// SIGTERM ends it within seconds and with 0; nothing that was there is gone afterwards.
async function cleanStop(world) {
  const before = await world.books();
  const started = Date.now();
  const ended = await world.killDaemon('SIGTERM');
  world.expect(ended.code === 0 && ended.signal === null, `SIGTERM: exit ${ended.code}, signal ${ended.signal}`);
  world.expect(Date.now() - started < 10_000, `it took ${Date.now() - started} ms to stop`);
  const { code } = await world.lotctl(['status', '--url', `http://127.0.0.1:${world.port}`], [0, 1, 2, 3]);
  world.expect(code === 3, `lotctl status of a stopped daemon: exit ${code}, not 3`);
  await world.startDaemon();
  world.expect((await world.books()) === before, 'after a clean stop the books are not what they were');
}

const run = (world, config) =>
  spawnSync(join(world.build, 'bin/lotbridged'), ['--config', config], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, LOTBRIDGE_TOKEN: 'a-token-that-nobody-uses-anywhere' },
  });

// A store that a newer program wrote is left alone; a backup taken in its place works.
async function newerStore(world, backup) {
  await world.killDaemon('SIGTERM');
  const config = join(world.folder, 'lotbridge.yaml');
  const store = join(world.folder, 'lotbridge.db');
  sql(store, "UPDATE meta SET value = '99' WHERE key = 'schema_version'");
  const bytes = readFileSync(store);
  const { status, stdout, stderr } = run(world, config);
  world.expect(status === 2, `a store of a newer version: exit ${status}, not 2`);
  world.expect(
    /version 99/.test(stdout + stderr) && /newer program/.test(stdout + stderr),
    `it says ${stdout}${stderr}`,
  );
  world.expect(readFileSync(store).equals(bytes), 'the newer store was changed');

  const other = join(world.folder, 'other.yaml');
  const text = readFileSync(config, 'utf8');
  for (const [what, broken] of Object.entries({
    'an unknown key': `${text}colour: red\n`,
    'broken YAML': 'listen: [',
    'a missing secret': text.replace('LOTBRIDGE_TOKEN', 'NO_SUCH_VARIABLE'),
  })) {
    writeFileSync(other, broken);
    const bad = run(world, other);
    world.expect(
      bad.status === 2 && /other\.yaml:\d+:\d+/.test(bad.stderr),
      `${what}: exit ${bad.status}: ${bad.stderr}`,
    );
  }
  copyFileSync(backup, store);
  await world.startDaemon();
  world.expect(
    (await world.order('#1002'))?.status === 'dispatched',
    'the restored backup does not know what was dispatched',
  );
  world.expect((await world.lotctl(['verify'], [0, 1])).code === 0, 'the restored backup does not verify');
}

process.exit(
  await scene(
    async (world) => {
      await day(world);
      await verbs(world);
      await exitCodes(world);
      await badRows(world);
      const backup = await backups(world);
      await cleanStop(world);
      await newerStore(world, backup);
    },
    { edit: anybodyDispatches },
  ),
);
