// corpus.mjs JUDGE: the schemas (by ajv) and our reader (the program JUDGE) must say the same of every document in
// tests/schemas/corpus, and point at the same place. `stricter` holds what only the reader can see.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadSchemas, pointersOf } from './schemas.mjs';

const corpus = join(dirname(fileURLToPath(import.meta.url)), '..', 'schemas', 'corpus');
const program = process.argv[2];
const drafts = { 'draft 7': loadSchemas({ draft: 7 }), 'draft 2020-12': loadSchemas() };

// What each folder's name promises of (ajv, reader).
const expected = { good: [true, true], bad: [false, false], stricter: [true, false] };

const files = [];
for (const kind of readdirSync(corpus)) {
  for (const type of readdirSync(join(corpus, kind))) {
    for (const verdict of readdirSync(join(corpus, kind, type))) {
      if (!(verdict in expected)) throw new Error(`unknown folder ${kind}/${type}/${verdict}`);
      for (const name of readdirSync(join(corpus, kind, type, verdict)))
        files.push({ schema: `${kind}/${type}`, verdict, path: join(corpus, kind, type, verdict, name) });
    }
  }
}

// One line per file: "good", or "bad", code, pointer.
const input = files.map((f) => `${f.schema} ${f.path}\n`).join('');
const verdicts = execFileSync(program, { input, encoding: 'utf8' })
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t'));

const complaints = [];
files.forEach(({ schema, verdict, path }, index) => {
  const where = path.slice(corpus.length + 1);
  const [word, code, pointer] = verdicts[index];
  const [ajvGood, readerGood] = expected[verdict];
  if ((word === 'good') !== readerGood)
    complaints.push(`${where}: the reader says ${word} ${code ?? ''} ${pointer ?? ''}`);
  const value = JSON.parse(readFileSync(path, 'utf8'));
  for (const [draft, judge] of Object.entries(drafts)) {
    const validate = judge(schema);
    const good = validate(value);
    if (good !== ajvGood)
      complaints.push(`${where}: ajv (${draft}) says ${good ? 'good' : JSON.stringify(validate.errors)}`);
    const places = pointersOf(validate.errors);
    if (!good && word === 'bad' && !places.has(pointer))
      complaints.push(`${where}: the reader points at '${pointer}', ajv at ${[...places].join(' ')}`);
  }
});

for (const line of complaints) console.log(line);
console.log(`${files.length} documents, judged by ajv and by the reader: ${complaints.length} disagreements`);
process.exit(complaints.length === 0 && files.length === verdicts.length && files.length >= 150 ? 0 : 1);
