// The dairy's whole day through the real programs, with ajv judging every request and answer on the way.
// Exit 0: the day's own checks hold and ajv has nothing to say; 77: ajv is not installed (skipped).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { START, runDay } from '../../examples/demo/day.mjs';
import { check } from '../../examples/demo/expectations.mjs';
import { World } from '../../examples/demo/world.mjs';
import { loadAjv } from './judge.mjs';
import { startJudged } from './judged.mjs';

if (!loadAjv()) {
  console.log('SKIP: ajv is not installed (npm ci --prefix tests/node)');
  process.exit(77);
}

const folder = mkdtempSync(join(tmpdir(), 'lotbridge-e2e-'));
const world = new World({ folder, start: START });
let judged;
let failed = true;
try {
  await world.startShops();
  judged = await startJudged(world);
  const started = Date.now();
  await runDay(world, { tell: (step) => process.env.VERBOSE && console.log(step) });
  const wrong = await check(world);
  const findings = judged.findings();
  for (const text of [...wrong, ...findings].slice(0, 40)) console.log(`- ${text}`);
  console.log(`${judged.exchanges.length} exchanges in ${Date.now() - started} ms, ` +
    `${wrong.length} expectations broken, ${findings.length} findings of ajv`);
  failed = wrong.length > 0 || findings.length > 0 || judged.exchanges.length < 100;
} catch (error) {
  console.log(error.stack);
} finally {
  await world.stop();
  await judged?.close();
  if (failed) console.log(`the day's files are in ${folder}`);
  else rmSync(folder, { recursive: true });
}
process.exit(failed ? 1 : 0);
