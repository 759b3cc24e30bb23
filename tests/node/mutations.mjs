// mutations.mjs JUDGE: seeded mutations of the corpus. Our reader must call exactly those no JSON which JSON.parse does.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const corpus = join(dirname(fileURLToPath(import.meta.url)), '..', 'schemas', 'corpus', 'documents');
const seeds = readdirSync(corpus).flatMap((type) =>
  readdirSync(join(corpus, type, 'good')).map((name) => ({
    schema: `documents/${type}`,
    text: readFileSync(join(corpus, type, 'good', name), 'utf8'),
  })),
);

// A small generator (mulberry32), so that every run is the same.
let state = 20260518;
function below(limit) {
  state = (state + 0x6d2b79f5) | 0;
  let x = Math.imul(state ^ (state >>> 15), 1 | state);
  x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
  return ((x ^ (x >>> 14)) >>> 0) % limit;
}

const telling = '{}[]",:\\0-.eE+u \n\tntf';
function mutated(text) {
  const at = below(text.length + 1);
  const one = telling[below(telling.length)];
  switch (below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + below(3));
    case 1:
      return text.slice(0, at) + one + text.slice(at);
    case 2:
      return text.slice(0, at) + one + text.slice(at + 1);
    default:
      return text.slice(0, at) + text.slice(at, at + 6) + text.slice(at);
  }
}

const isJson = (text) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const folder = mkdtempSync(join(tmpdir(), 'lotbridge-mutations-'));
let complaints = 0;
let broken = 0;
try {
  const cases = Array.from({ length: 6000 }, (_, i) => {
    const seed = seeds[below(seeds.length)];
    const text = below(2) === 0 ? mutated(seed.text) : mutated(mutated(seed.text));
    const path = join(folder, `${i}.json`);
    writeFileSync(path, text);
    return { schema: seed.schema, path, text };
  });
  const input = cases.map(({ schema, path }) => `${schema} ${path}\n`).join('');
  const verdicts = execFileSync(process.argv[2], { input, encoding: 'utf8' }).trimEnd().split('\n');
  cases.forEach(({ text }, i) => {
    const json = isJson(text);
    broken += json ? 0 : 1;
    const wrong = json === verdicts[i].startsWith('bad\tbad_json') || verdicts[i] === 'changed';
    // Half a surrogate pair is a text for JSON.parse, but no Unicode.
    if (!wrong || /\\u[dD][89a-fA-F]/.test(text)) return;
    complaints += 1;
    console.log(`${json ? 'JSON' : 'not JSON'}, the reader says ${verdicts[i]}: ${text.slice(0, 400)}`);
  });
  console.log(`${cases.length} mutations, ${broken} of them no JSON: ${complaints} disagreements`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(complaints === 0 && broken > 1000 ? 0 : 1);
