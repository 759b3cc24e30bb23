// openapi_bundle.mjs [--write]: schemas/openapi.yaml and every schema that it refers to, in one file: openapi.json.
//
// documents/order.json becomes the component documents.order, a definition of common.json becomes common.NAME.
// Without --write it compares: exit 1 where the file is not what the YAML and the schemas make. The daemon serves
// that file, so that a client which only has the daemon's address can resolve everything.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { parseYaml } from '@redocly/openapi-core';

import { root } from './schemas.mjs';

const components = new Map();

function componentOf(from, reference) {
  const [file, fragment = ''] = reference.split('#');
  if (file === '' && from === 'openapi.yaml') return reference;
  const path = file === '' ? from : normalize(join(dirname(from), file));
  const definition = fragment.replace('/definitions/', '');
  const base = path.replace(/\.json$/, '').replaceAll('/', '.');
  const name = definition === '' ? base : `${base}.${definition}`;
  if (!components.has(name)) {
    components.set(name, null); // schemas may refer to each other in a ring
    const whole = JSON.parse(readFileSync(join(root, path), 'utf8'));
    components.set(name, rewritten(path, definition === '' ? whole : whole.definitions[definition]));
  }
  return `#/components/schemas/${name}`;
}

function rewritten(from, value) {
  if (Array.isArray(value)) return value.map((element) => rewritten(from, element));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) =>
      key === '$ref' && typeof member === 'string'
        ? [key, componentOf(from, member)]
        : [key, rewritten(from, member)]),
  );
}

const document = rewritten('openapi.yaml', parseYaml(readFileSync(join(root, 'openapi.yaml'), 'utf8')));
document.components.schemas = Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1)));

const text = `${JSON.stringify(document, null, 1)}\n`;
const path = join(root, 'openapi.json');
if (process.argv.includes('--write')) {
  writeFileSync(path, text);
} else {
  let stored = '';
  try {
    stored = readFileSync(path, 'utf8');
  } catch {
    // Missing; the comparison says so.
  }
  if (stored !== text) {
    console.log('schemas/openapi.json is not what openapi.yaml makes: tests/node/run openapi_bundle.mjs --write');
    process.exit(1);
  }
  console.log('schemas/openapi.json is current');
}
