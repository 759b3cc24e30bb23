// What the fault tests share: a day's world (examples/demo) behind the recording proxy, sentences about what must
// hold, and at the end ajv's word on every exchange. A scene ends with exit code 0 or 1; where ajv is not installed
// its exchanges are not judged.
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { START } from '../../examples/demo/day.mjs';
import { SHOPS, TOKEN, World } from '../../examples/demo/world.mjs';
import { startJudged } from './judged.mjs';

export { SHOPS, START, TOKEN };
export const SHOP = 'shopify-eu';
export const LOT = 'GYP-260516-B01-MA';
export const OWNER = 'owner=pure-fresh';
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// The demo's configuration; `edit` changes its text each time the daemon starts.
export class FaultWorld extends World {
  constructor({ edit = (text) => text, ...options }) {
    super(options);
    this.edit = edit;
    this.wrong = [];
  }

  config() {
    return this.edit(super.config());
  }

  expect(holds, sentence) {
    if (!holds) this.wrong.push(sentence);
    return Boolean(holds);
  }

  // One request, once, whatever comes back (World.call repeats while the daemon says 503).
  ask(method, path, body = '', headers = {}) {
    const bytes = Buffer.from(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
    const { hostname, port } = new URL(this.url);
    return new Promise((done, failed) => {
      const call = request(
        {
          host: hostname,
          port,
          method,
          path,
          headers: {
            Authorization: `Bearer ${TOKEN}`,
            'Content-Type': 'application/json',
            'Content-Length': bytes.length,
            ...headers,
          },
        },
        (answer) => {
          const chunks = [];
          answer.on('data', (chunk) => chunks.push(chunk));
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const json = /[/+]json\b/.test(answer.headers['content-type']) ? JSON.parse(text || 'null') : null;
            done({ status: answer.statusCode, text, json, headers: answer.headers });
          });
        },
      );
      call.on('error', failed);
      call.end(bytes);
    });
  }

  post(path, body) {
    return this.ask('POST', `${path}?${OWNER}`, body);
  }

  async must(path, body) {
    const answer = await this.post(path, body);
    if (answer.status !== 200) throw new Error(`POST ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  // A webhook as the shop would send it; `sign` makes the signature's header (null: none).
  hook(body, { connector = SHOP, topic = 'orders/create', delivery = 'delivery-1', sign = signed } = {}) {
    const headers = { Authorization: '', 'X-Shopify-Topic': topic, 'X-Shopify-Webhook-Id': delivery };
    const signature = sign(body, SHOPS[connector]?.secret ?? 'none');
    if (signature !== null) headers['X-Shopify-Hmac-Sha256'] = signature;
    return this.ask('POST', `/hooks/${connector}`, body, headers);
  }

  // The order as the daemon knows it; null while it has not heard of it.
  async order(id, source = SHOP) {
    const { status, json } = await this.call('GET', `/v1/orders/${encodeURIComponent(id)}?source=${source}&${OWNER}`);
    return status === 200 ? (json.order ?? json) : null;
  }

  // Everything that a refused document must not have touched.
  async books() {
    const out = {};
    for (const list of ['orders', 'items', 'receipts', 'dispatches', 'stock', 'ledger', 'parked']) {
      out[list] = await this.all(`/v1/${list}?${OWNER}`);
    }
    return JSON.stringify(out);
  }

  // One item and a lot of it, enough for every order of a test.
  async stock(quantity = 500) {
    await this.must('/v1/items', { sku: 'GYP-500', name: 'Greek yogurt 500 g', shelf_life_days: 14 });
    await this.must('/v1/receipts', {
      id: 'OPEN',
      kind: 'opening',
      warehouse: 'MAD1',
      received_on: '2026-05-16',
      lines: [{ line: '1', sku: 'GYP-500', quantity, lot: LOT, expires_on: '2026-05-30' }],
    });
    await this.shop(SHOP, 'POST', '/sandbox/products', { sku: 'GYP-500', title: 'Greek yogurt 500 g' });
  }

  connector(name = SHOP) {
    return this.get('/v1/connectors').then(({ data }) => data.find((row) => row.name === name));
  }

  // Until the first poll is over, an order that nobody told us of might be found by it.
  async polled() {
    await this.until('the first poll', async () =>
      (await this.connector()).operations.some((one) => one.operation.startsWith('orders.pull') && one.last_ok_at),
    );
  }

  // Moves the clock to the next retry whenever nothing else stirs, until nothing waits. (What is due may stand behind
  // a connector that was told to slow down, so it is not enough to look at what is due.)
  async settle(ms = 60_000) {
    let seen = '';
    let since = 0;
    await this.until(
      'everything that goes out to be settled',
      async () => {
        const waiting = await this.all('/v1/deliveries?state=pending');
        if (waiting.length === 0) return true;
        const now = JSON.stringify([this.now, waiting.map((row) => [row.id, row.attempts])]);
        if (now !== seen) [seen, since] = [now, Date.now()];
        const later = waiting.map((row) => Date.parse(row.next_at)).filter((at) => at > Date.parse(this.now));
        if (later.length < waiting.length && Date.now() - since < 400) return false;
        if ((await this.connector()).state !== 'ready') await this.later(901_000);
        else if (later.length > 0) await this.moveClock(new Date(Math.min(...later)).toISOString());
        return false;
      },
      ms,
    );
  }

  later(milliseconds) {
    return this.moveClock(new Date(Date.parse(this.now) + milliseconds).toISOString());
  }

  restart(signal = 'SIGTERM') {
    return this.killDaemon(signal).then((ended) => this.startDaemon().then(() => ended));
  }
}

export const signed = (body, secret) => createHmac('sha256', secret).update(body).digest('base64');

// The warehouse's reports count from anybody, so that a test may say by HTTP what left.
export const anybodyDispatches = (text) => text.replace(/^ *facts_from: .*\n/m, '');

// Runs `play(world)` between a fresh start and the judgement, and ends the process. `folder`: where the day writes.
export async function scene(play, { edit, folder = mkdtempSync(join(tmpdir(), 'lotbridge-fault-')), store } = {}) {
  const world = new FaultWorld({ folder, start: START, edit });
  if (store)
    world.edit = (text) => (edit ?? ((same) => same))(text.replace(/^store: .*$/m, `store: sqlite:${store}`));
  // Whatever happens to this process, what it started ends with it.
  process.on('exit', () => world.children.forEach((child) => child.kill('SIGKILL')));
  let judged;
  let failed = true;
  const started = Date.now();
  try {
    await world.startShops();
    judged = await startJudged(world);
    if (!judged.judge) console.log('ajv is not installed: the exchanges of this test are not judged');
    await play(world);
    const findings = [...world.wrong, ...judged.findings()];
    for (const text of findings.slice(0, 40)) console.log(`- ${text}`);
    console.log(`${judged.exchanges.length} exchanges in ${Date.now() - started} ms, ${findings.length} findings`);
    failed = findings.length > 0;
  } catch (error) {
    for (const text of world.wrong.slice(0, 40)) console.log(`- ${text}`);
    console.log(error.stack);
  } finally {
    await world.stop();
    await judged?.close();
    if (failed) console.log(`the files are in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
  return failed ? 1 : 0;
}
