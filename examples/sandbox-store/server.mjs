#!/usr/bin/env node
// A shop in one process: the platform's Admin GraphQL API over a small stateful store, webhooks signed
// with the app's secret, and /sandbox/ calls to play customer and merchant. Needs Node 18, no packages.
import { createServer } from 'node:http';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timingSafeEqual } from 'node:crypto';
import { parseArgs } from 'node:util';
import { admin } from './admin.mjs';
import { Bucket, execute } from './execute.mjs';
import { Faults, play } from './faults.mjs';
import { schemaOf } from './schema.mjs';
import { Store } from './store.mjs';
import { Refused } from './refused.mjs';
import { Webhooks } from './webhooks.mjs';

const API_VERSION = '2026-07';
const BODY_LIMIT = 10 * 1024 * 1024;
const HELP = `Usage: node server.mjs --secret-file F --token-file F [options]
  --port N           0 takes a free one; the port is printed either way (default 0)
  --state DIR        keep the shop in DIR/store.json over restarts
  --webhooks URL     where signed webhooks go (also settable later: POST /sandbox/webhooks)
  --clock TIME       start with a clock of its own that moves on one second with each change
  --shop DOMAIN      default sandbox.myshopify.com
  --first-order N    its number (1001)
  --bucket N --restore N   cost points of the throttle and how many come back a second (2000, 100)
  --attempts N       how often a webhook is tried (9)
  --retry-ms N       first delay before a webhook is sent again (250)
`;

function options() {
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: {
      port: text,
      state: text,
      webhooks: text,
      clock: text,
      shop: text,
      'first-order': text,
      bucket: text,
      restore: text,
      'retry-ms': text,
      attempts: text,
      'secret-file': text,
      'token-file': text,
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  if (!values['secret-file'] || !values['token-file']) {
    process.stderr.write(HELP);
    process.exit(2);
  }
  return values;
}

const secretOf = (file) => readFileSync(file, 'utf8').trim();

function load(dir) {
  if (!dir) return null;
  mkdirSync(dir, { recursive: true });
  try {
    return JSON.parse(readFileSync(join(dir, 'store.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

// A restart finds the last whole state: the new file is complete before it takes the old one's name.
function save(dir, state) {
  if (!dir) return;
  const fresh = join(dir, 'store.json.new');
  writeFileSync(fresh, JSON.stringify(state));
  renameSync(fresh, join(dir, 'store.json'));
}

function readBody(request) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let size = 0;
    request.on('data', (part) => {
      size += part.length;
      if (size > BODY_LIMIT) reject(new Refused('The body is too large'));
      else parts.push(part);
    });
    request.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    request.on('error', reject);
  });
}

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

function sameText(a, b) {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

async function graphql(context, request, response, text) {
  const version = /^\/admin\/api\/(\d{4}-\d{2}|unstable)\/graphql\.json$/.exec(request.url)[1];
  if (!sameText(request.headers['x-shopify-access-token'] ?? '', context.token)) {
    answer(response, 401, {
      errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
    });
    return;
  }
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    answer(response, 400, { errors: { query: 'Required parameter missing or invalid' } });
    return;
  }
  const query = String(body.query ?? '');
  const run = () => {
    const done = JSON.stringify(execute(context.schema, context.bucket, body));
    if (/^\s*mutation\b/.test(query)) context.save();
    return done;
  };
  const name = /(?:query|mutation)\s+(\w+)/.exec(query)?.[1] ?? 'anonymous';
  context.log[name] = (context.log[name] ?? 0) + 1;
  const fault = context.faults.take(query);
  if (fault && (await play(fault, query, response, run))) return;
  const done = run();
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'X-Shopify-API-Version': version });
  response.end(done);
}

async function handle(context, request, response) {
  const text = await readBody(request);
  const path = request.url.split('?')[0];
  if (/^\/admin\/api\/[^/]+\/graphql\.json$/.test(path) && request.method === 'POST') {
    await graphql(context, request, response, text);
    return;
  }
  if (!path.startsWith('/sandbox/')) {
    answer(response, 404, { errors: 'Not Found' });
    return;
  }
  const done = admin(context, request.method, path, text ? JSON.parse(text) : {});
  context.save();
  if (done === undefined) answer(response, 404, { error: `No call ${request.method} ${path}` });
  else answer(response, request.method === 'POST' ? 201 : 200, done);
}

function main() {
  const args = options();
  const store = new Store({
    state: load(args.state),
    startAt: args.clock ?? null,
    shop: args.shop,
    firstOrder: Number(args['first-order'] ?? 1001),
  });
  const persist = () => save(args.state, store.state);
  const hooks = new Webhooks({
    store,
    secret: secretOf(args['secret-file']),
    url: args.webhooks ?? null,
    apiVersion: API_VERSION,
    retryMs: Number(args['retry-ms'] ?? 250),
    attempts: Number(args.attempts ?? 9),
    changed: persist,
  });
  store.events = (topic, subject) => hooks.happened(topic, subject);
  const context = {
    store,
    hooks,
    faults: new Faults(),
    schema: schemaOf(store),
    token: secretOf(args['token-file']),
    log: {},
    save: persist,
    bucket: new Bucket(Number(args.bucket ?? 2000), Number(args.restore ?? 100), Date.now),
  };
  const server = createServer((request, response) => {
    handle(context, request, response).catch((error) => {
      const known = error instanceof Refused || error instanceof SyntaxError;
      if (!known) process.stderr.write(`${error.stack}\n`);
      if (!response.headersSent) answer(response, known ? 422 : 500, { error: error.message });
    });
  });
  server.listen(Number(args.port ?? 0), '127.0.0.1', () => {
    process.stdout.write(`${server.address().port}\n`);
    hooks.kick();
  });
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      persist();
      process.exit(0);
    });
  }
}

main();
