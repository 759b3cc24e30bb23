// The schemas of configurations and descriptors: what the project itself has must satisfy them, what is wrong must not.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseYaml } from '@redocly/openapi-core';

import { loadSchemas, pointersOf, root } from './schemas.mjs';

const project = join(root, '..');
const clone = (value) => JSON.parse(JSON.stringify(value));

// The example with its @WORDS@ filled in.
function exampleConfig() {
  const text = readFileSync(join(project, 'examples', 'demo', 'lotbridge.yaml'), 'utf8');
  const words = { CLOCK: '2026-05-18T05:00:00Z', LISTEN: '127.0.0.1:8480' };
  return parseYaml(text.replace(/@([A-Z_]+)@/g, (_, word) => words[word] ?? word.toLowerCase()));
}

for (const draft of [7, 2020]) {
  const judge = loadSchemas({ draft });
  const expect = (schema, value, pointer) => {
    const validate = judge(schema);
    const good = validate(value);
    if (pointer === undefined) assert.ok(good, JSON.stringify(validate.errors));
    else assert.ok(!good && pointersOf(validate.errors).has(pointer), `${pointer}: ${JSON.stringify(validate.errors)}`);
  };

  for (const name of readdirSync(join(project, 'connectors'))) {
    const path = join(project, 'connectors', name, 'descriptor.json');
    if (!existsSync(path)) continue;
    const descriptor = JSON.parse(readFileSync(path, 'utf8'));
    expect('descriptor', descriptor);
    expect('descriptor', { ...descriptor, version: '1' }, '/version');
    expect('descriptor', { ...descriptor, sockets: true }, '/sockets');
    expect('descriptor', { ...descriptor, secrets: { token: { title: 'T' } } }, '/secrets/token');
  }

  const config = exampleConfig();
  expect('config', config);
  const broken = (change, pointer) => {
    const copy = clone(config);
    change(copy);
    expect('config', copy, pointer);
  };
  broken((c) => delete c.store, '/store');
  broken((c) => (c.colour = 'red'), '/colour');
  broken((c) => (c.store = 'mysql:x'), '/store');
  broken((c) => (c.warehouses[0].allocates = 'you'), '/warehouses/0/allocates');
  broken((c) => delete c.warehouses[0].time_zone, '/warehouses/0/time_zone');
  broken((c) => (c.policy = { rotation: 'random' }), '/policy/rotation');
  broken((c) => (c.tokens[0].token = 'secret itself'), '/tokens/0/token');
  broken((c) => (c.tokens[0].token = { env: 'A', file: 'b' }), '/tokens/0/token');
  broken((c) => (c.tokens[0].scopes = ['everything']), '/tokens/0/scopes/0');
  broken((c) => (c.connectors[0].mode = 'dry'), '/connectors/0/mode');
  broken((c) => (c.connectors[0].name = 'api'), '/connectors/0/name');
  broken((c) => delete c.connectors[0].owner, '/connectors/0/owner');
  broken((c) => (c.connectors[0].secrets.access_token = 'shpat_1'), '/connectors/0/secrets/access_token');
  broken((c) => (c.testing = { clock: 'noon' }), '/testing/clock');
}
console.log('configurations and descriptors are judged as they should be');
