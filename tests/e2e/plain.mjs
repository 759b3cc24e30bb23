// A daemon alone, on a configuration of the test's own, behind the recording proxy: for tests of what needs no shop.
// `play(world)` runs between a fresh start and ajv's judgement of every exchange.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startJudged } from './judged.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });

export class PlainWorld {
  // config(world): the YAML's text, asked anew at each start.
  constructor(config) {
    this.config = config;
    this.folder = mkdtempSync(join(tmpdir(), 'lotbridge-plain-'));
    this.build = process.env.LOTBRIDGE_BUILD ?? join(here, '../../build');
    this.wrong = [];
    this.port = 0;
    this.token = 'secret-ops';
  }

  expect(holds, sentence) {
    if (!holds) this.wrong.push(sentence);
    return Boolean(holds);
  }

  equal(got, wanted, what) {
    const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
    return this.expect(a === b, `${what}: ${a} instead of ${b}`);
  }

  async startDaemon({ through } = {}) {
    if (this.port === 0) {
      this.port = await freePort();
      this.url = `http://127.0.0.1:${this.port}`;
      if (through) this.url = await through(this.url);
    }
    const file = join(this.folder, 'lotbridge.yaml');
    writeFileSync(file,
      `listen: 127.0.0.1:${this.port}\nstore: sqlite:${this.folder}/store.db\n${this.config(this)}`);
    const log = openSync(join(this.folder, 'lotbridged.log'), 'a');
    this.child = spawn(join(this.build, 'bin/lotbridged'), ['--config', file], {
      stdio: ['ignore', 'ignore', log],
      env: { ...process.env, LOTBRIDGE_TOKEN: this.token, OTHER_TOKEN: 'secret-other', CLERK_TOKEN: 'secret-clerk' },
    });
    this.exited = new Promise((done) => this.child.on('exit', (code, signal) => done({ code, signal })));
    for (let tries = 0; tries < 600; ++tries) {
      if (this.child.exitCode !== null) throw new Error(`lotbridged stopped; see ${this.folder}/lotbridged.log`);
      if ((await fetch(`http://127.0.0.1:${this.port}/readyz`).catch(() => null))?.ok) return;
      await sleep(20);
    }
    throw new Error('lotbridged does not get ready');
  }

  async stopDaemon(signal = 'SIGTERM') {
    this.child.kill(signal);
    return this.exited;
  }

  async restart(signal) {
    await this.stopDaemon(signal);
    await this.startDaemon();
  }

  async ask(method, path, body, { token = this.token, headers = {} } = {}) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, text, type, json: /[/+]json\b/.test(type) ? JSON.parse(text || 'null') : null };
  }

  async must(method, path, body, options) {
    const answer = await this.ask(method, path, body, options);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json ?? answer.text;
  }

  post(path, body, options) {
    return this.must('POST', `/v1/${path}`, body, options);
  }

  get(path) {
    return this.must('GET', path.startsWith('/') ? path : `/v1/${path}`);
  }

  // All rows of a list, page by page.
  async all(path) {
    const rows = [];
    for (let cursor = ''; ; ) {
      const page = await this.get(`${path}${path.includes('?') ? '&' : '?'}limit=500${cursor}`);
      rows.push(...page.data);
      if (page.next_cursor === null) return rows;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
  }

  moveClock(now) {
    return this.post('testing/clock', { now });
  }

  // Everything that has happened so far, out of the stream of events.
  async events(kinds) {
    const control = new AbortController();
    // Past the proxy: the stream is cut when it rests, which is nobody's fault.
    const answer = await fetch(`http://127.0.0.1:${this.port}/v1/events`, {
      headers: { Authorization: `Bearer ${this.token}`, 'Last-Event-ID': '0' },
      signal: control.signal,
    });
    let text = '';
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    // What is stored comes at once; the stream then rests.
    for (;;) {
      const next = await Promise.race([reader.read(), sleep(300).then(() => null)]);
      if (next === null || next.done) break;
      text += decoder.decode(next.value, { stream: true });
    }
    control.abort();
    return [...text.matchAll(/^data: (.*)$/gm)]
      .map(([, data]) => JSON.parse(data))
      .filter(({ kind }) => !kinds || kinds.includes(kind));
  }
}

export async function plainScene(config, play) {
  const world = new PlainWorld(config);
  process.on('exit', () => world.child?.kill('SIGKILL'));
  let judged;
  let failed = true;
  const started = Date.now();
  try {
    judged = await startJudged(world);
    await play(world);
    await world.stopDaemon();
    const findings = [...world.wrong, ...judged.findings()];
    for (const text of findings.slice(0, 60)) console.log(`- ${text}`);
    console.log(`${judged.exchanges.length} exchanges in ${Date.now() - started} ms, ${findings.length} findings`);
    failed = findings.length > 0;
  } catch (error) {
    for (const text of world.wrong.slice(0, 60)) console.log(`- ${text}`);
    console.log(error.stack);
  } finally {
    await judged?.close();
    if (failed) console.log(`the files are in ${world.folder}`);
    else rmSync(world.folder, { recursive: true, force: true });
  }
  return failed ? 1 : 0;
}
