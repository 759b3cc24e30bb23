// Rows 4, 5 and 6: webhooks through sockets, 64 connections, against nginx, a bare inbox and a small Node server.
//
//   node hooks.mjs BUILD [--rounds N] [--seconds N] [ROW...]
import { spawn, execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const build = resolve(words.shift() ?? 'build');
const option = (name, otherwise) => {
  const at = words.indexOf(name);
  return at < 0 ? otherwise : Number(words.splice(at, 2)[1]);
};
const rounds = option('--rounds', 5);
const seconds = option('--seconds', 2);
const rows = words.map(Number);
const wants = (row) => rows.length === 0 || rows.includes(row);

const SECRET = 'bench-webhook-secret';
const BODIES = 200;
const DELIVERIES = 60_000; // more than a round can use: a second delivery by one id would cost less
const folder = mkdtempSync(join(tmpdir(), 'lotbridge-hooks-'));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const freePort = () => new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});

// Orders as Shopify sends them, about 2.6 KB each; distinct orders.
function writeBodies() {
  const order = JSON.parse(readFileSync(join(here, '../../connectors/shopify/cassettes/orders_create.json'), 'utf8'));
  const lines = [];
  for (let i = 0; i < BODIES; i += 1) {
    const one = structuredClone(order);
    one.id += i;
    one.admin_graphql_api_id = `gid://shopify/Order/${one.id}`;
    one.name = `#${1001 + i}`;
    one.note_attributes = [{ name: 'padding', value: 'x'.repeat(600) }];
    const body = JSON.stringify(one);
    lines.push(`${createHmac('sha256', SECRET).update(body).digest('base64')}\t${body}`);
  }
  writeFileSync(join(folder, 'bodies'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'body'), lines[0].split('\t')[1]);
}

// Processor time in microseconds of a process or, by thread name, of some of its threads.
const ticks = (stat) => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
};
// With the processes that it started: connectors run in some of their own.
const childrenOf = (pid) => readdirSync(`/proc/${pid}/task`)
  .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean));
const cpuOf = (pid) => childrenOf(pid).reduce((sum, child) => sum + cpuOf(child),
  ticks(readFileSync(`/proc/${pid}/stat`, 'utf8')));
const cpuOfThreads = (pid, name) => readdirSync(`/proc/${pid}/task`)
  .filter((task) => readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim() === name)
  .reduce((sum, task) => sum + ticks(readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8')), 0);

async function untilOpen(port) {
  for (let i = 0; i < 200; i += 1) {
    const open = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (open) return;
    await sleep(50);
  }
  throw new Error('a server did not start');
}

function wrk(port, path) {
  return new Promise((done, failed) => {
    let text = '';
    const child = spawn('wrk', ['-t1', '-c64', `-d${seconds}s`, '-s', join(here, 'webhooks.lua'),
      `http://127.0.0.1:${port}${path}`], {
      env: { ...process.env, BENCH_BODIES: join(folder, 'bodies'), BENCH_DELIVERIES: String(DELIVERIES) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (part) => { text += part; });
    child.on('exit', () => {
      const found = text.match(/RESULT (\d+) (\d+) (\d+) (\d+)/);
      if (!found) return failed(new Error(text));
      const [requests, us, errors, p99] = found.slice(1).map(Number);
      return done({ requests, errors, rate: requests / (us / 1e6), p99: p99 / 1000 });
    });
  });
}

// Runs one server for one round; `cpu` names what is measured of it.
async function round(command, args, port, path, { env = {}, worker = (pid) => pid, threads } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore'], env: { ...process.env, ...env } });
  try {
    await untilOpen(port);
    const pid = worker(child.pid);
    const before = cpuOf(pid);
    const some = threads ? cpuOfThreads(pid, threads) : 0;
    const result = await wrk(port, path);
    result.cpu = (cpuOf(pid) - before) / result.requests;
    if (threads) result.threadsCpu = (cpuOfThreads(pid, threads) - some) / result.requests;
    if (result.errors > 0) throw new Error(`${command}: ${result.errors} of ${result.requests} failed`);
    return result;
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.on('exit', done));
  }
}

async function product() {
  const port = await freePort();
  const place = mkdtempSync(join(folder, 'daemon-'));
  writeFileSync(join(place, 'lotbridge.yaml'), `listen: 127.0.0.1:${port}
store: sqlite:${place}/lotbridge.db
connector_path: [${build}/connectors]
warehouses:
  - {name: MAD1, time_zone: Europe/Madrid, allocates: us, address: {country: ES}}
owners:
  - {name: pure-fresh, warehouses: [MAD1], routes: [{warehouses: [MAD1]}]}
tokens:
  - {name: bench, token: {env: LOTBRIDGE_TOKEN}, owners: "*", warehouses: "*", scopes: [admin]}
connectors:
  - name: shop
    type: shopify
    owner: pure-fresh
    mode: observe
    poll_seconds: 86400
    settings:
      shop: bench.myshopify.com
      fulfilments: ours
      locations: {"gid://shopify/Location/1": MAD1}
    secrets:
      access_token: {env: BENCH_TOKEN}
      webhook_secret: {env: BENCH_SECRET}
`);
  const env = {
    LOTBRIDGE_TOKEN: 'bench-token-that-is-not-a-secret-at-all', BENCH_TOKEN: 'shpat_bench', BENCH_SECRET: SECRET,
  };
  const result = await round(join(build, 'bin/lotbridged'), ['--config', join(place, 'lotbridge.yaml')], port,
    '/hooks/shop', { env, threads: 'lb-listener' });
  rmSync(place, { recursive: true, force: true });
  return result;
}

async function nginx() {
  const port = await freePort();
  const place = join(folder, 'nginx');
  mkdirSync(join(place, 'logs'), { recursive: true });
  writeFileSync(join(place, 'nginx.conf'), `daemon off; master_process off;
pid ${place}/pid; error_log ${place}/logs/error.log;
events { worker_connections 256; }
http { access_log off; keepalive_requests 1000000000; client_body_buffer_size 64k;
  client_body_temp_path ${place}/b; proxy_temp_path ${place}/p; fastcgi_temp_path ${place}/f;
  uwsgi_temp_path ${place}/u;
  scgi_temp_path ${place}/s; server { listen 127.0.0.1:${port}; location / { return 200; } } }
`);
  return round('nginx', ['-p', place, '-c', join(place, 'nginx.conf')], port, '/');
}

async function small() {
  const port = await freePort();
  return round(process.execPath, [join(here, 'node_server.mjs'), String(port), SECRET], port, '/');
}

const bareInbox = () => Number(execFileSync(join(build, 'bin/bench_inbox'),
  [join(folder, 'body'), join(folder, 'inbox.db'), '20000'], { encoding: 'utf8' }));

const figure = (value) => Number(value.toPrecision(3)).toString();

// Gives whether the floor holds; goal and floor are null in rows for understanding only.
function print(name, mine, reference, ratios, goal, floor, higher = true) {
  const ratio = median(ratios);
  const sign = higher ? '>=' : '<=';
  const holds = (bound) => bound === null || (higher ? ratio >= bound : ratio <= bound);
  const verdict = goal === null ? 'information' : holds(goal) ? 'goal' : holds(floor) ? 'above floor' : 'BELOW FLOOR';
  const bound = (value) => (value === null ? '-' : `${sign} ${value}`);
  const range = `${figure(Math.min(...ratios))}-${figure(Math.max(...ratios))}`;
  const cells = [name, mine, reference, `${figure(ratio)} (${range})`, bound(goal), bound(floor), verdict];
  console.log(`| ${cells.join(' | ')} |`);
  return holds(floor);
}

async function main() {
  writeBodies();
  const got = { product: [], nginx: [], small: [], inbox: [] };
  for (let i = 0; i <= rounds; i += 1) {
    const one = { product: await product(), nginx: await nginx(), small: await small(), inbox: bareInbox() };
    if (i > 0) for (const [name, value] of Object.entries(one)) got[name].push(value);
  }
  const ratios = (of) => got.product.map((_, i) => of(got.product[i], got.nginx[i], got.small[i], got.inbox[i]));
  const of = (name, key) => median(got[name].map((one) => one[key]));
  const rate = (value) => `${Math.round(value)}/s`;
  const us = (value) => `${value.toFixed(1)} us`;
  let good = true;
  if (wants(4)) {
    good = print('4 webhook received, verified and queued: processor time of the listener a request (lower is better)',
      us(of('product', 'threadsCpu')), `nginx ${us(of('nginx', 'cpu'))}`,
      ratios((p, n) => p.threadsCpu / n.cpu), 3.5, 5, false) && good;
    print('4 the whole daemon: stored, translated, matched, applied too (lower is better)', us(of('product', 'cpu')),
      `nginx ${us(of('nginx', 'cpu'))}`, ratios((p, n) => p.cpu / n.cpu), null, null, false);
  }
  if (wants(5)) {
    good = print('5a webhooks answered after they are durable, 64 connections', rate(of('product', 'rate')),
      `nginx ${rate(of('nginx', 'rate'))}`, ratios((p, n) => p.rate / n.rate), 0.2, 0.1) && good;
    good = print('5b the same', rate(of('product', 'rate')), `bare inbox ${rate(median(got.inbox))}`,
      ratios((p, n, s, inbox) => p.rate / inbox), 0.5, null) && good;
  }
  if (wants(6)) {
    good = print(`6 the same (p99 ${of('product', 'p99').toFixed(1)} ms)`, rate(of('product', 'rate')),
      `Node, nothing kept ${rate(of('small', 'rate'))} (p99 ${of('small', 'p99').toFixed(1)} ms)`,
      ratios((p, n, s) => p.rate / s.rate), 1, 0.7) && good;
  }
  return good;
}

let good = false;
try {
  if (!existsSync(join(build, 'bin/lotbridged'))) throw new Error(`there is no lotbridged in ${build}`);
  good = await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(good ? 0 : 1);
