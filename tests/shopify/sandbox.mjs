// Starts the sandbox store as its own process and speaks to it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SECRET = 'a webhook secret';
export const TOKEN = 'a token';
const HERE = dirname(fileURLToPath(import.meta.url));
const SERVER = join(HERE, '../../examples/sandbox-store/server.mjs');

export class Sandbox {
  static async start(args = []) {
    const sandbox = new Sandbox();
    sandbox.dir = mkdtempSync(join(tmpdir(), 'sandbox-keys-'));
    writeFileSync(join(sandbox.dir, 'secret'), SECRET);
    writeFileSync(join(sandbox.dir, 'token'), TOKEN);
    const files = ['--secret-file', join(sandbox.dir, 'secret'), '--token-file', join(sandbox.dir, 'token')];
    sandbox.child = spawn(process.execPath, [SERVER, ...files, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    sandbox.gone = new Promise((resolve) => sandbox.child.on('exit', resolve));
    const port = await new Promise((resolve) =>
      sandbox.child.stdout.once('data', (text) => resolve(String(text).trim())),
    );
    sandbox.base = `http://127.0.0.1:${port}`;
    sandbox.endpoint = `${sandbox.base}/admin/api/2026-07/graphql.json`;
    return sandbox;
  }

  async call(method, path, body) {
    const answer = await fetch(`${this.base}/sandbox/${path}`, { method, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return JSON.parse(text);
  }

  get(path) {
    return this.call('GET', path);
  }

  post(path, body) {
    return this.call('POST', path, body);
  }

  raw(query, variables = {}) {
    return fetch(this.endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Shopify-Access-Token': TOKEN },
      body: JSON.stringify({ query, variables }),
    });
  }

  async graphql(query, variables) {
    return (await this.raw(query, variables)).json();
  }

  // Until every webhook was taken.
  async delivered() {
    while ((await this.get('deliveries')).waiting.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  kill() {
    this.child.kill('SIGKILL');
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.gone;
    rmSync(this.dir, { recursive: true, force: true });
  }
}
