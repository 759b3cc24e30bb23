// daemon_corpus.mjs LOTBRIDGED: the whole corpus, sent to a real daemon by HTTP.
//
// What ajv and the reader call bad must be refused as a wrong shape at the same place, and change nothing; what they
// call good must get past the door (a rule may still refuse it). Every answer is judged by the OpenAPI file.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadSchemas, pointersOf } from './schemas.mjs';
import { loadTraffic } from './traffic.mjs';

const corpus = join(dirname(fileURLToPath(import.meta.url)), '..', 'schemas', 'corpus', 'documents');
const folder = mkdtempSync(join(tmpdir(), 'lotbridge-corpus-'));
const complaints = [];
const judgeTraffic = loadTraffic();
const judge = loadSchemas();

const warehouses = ['MAD1', 'BCN1', 'W', 'A', 'B'];
writeFileSync(join(folder, 'lotbridge.yaml'), `listen: 127.0.0.1:0
store: sqlite:${folder}/lotbridge.db
testing: {clock: "2026-05-18T12:00:00Z"}
warehouses:
${warehouses.map((name) => `  - {name: ${name}, time_zone: Europe/Madrid}`).join('\n')}
owners: [{name: o}, {name: p}, {name: pure-fresh}]
tokens: [{name: test, token: {env: CORPUS_TOKEN}, owners: "*", warehouses: "*", scopes: [admin]}]
connectors: []
`);

const token = 'corpus-token-0123456789-0123456789';
const daemon = spawn(process.argv[2], ['--config', join(folder, 'lotbridge.yaml')], {
  env: { ...process.env, CORPUS_TOKEN: token },
  stdio: ['ignore', 'pipe', 'pipe'],
});
let log = '';
const base = new Promise((resolve, reject) => {
  const read = (piece) => {
    log += piece;
    const port = /"port":\s*"?(\d+)|127\.0\.0\.1:(\d+)/.exec(log);
    if (port) resolve(`http://127.0.0.1:${port[1] ?? port[2]}`);
  };
  daemon.stdout.on('data', read);
  daemon.stderr.on('data', read);
  daemon.once('exit', (code, signal) => reject(new Error(`the daemon ended with ${code ?? signal}:\n${log}`)));
  setTimeout(() => reject(new Error(`the daemon does not say where it listens:\n${log}`)), 20_000).unref();
});

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

let last = '';
async function call(method, path, body) {
  last = `${method} ${path}`;
  const answer = await fetch((await base) + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    body,
  });
  const text = await answer.text();
  complaints.push(...judgeTraffic({
    method, path, status: answer.status, requestBody: body ?? '',
    responseType: answer.headers.get('content-type') ?? '', responseBody: text,
  }));
  const whole = (answer.headers.get('content-type') ?? '').includes('ndjson') ? text : parsed(text);
  return { status: answer.status, body: whole };
}

// The stored things that a good document may name and that are not there: content, not shape.
const namesNothing = (body) => body.errors?.[0]?.pointer === '/void_of';

const plural = { policy: 'policies', dispatch: 'dispatches' };
let sent = 0;

// Goods come before what happens to them.
const types = ['item', 'policy', 'receipt', 'order', 'pick', 'cancellation', 'dispatch', 'return', 'transfer', 'count',
  'adjustment', 'transformation', 'lot_correction', 'purchase_order', 'charge', 'resolution', 'owner_transfer', 'hold',
  'release', 'recall'];

async function submitAll() {
  for (const type of types) {
    for (const verdict of readdirSync(join(corpus, type))) {
      for (const name of readdirSync(join(corpus, type, verdict))) {
        const where = `${type}/${verdict}/${name}`;
        const document = { ...JSON.parse(readFileSync(join(corpus, type, verdict, name), 'utf8')) };
        if (document.owner === undefined || document.owner === null) document.owner = 'o';
        if (verdict === 'good') document.id = document.id === undefined ? undefined : `${name}-${document.id}`;
        const path = `/v1/${plural[type] ?? `${type.replace('_', '-')}s`}`;
        let { status, body } = await call('POST', path, JSON.stringify(document));
        sent += 1;
        if (verdict === 'good' && namesNothing(body)) {
          // The same as if it took nothing back; where that is all it says, there is nothing left to send.
          delete document.void_of;
          if (document.lines === undefined && document.inputs === undefined) continue;
          ({ status, body } = await call('POST', path, JSON.stringify(document)));
        }
        const refused = status === 422 && ['unknown_key', 'invalid_value'].includes(body.code);
        if (verdict === 'good' && (refused || status === 400 || status >= 500))
          complaints.push(`${where}: ${status} ${JSON.stringify(body)}`);
        if (verdict === 'good') continue;
        if (!refused) complaints.push(`${where}: ${status} instead of a wrong shape: ${JSON.stringify(body)}`);
        const validate = judge(`documents/${type}`);
        const pointer = body.errors?.[0]?.pointer;
        if (verdict === 'bad' && refused && !validate(document) && !pointersOf(validate.errors).has(pointer))
          complaints.push(`${where}: points at '${pointer}'`);
      }
    }
  }
}

// All of them again as one stream: a line of answer for each line, in order.
async function submitStream() {
  const folderOf = (verdict) => join(corpus, 'any', verdict);
  const lines = ['good', 'bad'].flatMap((verdict) =>
    readdirSync(folderOf(verdict))
      .map((name) => ({ verdict, text: readFileSync(join(folderOf(verdict), name), 'utf8') })),
  );
  const { status, body } = await call('POST', '/v1/documents', lines.map(({ text }) => text.trim()).join('\n'));
  const answers = (typeof body === 'string' ? body : '').trimEnd().split('\n').map((line) => JSON.parse(line));
  if (status !== 200 || answers.length !== lines.length)
    complaints.push(`the stream of ${lines.length} lines: ${status}, ${answers.length} answers`);
  answers.forEach((answer, i) => {
    if (lines[i].verdict === 'bad' && answer.status !== 422)
      complaints.push(`a bad line of the stream: ${JSON.stringify(answer)}`);
  });
}

// Every list and the things in them, as they are described.
async function readAll() {
  const lists = ['items', 'policies', 'receipts', 'orders', 'picks', 'cancellations', 'dispatches', 'returns', 'holds',
    'releases', 'transfers', 'counts', 'adjustments', 'stock', 'availability', 'lots', 'ledger', 'audit', 'connectors',
    'deliveries', 'parked?state=all', 'alerts?state=all'];
  for (const list of lists) {
    let cursor = '';
    let rows = [];
    for (let pages = 0; pages < 20 && cursor !== null; ++pages) {
      const mark = list.includes('?') ? '&' : '?';
      const { body } = await call('GET', `/v1/${list}${mark}limit=7&cursor=${encodeURIComponent(cursor)}`);
      rows = rows.concat(body.data ?? []);
      cursor = body.next_cursor ?? null;
    }
    const mayBeEmpty = ['connectors', 'deliveries', 'audit', 'alerts?state=all'].includes(list);
    if (rows.length === 0 && !mayBeEmpty)
      complaints.push(`nothing to judge in /v1/${list}`);
    for (const row of rows.slice(0, 25)) {
      if (row.uid) await call('GET', `/v1/${list}/${encodeURIComponent(row.uid)}`);
      if (list !== 'lots') continue;
      await call('GET', `/v1/lots/${encodeURIComponent(row.sku)}/${encodeURIComponent(row.lot)}?owner=${row.owner}`);
      const about = `sku=${encodeURIComponent(row.sku)}&lot=${encodeURIComponent(row.lot)}&owner=${row.owner}`;
      await call('GET', `/v1/trace?${about}`);
    }
  }
  for (const path of ['/healthz', '/readyz', '/openapi.json', '/v1/nothing', '/v1/orders/nothing', '/v1/lots/no/no'])
    await call('GET', path);
  const { body } = await call('POST', '/v1/verify');
  if (body.ok !== true) complaints.push(`the store is not well: ${JSON.stringify(body)}`);
}

try {
  await submitAll();
  await submitStream();
  await readAll();
} catch (error) {
  complaints.push(`after ${last}: ${error.stack ?? error} ${error.cause ?? ''}\n${log.slice(-3000)}`);
} finally {
  if (daemon.exitCode !== null || daemon.signalCode !== null)
    complaints.push(`the daemon ended by itself: ${daemon.exitCode} ${daemon.signalCode}`);
  else {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}
for (const line of complaints.slice(0, 60)) console.log(line.slice(0, 1500));
console.log(`${sent} documents sent: ${complaints.length} complaints`);
process.exit(complaints.length === 0 && sent > 400 ? 0 : 1);
