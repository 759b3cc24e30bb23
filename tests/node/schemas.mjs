// The project's JSON Schemas, compiled by ajv: for the corpus test and for whoever checks live traffic.
//
//   const judge = await loadSchemas();            // draft 2020-12; loadSchemas({ draft: 7 }) for draft 7
//   const validate = judge('documents/order');    // an ajv function: validate(value), validate.errors
//   pointersOf(validate.errors)                   // the places that ajv complains about, as JSON Pointers
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'schemas');

function* jsonFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* jsonFiles(path);
    else if (entry.name.endsWith('.json') && entry.name !== 'openapi.json') yield path;
  }
}

export function loadSchemas({ draft = 2020 } = {}) {
  const Engine = draft === 7 ? Ajv : Ajv2020;
  // Strict: a keyword that this draft does not know is an error. Types in unions are how null is written here, and
  // an `anyOf` beside `properties` speaks of keys that the outer object defines.
  const ajv = new (Engine.default ?? Engine)({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    strictRequired: false,
    strictTypes: false,
  });
  (addFormats.default ?? addFormats)(ajv);
  const names = [];
  for (const path of jsonFiles(root)) {
    const name = relative(root, path);
    names.push(name.replace(/(\.schema)?\.json$/, ''));
    ajv.addSchema(JSON.parse(readFileSync(path, 'utf8')), `lotbridge:///${name}`);
  }
  const judge = (name) => {
    const validate =
      ajv.getSchema(`lotbridge:///${name}.json`) ?? ajv.getSchema(`lotbridge:///${name}.schema.json`);
    if (!validate) throw new Error(`no schema named ${name}`);
    return validate;
  };
  judge.names = names.sort();
  return judge;
}

const escaped = (key) => key.replaceAll('~', '~0').replaceAll('/', '~1');

export function pointersOf(errors) {
  const pointers = new Set();
  for (const { instancePath, params } of errors ?? []) {
    pointers.add(instancePath);
    for (const key of [params.missingProperty, params.additionalProperty])
      if (key !== undefined) pointers.add(`${instancePath}/${escaped(key)}`);
  }
  return pointers;
}
