// Makes the recordings in connectors/vendure/cassettes anew, against a real server:
//
//   node tests/vendure/record.mjs build/tests/vendure_test
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Shop, STAFF } from './shop.mjs';

const folder = mkdtempSync(join(tmpdir(), 'lotbridge-vendure-'));
const shop = await Shop.start(folder);
await shop.open({ 'GYP-500': 100 });
await shop.buy({ 'GYP-500': 3 });
const { status } = spawnSync(process.argv[2], ['--gtest_filter=Cassettes.EachIsPlayedToItsEnd'], {
  stdio: 'inherit',
  env: { ...process.env, VENDURE_RECORD: shop.url, VENDURE_PASSWORD: STAFF.password },
});
await shop.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(status);
