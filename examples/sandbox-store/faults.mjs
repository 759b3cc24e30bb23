// Faults on demand for the calls of a connector: each rule says what the next N matching calls get instead.

export class Faults {
  constructor() {
    this.rules = [];
  }

  // { kind, count = 1, match?, status?, retry_after?, ms?, body? }; `match` is a part of the query's text.
  add(rule) {
    const kinds = ['status', 'slow', 'cut', 'html', 'refuse', 'lost', 'throttled', 'stale', 'user_error'];
    if (!kinds.includes(rule.kind)) throw new Error(`kind is one of ${kinds.join(', ')}`);
    this.rules.push({ count: 1, ...rule });
  }

  clear() {
    this.rules = [];
  }

  take(query) {
    const rule = this.rules.find((r) => r.count > 0 && (!r.match || query.includes(r.match)));
    if (!rule) return null;
    rule.count -= 1;
    this.rules = this.rules.filter((r) => r.count > 0);
    return rule;
  }
}

const json = { 'Content-Type': 'application/json; charset=utf-8' };
const throttled = {
  errors: [
    {
      message: 'Throttled',
      extensions: { code: 'THROTTLED', documentation: 'https://shopify.dev/api/usage/rate-limits' },
    },
  ],
  extensions: {
    cost: {
      requestedQueryCost: 100,
      actualQueryCost: null,
      throttleStatus: { maximumAvailable: 2000.0, currentlyAvailable: 50, restoreRate: 100.0 },
    },
  },
};

function answerOf(rule, query) {
  if (rule.kind === 'throttled') return throttled;
  const mutation = /metafieldsSet/.test(query) ? 'metafieldsSet' : 'fulfillmentCreate';
  const message =
    rule.kind === 'stale'
      ? 'The resource has been updated since it was loaded.'
      : (rule.body ?? 'Refused by the sandbox.');
  const error = { field: ['input'], message };
  if (mutation === 'metafieldsSet') error.code = rule.kind === 'stale' ? 'STALE_OBJECT' : 'INVALID_VALUE';
  return { data: { [mutation]: { metafields: null, fulfillment: null, userErrors: [error] } } };
}

// Plays the fault on the response. `run` does the real work and gives the honest answer's text ("lost" does the
// work and says nothing). Returns false where the call should be answered normally after all (slow).
export async function play(rule, query, response, run) {
  if (rule.kind === 'slow') {
    await new Promise((resolve) => setTimeout(resolve, rule.ms ?? 1000));
    return false;
  }
  if (rule.kind === 'refuse') {
    response.destroy();
  } else if (rule.kind === 'lost') {
    run();
    response.destroy();
  } else if (rule.kind === 'cut') {
    const text = run();
    response.writeHead(200, { ...json, 'Content-Length': Buffer.byteLength(text) });
    response.write(text.slice(0, Math.floor(text.length / 2)));
    setImmediate(() => response.destroy());
  } else if (rule.kind === 'html') {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end('<!DOCTYPE html><html><body>Be right back</body></html>');
  } else if (rule.kind === 'status') {
    const retry = rule.retry_after === undefined ? {} : { 'Retry-After': String(rule.retry_after) };
    response.writeHead(rule.status ?? 500, { ...json, ...retry });
    response.end(rule.body ?? JSON.stringify({ errors: `Status ${rule.status ?? 500}` }));
  } else {
    response.writeHead(200, json);
    response.end(JSON.stringify(answerOf(rule, query)));
  }
  return true;
}
