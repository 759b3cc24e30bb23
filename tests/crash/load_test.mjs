// kill -9 of the real daemon while clients pour documents in, again and again: whatever was acknowledged is there, nothing is there
// twice, and `lotctl verify` finds nothing wrong after each restart.
//   node load_test.mjs [--kills 200] [--seed N] [--forgetful LIBRARY]
// With --forgetful the daemon runs on a disk that takes 5 ms to sync and forgets what was not synced (forgetful.cpp).
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const text = { type: 'string' };
const { values } = parseArgs({ options: { kills: text, seed: text, forgetful: text } });
const kills = Number(values.kills ?? process.env.LOTBRIDGE_KILLS ?? 20);
const seed = Number(values.seed ?? process.env.LOTBRIDGE_SEED ?? Date.now() % 1_000_000);
const build = process.env.LOTBRIDGE_BUILD ?? resolve(import.meta.dirname, '../../build');
const CLIENTS = 8;
const TOKEN = 'load-token-that-is-not-a-secret-at-all';
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// A small seeded generator (mulberry32): the same seed gives the same moments.
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const folder = mkdtempSync(join(tmpdir(), 'lotbridge-load-'));
const port = await new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = server.address();
    server.close(() => done(free));
  });
});
const url = `http://127.0.0.1:${port}`;
writeFileSync(join(folder, 'lotbridge.yaml'), `listen: 127.0.0.1:${port}
store: sqlite:${join(folder, 'lotbridge.db')}
warehouses:
  - {name: MAD1, time_zone: Europe/Madrid}
owners: [{name: pure-fresh, warehouses: [MAD1]}]
tokens:
  - {name: load, token: {env: LOTBRIDGE_TOKEN}, owners: [pure-fresh], warehouses: "*", scopes: [admin]}
`);

let daemon;
async function start() {
  const env = { ...process.env, LOTBRIDGE_TOKEN: TOKEN };
  if (values.forgetful) env.LD_PRELOAD = resolve(values.forgetful);
  const log = openSync(join(folder, 'lotbridged.log'), 'a');
  daemon = spawn(join(build, 'bin/lotbridged'), ['--config', join(folder, 'lotbridge.yaml')], { stdio: ['ignore', log, log], env });
  daemon.gone = new Promise((done) => daemon.on('exit', done));
  for (let i = 0; i < 600; ++i) {
    if (daemon.exitCode !== null) throw new Error(`lotbridged stopped; see ${folder}/lotbridged.log`);
    if ((await fetch(`${url}/readyz`).catch(() => null))?.ok) return;
    await sleep(20);
  }
  throw new Error('lotbridged does not get ready');
}

async function post(path, body) {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  return { status: answer.status, json: await answer.json() };
}

// What was sent: acknowledged (must be there for ever) or in the air when the daemon died (there or not, never twice).
const acknowledged = [];
let inTheAir = [];
const faults = [];
let serial = 0;
let stopping = false;

function next() {
  const id = ++serial;
  if (id % 3 === 0) {
    return { path: '/v1/orders', body: { id: `O${id}`, number: `#${id}`, lines: [{ line: '1', sku: 'YOG', quantity: 1 }] } };
  }
  return {
    path: '/v1/receipts',
    body: {
      id: `R${id}`,
      warehouse: 'MAD1',
      lines: [{ line: '1', sku: 'YOG', quantity: 2, lot: `L${id % 40}`, expires_on: '2030-01-01' }],
    },
  };
}

async function client() {
  while (!stopping) {
    const document = next();
    inTheAir.push(document);
    try {
      const { status, json } = await post(document.path, document.body);
      inTheAir = inTheAir.filter((other) => other !== document);
      if (status === 200) acknowledged.push(document);
      else if (status !== 503) faults.push(`${document.body.id}: ${status} ${JSON.stringify(json)}`);
    } catch {
      return; // killed in the middle of it: it stays in the air
    }
  }
}

function verify() {
  try {
    execFileSync(join(build, 'bin/lotctl'), ['verify', '--url', url], { env: { ...process.env, LOTBRIDGE_TOKEN: TOKEN }, stdio: 'pipe' });
  } catch (error) {
    faults.push(`verify: ${error.stdout}${error.stderr}`);
  }
}

// All of what was acknowledged lately is a duplicate now; what was in the air is sent again and is there once then.
async function check(fresh) {
  for (const document of fresh) {
    const { status, json } = await post(document.path, document.body);
    if (status !== 200 || json.outcome !== 'duplicate')
      faults.push(`${document.body.id} was acknowledged and is now ${status} ${json.outcome ?? json.code}`);
  }
  for (const document of inTheAir) {
    const { status } = await post(document.path, document.body);
    if (status !== 200) faults.push(`${document.body.id}: ${status} when sent again`);
    else acknowledged.push(document);
  }
  inTheAir = [];
}

// Every receipt counts once: nothing lost, nothing twice.
async function balance() {
  const receipts = acknowledged.filter((document) => document.path === '/v1/receipts').length;
  let onHand = 0;
  for (let cursor = ''; cursor !== null; ) {
    const answer = await fetch(`${url}/v1/stock?sku=YOG&limit=500${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`, {
      headers: { Authorization: `Bearer ${TOKEN}` },
    });
    const page = await answer.json();
    for (const row of page.data) onHand += row.on_hand;
    cursor = page.next_cursor;
  }
  if (onHand !== receipts * 2) faults.push(`${receipts} receipts of 2 make ${onHand} on hand`);
}

console.log(`seed ${seed}, ${kills} kills${values.forgetful ? ', on a forgetful disk' : ''}`);
if (values.forgetful && !existsSync(values.forgetful)) throw new Error(`${values.forgetful} is missing`);
await start();
await post('/v1/items', { sku: 'YOG', name: 'Yogurt' });
let done = 0;
for (; done < kills && faults.length === 0; ++done) {
  const before = acknowledged.length;
  stopping = false;
  const clients = Array.from({ length: CLIENTS }, client);
  await sleep(20 + random() * 250);
  daemon.kill('SIGKILL');
  await daemon.gone;
  stopping = true;
  await Promise.all(clients);
  await start();
  await check(acknowledged.slice(before));
  verify();
  await balance();
}
for (const fault of faults.slice(0, 10)) console.log(`  broken: ${fault}`);
daemon.kill('SIGTERM');
await daemon.gone;
console.log(`${done} kills, ${acknowledged.length} documents acknowledged, ${faults.length} faults, seed ${seed}`);
if (faults.length === 0) rmSync(folder, { recursive: true });
else console.log(`  the files are in ${folder}`);
process.exit(faults.length === 0 ? 0 : 1);
