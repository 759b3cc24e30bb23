// Our webhook signature judged by Shopify's own library: that of the sandbox, and so that of whoever accepts it.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { createServer } from 'node:http';
import test from 'node:test';
import { load, need } from './packages.mjs';
import { SECRET, Sandbox } from './sandbox.mjs';

need('@shopify/shopify-api');
globalThis.crypto ??= webcrypto; // Node 18 does not have it under that name
load('@shopify/shopify-api/adapters/node');
const { ApiVersion, shopifyApi } = load('@shopify/shopify-api');

const library = shopifyApi({
  apiKey: 'key',
  apiSecretKey: SECRET,
  scopes: [],
  hostName: 'x.example',
  apiVersion: Object.values(ApiVersion).at(-1),
  isEmbeddedApp: false,
  logger: { level: 0 },
});

async function judge(headers, body) {
  const rawRequest = { method: 'POST', url: '/', headers };
  return library.webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} });
}

test("Shopify's library accepts our deliveries, and none that was changed", async () => {
  const seen = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      seen.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') });
      response.end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sandbox = await Sandbox.start(['--webhooks', `http://127.0.0.1:${server.address().port}/`]);
  try {
    await sandbox.post('orders', { lines: [{ sku: 'GYP-500', title: 'Yogur griego, ñ', quantity: 1 }] });
    await sandbox.delivered();
    const [{ headers, body }] = seen;
    const good = await judge(headers, body);
    assert.equal(good.valid, true, JSON.stringify(good));
    assert.equal(good.topic, 'ORDERS_CREATE');
    assert.equal((await judge(headers, body.replace('GYP', 'GYQ'))).valid, false);
    const other = { ...headers, 'x-shopify-hmac-sha256': Buffer.alloc(32).toString('base64') };
    assert.equal((await judge(other, body)).valid, false);
  } finally {
    await sandbox.stop();
    server.close();
  }
});
