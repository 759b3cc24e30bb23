// Shopify's own Admin schemas, as its npm package @shopify/dev-mcp carries them.
import { readFileSync, readdirSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import { ROOT, load, need, pathIn } from './packages.mjs';

need('graphql', '@shopify/dev-mcp');
export const graphql = load('graphql');
const DATA = pathIn('@shopify/dev-mcp', 'dist', 'data');

// Every stable version that the package holds, oldest first.
export const versions = readdirSync(DATA)
  .map((name) => /^admin_(\d{4}-\d{2})\.json\.gz$/.exec(name)?.[1])
  .filter(Boolean)
  .sort();

export function schemaOf(version) {
  const text = gunzipSync(readFileSync(join(DATA, `admin_${version}.json.gz`))).toString('utf8');
  return graphql.buildClientSchema(JSON.parse(text).data);
}

// The texts that the connector sends, read out of its header.
export function queries() {
  const header = readFileSync(join(ROOT, 'connectors/shopify/queries.hpp'), 'utf8');
  return [...header.matchAll(/\{\s*"(\w+)",\s*R"gql\(([\s\S]*?)\)gql"/g)].map(([, name, text]) => ({ name, text }));
}

export const pinned = JSON.parse(
  readFileSync(join(ROOT, 'connectors/shopify/descriptor.json'), 'utf8'),
).api_version;
