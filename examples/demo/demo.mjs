#!/usr/bin/env node
// ./dev demo: runs the dairy's day and shows its end on one screen. Exit 0 only if everything on it holds.
//   --stay     leaves the shops and the daemon running and says what to try next
//   --folder D keeps the day's files in D (default: a new temporary folder, removed at the end)
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { START, runDay } from './day.mjs';
import { check } from './expectations.mjs';
import { show, tryNext } from './screen.mjs';
import { World } from './world.mjs';

const { values } = parseArgs({
  options: { stay: { type: 'boolean' }, folder: { type: 'string' }, help: { type: 'boolean' } },
});
if (values.help) {
  process.stdout.write('./dev demo [--stay] [--folder DIR]\n');
  process.exit(0);
}

const folder = values.folder ? resolve(values.folder) : mkdtempSync(join(tmpdir(), 'lotbridge-demo-'));
mkdirSync(folder, { recursive: true });
const world = new World({ folder, start: START });
const stopAll = async (code) => {
  await world.stop().catch(() => {});
  if (code === 0 && !values.folder) rmSync(folder, { recursive: true, force: true });
  process.exit(code);
};
process.on('SIGINT', () => stopAll(130));
process.on('SIGTERM', () => stopAll(143));

try {
  await world.startShops();
  await world.startDaemon();
  const quiet = /^order \d+ is placed$/;
  let placing = false;
  await runDay(world, {
    tell: (step) => {
      if (quiet.test(step)) {
        if (!placing) process.stderr.write(' · forty orders come in by webhook\n');
        placing = true;
        return;
      }
      process.stderr.write(` · ${step}\n`);
    },
  });
  await show(world);
  const wrong = await check(world);
  for (const text of wrong) process.stdout.write(`\nNOT AS IT SHOULD BE: ${text}\n`);
  if (wrong.length === 0) process.stdout.write('\nEverything holds: each shipped line has its lots, in the books and in the shops.\n');
  if (values.stay && wrong.length === 0) {
    tryNext(world);
    await new Promise(() => {});
  }
  await stopAll(wrong.length === 0 ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error.stack}\nThe day's files and logs are in ${folder}\n`);
  await stopAll(1);
}
