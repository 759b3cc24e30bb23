// fields.mjs JUDGE: every field of every good document of the corpus missing, of another type, or out of range, one at a time. What
// the schema refuses our reader must refuse, with a pointer to where it is; what the schema takes it may refuse only there.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadSchemas, pointersOf } from './schemas.mjs';

const corpus = join(dirname(fileURLToPath(import.meta.url)), '..', 'schemas', 'corpus', 'documents');
const good = readdirSync(corpus)
  .filter((type) => type !== 'any')
  .flatMap((type) =>
    readdirSync(join(corpus, type, 'good')).map((name) => ({
      schema: `documents/${type}`,
      text: readFileSync(join(corpus, type, 'good', name), 'utf8'),
    })),
  );

const escaped = (key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1');
// Every place of a value, but not what is inside free data.
function* places(value, path = []) {
  if (value === null || typeof value !== 'object') return;
  for (const key of Object.keys(value)) {
    yield [...path, key];
    if (key !== 'attributes') yield* places(value[key], [...path, key]);
  }
}

const at = (value, path) => path.reduce((inner, key) => inner[key], value);
const GONE = Symbol('gone');
function otherwise(value, path, other) {
  const copy = structuredClone(value);
  const parent = at(copy, path.slice(0, -1));
  const key = path.at(-1);
  if (other !== GONE) parent[key] = other;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return copy;
}

// Other types, and values of the same type that nothing means.
const TYPES = [7, 'x', true, {}, []];
function others(value) {
  const out = [GONE, ...TYPES.filter((other) => typeof other !== typeof value || Array.isArray(other) !== Array.isArray(value))];
  if (typeof value === 'number') out.push(-1e30, 1e30, 0.1234567);
  if (typeof value === 'string') out.push('', 'y'.repeat(5000), '\u0007', '2026-02-30');
  return out;
}

const judge = await loadSchemas();
const folder = mkdtempSync(join(tmpdir(), 'lotbridge-fields-'));
const complaints = [];
let refused = 0;
try {
  const cases = good.flatMap(({ schema, text }) => {
    const document = JSON.parse(text);
    return [...places(document)].flatMap((path) =>
      others(at(document, path)).map((other) => ({ schema, path, value: otherwise(document, path, other) })),
    );
  });
  cases.forEach((one, i) => {
    one.file = join(folder, `${i}.json`);
    writeFileSync(one.file, JSON.stringify(one.value));
  });
  const input = cases.map(({ schema, file }) => `${schema} ${file}\n`).join('');
  const verdicts = execFileSync(process.argv[2], { input, encoding: 'utf8', maxBuffer: 1e8 }).trimEnd().split('\n');
  cases.forEach(({ schema, path, value }, i) => {
    const validate = judge(schema);
    const fine = validate(value);
    const where = fine ? [] : pointersOf(validate.errors);
    // "One of these must be there" is said of the whole.
    const whole = !fine && validate.errors.some(({ keyword, instancePath }) => keyword === 'anyOf' && instancePath === '');
    const [verdict, , pointer = ''] = verdicts[i].split('\t');
    const changed = path.map((key) => `/${escaped(key)}`).join('');
    refused += verdict === 'bad' ? 1 : 0;
    const near = [changed, ...where].some((place) => pointer.startsWith(place) || place.startsWith(pointer));
    const say = (what) => complaints.push(`${schema} ${changed}: ${what}: ${JSON.stringify(value).slice(0, 300)}`);
    if (verdict === 'changed') say('written otherwise than it was read');
    if (!fine && verdict !== 'bad') say('the schema refuses it, the reader takes it');
    if (verdict === 'bad' && (pointer === '' ? !whole : !near)) say(`refused at "${pointer}", not where it is`);
  });
  console.log(`${cases.length} documents with one field changed, ${refused} refused: ${complaints.length} complaints`);
  for (const complaint of complaints.slice(0, 20)) console.log(`  ${complaint}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(complaints.length === 0 && refused > 1000 ? 0 : 1);
