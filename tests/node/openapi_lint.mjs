// openapi_lint.mjs: schemas/openapi.yaml must satisfy Redocly's recommended rules, and every schema must compile.
import { join } from 'node:path';

import { createConfig, lint } from '@redocly/openapi-core';

import { loadSchemas, root } from './schemas.mjs';

for (const draft of [7, 2020]) {
  const judge = loadSchemas({ draft });
  for (const name of judge.names) judge(name);
}

const config = await createConfig({
  extends: ['recommended'],
  // Off: the daemon is the reader's own, so there is neither a public server nor a licence page to link to.
  rules: { 'no-server-example.com': 'off', 'info-license': 'off', 'info-license-url': 'off', 'tag-description': 'off' },
});
const problems = await lint({ ref: join(root, 'openapi.yaml'), config });
for (const { severity, ruleId, message, location } of problems)
  console.log(`${severity} ${ruleId}: ${message} (${location.map((l) => l.pointer ?? '').join(' ')})`);
console.log(`openapi.yaml: ${problems.length} findings`);
process.exit(problems.length === 0 ? 0 : 1);
