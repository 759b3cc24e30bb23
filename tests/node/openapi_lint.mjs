// openapi_lint.mjs: schemas/openapi.yaml and openapi.json must satisfy Redocly's recommended rules, and every schema
// must compile in both drafts.
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
let findings = 0;
for (const file of ['openapi.yaml', 'openapi.json']) {
  const problems = await lint({ ref: join(root, file), config });
  for (const { severity, ruleId, message, location } of problems)
    console.log(`${file}: ${severity} ${ruleId}: ${message} (${location.map((l) => l.pointer ?? '').join(' ')})`);
  console.log(`${file}: ${problems.length} findings`);
  findings += problems.length;
}
process.exit(findings === 0 ? 0 : 1);
