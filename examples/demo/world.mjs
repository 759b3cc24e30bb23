// The processes of the demo's day: two sandbox shops and the real daemon, each a process of its own, talking over real sockets.
// What a step does to the world is safe to repeat, so that a test may kill the daemon at any moment and start it again.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync, openSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../..');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export const SHOPS = {
  'shopify-eu': { secret: 'sandbox-webhook-secret-eu', token: 'shpat_sandbox_eu', first: 1001 },
  'shopify-farm': { secret: 'sandbox-webhook-secret-farm', token: 'shpat_sandbox_farm', first: 2001 },
};
export const TOKEN = 'demo-token-that-is-not-a-secret-at-all';

export class World {
  // build: where the programs are; folder: everything that this day writes.
  constructor({ build = process.env.LOTBRIDGE_BUILD ?? join(root, 'build'), folder, start, log = () => {}, port = 0 }) {
    Object.assign(this, { build, folder, log, port, children: new Map(), shops: {}, now: start, start });
    this.drop = join(folder, 'warehouse');
    for (const name of ['in', 'out', 'done', 'failed']) mkdirSync(join(this.drop, name), { recursive: true });
  }

  // ---------------------------------------------------------------- processes
  async launch(name, command, args, env = {}) {
    const out = openSync(join(this.folder, `${name}.log`), 'a');
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', out], env: { ...process.env, ...env } });
    child.exited = new Promise((done) => child.on('exit', (code, signal) => done({ code, signal })));
    this.children.set(name, child);
    return child;
  }

  async firstLine(child, what) {
    let text = '';
    child.stdout.setEncoding('utf8');
    for await (const chunk of child.stdout) {
      text += chunk;
      if (text.includes('\n')) break;
    }
    child.stdout.on('data', () => {});
    if (!text.includes('\n')) throw new Error(`${what} did not start; see ${this.folder}/${what}.log`);
    return text.split('\n')[0];
  }

  async startShops() {
    for (const [name, { secret, token, first }] of Object.entries(SHOPS)) {
      writeFileSync(join(this.folder, `${name}.secret`), secret, { mode: 0o600 });
      writeFileSync(join(this.folder, `${name}.token`), token, { mode: 0o600 });
      const child = await this.launch(name, process.execPath, [
        join(root, 'examples/sandbox-store/server.mjs'), '--port', '0', '--state', join(this.folder, name),
        '--shop', `${name}.myshopify.com`, '--clock', this.start, '--retry-ms', '100', '--attempts', '99',
        '--first-order', String(first), '--bucket', '100000', '--restore', '100000',
        '--secret-file', join(this.folder, `${name}.secret`), '--token-file', join(this.folder, `${name}.token`),
      ]);
      const line = await this.firstLine(child, name);
      this.shops[name] = `http://127.0.0.1:${line.match(/(\d+)\s*$/)[1]}`;
    }
  }

  // through: gets the daemon's address and gives the address that everybody uses instead (a recording proxy).
  async startDaemon({ through } = {}) {
    if (this.port === 0) {
      this.port = await freePort();
      this.url = `http://127.0.0.1:${this.port}`;
      if (through) this.url = await through(this.url);
    }
    const config = join(this.folder, 'lotbridge.yaml');
    writeFileSync(config, this.config());
    const child = await this.launch('lotbridged', join(this.build, 'bin/lotbridged'), ['--config', config], {
      LOTBRIDGE_TOKEN: TOKEN,
    });
    child.stdout.on('data', () => {});
    await this.until('the daemon to be ready', async () => {
      if (child.exitCode !== null) throw new Error(`lotbridged stopped; see ${join(this.folder, 'lotbridged.log')}`);
      return (await fetch(`${this.url}/readyz`).catch(() => null))?.ok;
    });
    for (const name of Object.keys(SHOPS)) {
      await this.shop(name, 'POST', '/sandbox/webhooks', { url: `${this.url}/hooks/${name}` });
    }
  }

  async killDaemon(signal = 'SIGKILL') {
    const child = this.children.get('lotbridged');
    child.kill(signal);
    return child.exited;
  }

  async stop() {
    for (const child of this.children.values()) child.kill('SIGTERM');
    await Promise.all([...this.children.values()].map((child) => child.exited));
  }

  config() {
    const text = readFileSync(join(here, 'lotbridge.yaml'), 'utf8');
    const values = {
      LISTEN: `127.0.0.1:${this.port}`, FOLDER: this.folder, BUILD: this.build, CLOCK: this.start, DROP: this.drop,
      SHOP_EU: this.shops['shopify-eu'], SHOP_FARM: this.shops['shopify-farm'],
    };
    return text.replace(/@([A-Z_]+)@/g, (_, key) => values[key]);
  }

  // ---------------------------------------------------------------- talking to them
  // Waits for a condition; errors of a daemon that is just being restarted count as "not yet".
  async until(what, condition, ms = 30_000) {
    const end = Date.now() + ms;
    for (let pause = 10; ; pause = Math.min(pause * 1.5, 200)) {
      const value = await condition();
      if (value) return value;
      if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
      await sleep(pause);
    }
  }

  // One call to the daemon, repeated while nobody answers: every document has an id, so a repeat is harmless.
  async call(method, path, body, type = 'application/json') {
    let answer;
    let text;
    await this.until(`${method} ${path}`, async () => {
      try {
        answer = await fetch(this.url + path, {
          method,
          headers: { Authorization: `Bearer ${TOKEN}`, 'Lotbridge-Actor': 'demo', 'Content-Type': type },
          body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
          signal: AbortSignal.timeout(20_000),
        });
        text = await answer.text();
      } catch {
        return false; // away, or killed in the middle of its answer
      }
      return answer.status !== 503;
    });
    const json = text.length > 0 && answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : null;
    return { status: answer.status, json, text };
  }

  async get(path) {
    const { status, json, text } = await this.call('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
    return json;
  }

  async all(path) {
    const rows = [];
    for (let cursor = ''; ; ) {
      const page = await this.get(`${path}${path.includes('?') ? '&' : '?'}limit=500${cursor}`);
      rows.push(...page.data);
      if (!page.next_cursor) return rows;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
  }

  async shop(name, method, path, body) {
    const answer = await fetch(this.shops[name] + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${name} ${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  // lotctl as a person would call it; `ok`: exit codes that are fine. Tried again while the daemon is away (exit 3).
  async lotctl(args, ok = [0]) {
    for (let tries = 0; ; ++tries) {
      const child = spawn(join(this.build, 'bin/lotctl'), args, {
        env: { ...process.env, LOTBRIDGE_URL: this.url, LOTBRIDGE_TOKEN: TOKEN },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk) => (out += chunk));
      child.stderr.on('data', (chunk) => (err += chunk));
      const code = await new Promise((done) => child.on('close', done));
      if (ok.includes(code)) return { code, out, err };
      if ((code !== 3 && !/unavailable/.test(err)) || tries > 100) {
        throw new Error(`lotctl ${args.join(' ')}: exit ${code}\n${err}${out}`);
      }
      await sleep(50);
    }
  }

  async moveClock(now) {
    this.now = now;
    for (const name of Object.keys(this.shops)) await this.shop(name, 'POST', '/sandbox/clock', { now });
    const { status, text } = await this.call('POST', '/v1/testing/clock', { now });
    // After a kill the clock may stand there already.
    if (status !== 200) throw new Error(`the clock refused ${now}: ${text}`);
  }

  // A warehouse puts a file into its folder: under a temporary name first, so that nobody reads half of it.
  dropFile(name, text) {
    const seen = ['in', 'done', 'failed'].some((at) => existsSync(join(this.drop, at, name)));
    if (seen) return;
    writeFileSync(join(this.drop, 'in', `.${name}.part`), text);
    renameSync(join(this.drop, 'in', `.${name}.part`), join(this.drop, 'in', name));
  }

  async fileTaken(name) {
    await this.until(`the warehouse's file ${name} to be taken`, () =>
      readdirSync(join(this.drop, 'done')).includes(name) || readdirSync(join(this.drop, 'failed')).includes(name));
  }
}

async function freePort() {
  const { createServer } = await import('node:net');
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
