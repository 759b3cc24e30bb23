// Every shell block marked `sh run` in docs/*.md is executed, in order, beside the demo's day; a command that fails fails the test.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { START, runDay } from '../../examples/demo/day.mjs';
import { TOKEN, World, root } from '../../examples/demo/world.mjs';
import { startJudged } from '../e2e/judged.mjs';

const blocksOf = (page) =>
  [...readFileSync(page, 'utf8').matchAll(/^( *)```sh run\n([\s\S]*?)^ *```/gm)].map((found) => found[2]);

const pages = ['README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
const folder = mkdtempSync(join(tmpdir(), 'lotbridge-docs-'));
const world = new World({ folder, start: START });
// Not the synchronous call: the recording proxy lives in this process and must go on serving.
function shell(block) {
  const env = {
    ...process.env, LOTBRIDGE_URL: world.url, LOTBRIDGE_TOKEN: TOKEN, NO_COLOR: '1',
    PATH: `${join(world.build, 'bin')}:${process.env.PATH}`,
  };
  const child = spawn('bash', ['-euo', 'pipefail', '-c', block], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((done) => child.on('close', (status) => done({ status, output })));
}

let ran = 0;
let failed = 0;
let judged;
try {
  await world.startShops();
  judged = await startJudged(world);
  await runDay(world);
  for (const page of pages) {
    const blocks = blocksOf(join(root, page));
    for (const block of blocks) {
      const { status, output } = await shell(block);
      ran += 1;
      if (status === 0) continue;
      failed += 1;
      console.log(`${page}: a block exits with ${status}:\n${block}\n${output}`);
    }
  }
  for (const finding of judged.findings().slice(0, 20)) {
    failed += 1;
    console.log(finding);
  }
} catch (error) {
  failed += 1;
  console.log(error.stack);
} finally {
  await world.stop();
  await judged?.close();
  rmSync(folder, { recursive: true });
}
console.log(`${ran} blocks of ${pages.length} pages, ${failed} failed`);
process.exit(failed === 0 && ran >= 4 ? 0 : 1);
