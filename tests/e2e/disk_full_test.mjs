// A full disk: a real small file system holds the store and runs out. Documents are refused with 503, a webhook gets
// 5xx, and reading goes on; when there is space again the daemon heals by itself, and whatever it acknowledged is
// there, also after a restart. Needs a mount of its own: root, or a kernel that lets users have one; exit code 77
// without.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOT, OWNER, SHOP, scene } from './scene.mjs';

const MIB = 1 << 20;

// In a mount namespace of its own nobody else sees the small disk, and it goes away with the process.
function inOwnNamespace() {
  for (const flags of process.getuid() === 0 ? ['-m'] : ['-rm']) {
    if (spawnSync('unshare', [flags, 'true']).status !== 0) continue;
    const self = [process.execPath, fileURLToPath(import.meta.url)];
    const ran = spawnSync('unshare', [flags, ...self], {
      stdio: 'inherit',
      env: { ...process.env, LOTBRIDGE_OWN_MOUNTS: '1' },
    });
    return ran.status ?? 1;
  }
  console.log('SKIP: this machine lets nobody mount a small disk here (try as root)');
  return 77;
}

// Writes until nothing fits any more, in ever smaller pieces.
function fill(file) {
  const out = openSync(file, 'a');
  for (let size = MIB; size >= 512; size /= 2) {
    try {
      for (;;) writeSync(out, Buffer.alloc(size, 1));
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    }
  }
  closeSync(out);
}

const taken = [];

async function orders(world, from, count) {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      world.post('/v1/orders', {
        id: `D-${from + i}`,
        lines: [{ line: '1', sku: 'GYP-500', quantity: 1 }],
        attributes: { note: 'n'.repeat(400) },
      }),
    ),
  );
  answers.forEach(({ status }, i) => status === 200 && taken.push(`D-${from + i}`));
  return answers;
}

// Everything acknowledged is there, and reserved units are those of the orders that are there.
async function allThere(world, when) {
  const known = new Set((await world.all(`/v1/orders?${OWNER}`)).map((order) => order.id));
  const missing = taken.filter((id) => !known.has(id));
  world.expect(
    missing.length === 0,
    `${when}: ${missing.length} acknowledged orders are missing: ${missing.slice(0, 5)}`,
  );
  const [lot] = await world.all(`/v1/stock?sku=GYP-500&lot=${LOT}&${OWNER}`);
  world.expect(
    Number(lot.reserved) === known.size,
    `${when}: ${lot.reserved} units are reserved for ${known.size} orders of one`,
  );
  const { code, out } = await world.lotctl(['verify'], [0, 1]);
  world.expect(code === 0, `${when}: verify: ${out}`);
}

async function runOut(world, disk) {
  let refused = null;
  for (let n = 0; n < 200 && refused === null; ++n) {
    if (n === 5) fill(join(disk, 'filler'));
    const answers = await orders(world, 1 + n * 10, 10);
    refused = answers.find(({ status }) => status !== 200) ?? null;
    if (n < 5) world.expect(refused === null, `an order was refused with ${refused?.status} while there was space`);
  }
  if (!world.expect(refused !== null, 'the disk is full and orders are still taken')) return;
  for (const { status, json } of [refused, ...(await orders(world, 5001, 3))]) {
    world.expect(
      status === 503 && json?.code === 'unavailable',
      `a full disk is answered ${status} ${json?.code}, not 503 unavailable`,
    );
  }
  const hook = await world.hook('{"id":1}', { delivery: 'full' });
  world.expect(hook.status >= 500, `a webhook is answered ${hook.status} while it can't be stored`);
  world.expect((await world.ask('GET', '/readyz')).status === 503, 'the daemon says that it is ready');
  world.expect((await world.ask('GET', '/healthz')).json !== null, 'the daemon does not say how it is');
  const order = { type: 'order', owner: 'pure-fresh', id: 'D-N', lines: [{ line: '1', sku: 'GYP-500', quantity: 1 }] };
  const line = await world.ask('POST', '/v1/documents', `${JSON.stringify(order)}\n`, { 'Content-Type': 'application/x-ndjson' });
  world.expect(/"unavailable"/.test(line.text), `a line of a stream is answered ${line.text}`);
  world.expect(
    (await world.all(`/v1/orders?${OWNER}`)).length === taken.length,
    'reading goes on, and shows what was acknowledged',
  );
}

async function heals(world, disk) {
  const { id } = await world.shop(SHOP, 'POST', '/sandbox/orders', { lines: [{ sku: 'GYP-500', quantity: 1 }] });
  await world.until('the shop to have been refused', async () =>
    (await world.shop(SHOP, 'GET', '/sandbox/deliveries')).waiting.some(
      ({ attempts, status }) => attempts > 1 && status >= 500,
    ),
  );
  rmSync(join(disk, 'filler'));
  await world.until(
    'an order to be taken again',
    async () => (await orders(world, 6001 + taken.length, 1))[0].status === 200,
  );
  await world.until("the shop's order to come by its own repeat", () => world.order(String(id)));
  await world.until('the daemon to be ready', async () => (await world.ask('GET', '/readyz')).status === 200);
  await orders(world, 7001, 20);
  await world.settle();
  await allThere(world, 'after space came back');
}

async function main() {
  const disk = mkdtempSync(join(tmpdir(), 'lotbridge-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    console.log(`SKIP: no small disk can be mounted: ${mounted.stderr.trim()}`);
    return 77;
  }
  mkdirSync(join(disk, 'store'));
  const code = await scene(
    async (world) => {
      const { blocks, bsize } = statfsSync(disk);
      if (!world.expect(blocks * bsize <= 8 * MIB, 'the store is not on the small disk')) return;
      await world.stock(5000);
      await world.polled();
      await runOut(world, disk);
      await heals(world, disk);
      await world.restart('SIGTERM');
      await allThere(world, 'after a restart');
      // Once more, and this time the daemon dies while the disk is full.
      fill(join(disk, 'filler'));
      await world.until('a refusal', async () =>
        (await orders(world, 8001 + taken.length, 10)).some(({ status }) => status === 503),
      );
      await world.killDaemon('SIGKILL');
      rmSync(join(disk, 'filler'));
      await world.startDaemon();
      await allThere(world, 'after a crash on the full disk');
    },
    { store: join(disk, 'store', 'lotbridge.db') },
  );
  spawnSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
  return code;
}

process.exit(process.env.LOTBRIDGE_OWN_MOUNTS ? await main() : inOwnNamespace());
