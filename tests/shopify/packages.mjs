// Finds what npm brought for the tests (tests/node). Where a package is absent the test says so and ends with 77, which
// ctest reports as skipped, never as passed.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, '../..');
const MODULES = process.env.LOTBRIDGE_NODE_MODULES ?? join(HERE, '../node/node_modules');
const require = createRequire(join(MODULES, 'anchor.cjs'));

export function need(...names) {
  for (const name of names) {
    if (!existsSync(join(MODULES, name))) {
      console.log(`SKIP: ${name} is not installed; see tests/node/README.md`);
      process.exit(77);
    }
  }
}

export const load = (name) => require(name);
export const pathIn = (name, ...parts) => join(MODULES, name, ...parts);
