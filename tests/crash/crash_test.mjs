// kill -9 at seeded moments of the dairy's day, each time with a restart: in the end the ledger and the shops must be what they are
// after a day that nobody disturbed.
//   node crash_test.mjs [--kills 200] [--seed N] [--per-day 40]
// Exit 0 only if every day ended equal; prints the seed, so that a failure can be replayed.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { START, STEPS, runDay } from '../../examples/demo/day.mjs';
import { check } from '../../examples/demo/expectations.mjs';
import { World } from '../../examples/demo/world.mjs';
import { startJudged } from '../e2e/judged.mjs';

const text = { type: 'string' };
const { values } = parseArgs({ options: { kills: text, seed: text, 'per-day': text } });
const kills = Number(values.kills ?? process.env.LOTBRIDGE_KILLS ?? 200);
const perDay = Number(values['per-day'] ?? 40);
const seed = Number(values.seed ?? process.env.LOTBRIDGE_SEED ?? Date.now() % 1_000_000);

// A small seeded generator (mulberry32): the same seed gives the same moments.
function generator(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const sha = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

// What must be equal: every ledger entry, and everything in the shops. When we learned of something is what a crash may change
// (a restart polls at once), and with it the hashes, whose chain `lotctl verify` proves in check(). The shop's own clock ticks with
// each request that it gets, so of its times the hour counts.
const comparable = ({ known_at: _known, hash: _hash, happened_at: at, document: { uid: _uid, ...document }, ...entry }) =>
  ({ ...entry, document, hour: at.slice(0, 13) });

async function digests(world) {
  const entries = (await world.all('/v1/ledger?owner=pure-fresh')).map(comparable);
  const shops = {};
  for (const shop of Object.keys(world.shops)) shops[shop] = await world.shop(shop, 'GET', '/sandbox/contents');
  return { ledger: sha(entries), entries, shops: sha(shops), contents: shops };
}

// The first row in which two lists differ.
function showDifference(what, expected, found) {
  const [was, is] = [expected, found].map((rows) => rows.map((row) => JSON.stringify(row)));
  const at = is.findIndex((row, i) => row !== was[i]);
  if (at >= 0) console.log(`  ${what} differs from row ${at} on:\n    ${was[at]}\n    ${is[at]}`);
}

async function day(plan, expected) {
  const folder = mkdtempSync(join(tmpdir(), 'lotbridge-crash-'));
  const world = new World({ folder, start: START });
  const durations = [];
  let killed = 0;
  let restarting = Promise.resolve();
  const disturb = async () => {
    await world.killDaemon('SIGKILL');
    killed += 1;
    await world.startDaemon();
  };
  let good = false;
  let judged;
  try {
    await world.startShops();
    judged = await startJudged(world);
    let index = -1;
    let began = 0;
    await runDay(world, {
      between: async () => {
        await restarting;
        if (index >= 0) durations.push(Date.now() - began);
        index += 1;
        began = Date.now();
        for (const delay of plan(index)) {
          restarting = restarting.then(() => new Promise((done) => setTimeout(done, delay))).then(disturb);
        }
      },
    });
    await restarting;
    const wrong = [...(await check(world)), ...judged.findings()];
    const found = await digests(world);
    for (const sentence of wrong) console.log(`  broken: ${sentence}`);
    if (expected && found.ledger !== expected.ledger) {
      showDifference('the ledger', expected.entries, found.entries);
    }
    if (expected && found.shops !== expected.shops) {
      for (const [shop, orders] of Object.entries(found.contents)) {
        showDifference(shop, expected.contents[shop], orders);
      }
    }
    good = wrong.length === 0 && (!expected || (found.ledger === expected.ledger && found.shops === expected.shops));
    return { good, found, durations, killed };
  } catch (error) {
    console.log(`  ${error.stack}`);
    await restarting.catch(() => {});
    return { good: false, durations, killed };
  } finally {
    await world.stop();
    await judged?.close();
    if (good) rmSync(folder, { recursive: true });
    else console.log(`  the day's files are in ${folder}`);
  }
}

console.log(`seed ${seed}, ${kills} kills`);
const quiet = await day(() => []);
if (!quiet.good) {
  console.log('the undisturbed day itself is not as it should be');
  process.exit(1);
}
const random = generator(seed);
let done = 0;
let failed = 0;
for (let number = 1; done < kills; ++number) {
  const wanted = Math.min(perDay, kills - done);
  const moments = new Map();
  for (let i = 0; i < wanted; ++i) {
    const step = Math.floor(random() * STEPS.length);
    const length = Math.max(quiet.durations[step] ?? 50, 20);
    moments.set(step, [...(moments.get(step) ?? []), Math.floor(random() * length * 1.2)]);
  }
  const result = await day((step) => moments.get(step) ?? [], quiet.found);
  done += Math.max(result.killed, 1);
  if (!result.good) failed += 1;
  console.log(`day ${number}: ${result.killed} kills, ${result.good ? 'equal' : 'NOT EQUAL'}`);
  if (failed >= 3) break;
}
console.log(`${done} kills, ${failed} days not equal, seed ${seed}`);
process.exit(failed === 0 ? 0 : 1);
