// The judge of live traffic must accept what is right and see what is wrong.
import assert from 'node:assert/strict';

import { loadTraffic } from './traffic.mjs';

const judge = loadTraffic();
const json = 'application/json';
const submission = { outcome: 'applied', uid: 'u', document: { id: '1' }, exceptions: [] };
const words = { type: 'urn:x:not_found', title: 'Not found', detail: 'None.', code: 'not_found' };
const problem = { ...words, status: 404, errors: [] };
const hold = { id: '1', code: 'qa', lots: [{ sku: 'A', lot: 'L' }] };
const page = { data: [], next_cursor: null };

function good(exchange) {
  assert.deepEqual(judge(exchange), []);
}
function bad(exchange, pattern) {
  const complaints = judge(exchange);
  assert.equal(complaints.length > 0, true, JSON.stringify(exchange));
  assert.match(complaints.join('\n'), pattern);
}
const of = (method, path, status, response, request = '', responseType = json) => ({
  method, path, status, responseType,
  requestBody: typeof request === 'string' ? request : JSON.stringify(request),
  responseBody: typeof response === 'string' ? response : JSON.stringify(response),
});

good(of('POST', '/v1/holds', 200, submission, { id: '1', code: 'qa', lots: [{ sku: 'A', lot: 'L' }] }));
bad(of('POST', '/v1/holds', 200, submission, { ...hold, lots: [] }), /accepted, but the request/);
bad(of('POST', '/v1/holds', 200, { ...submission, outcome: 'done' }, hold), /outcome/);
good(of('GET', '/v1/stock?sku=A', 200, page));
bad(of('GET', '/v1/stock?sku=A', 200, { data: [{}], next_cursor: null }), /owner/);
bad(of('GET', '/v1/stock', 200, { data: [] }), /next_cursor/);
bad(of('GET', '/v1/stock', 200, '<html>'), /is not application\/json/);
bad(of('GET', '/v1/stock', 418, page), /not described/);
good(of('GET', '/v1/orders/7', 404, problem, '', 'application/problem+json; charset=utf-8'));
bad(of('GET', '/v1/orders/7', 404, problem), /application\/json, which is not described/);
bad(of('GET', '/v1/orders/7', 404, { ...problem, code: 7 }, '', 'application/problem+json'), /code/);
good(of('GET', '/v1/nothing', 404, problem, '', 'application/problem+json'));
bad(of('GET', '/v1/nothing', 200, {}), /not described/);
const refused = { ...problem, status: 409 };
good(of('POST', '/v1/orders/%231001/allocate', 409, refused, '', 'application/problem+json'));
const lines = `${JSON.stringify(submission)}\n${JSON.stringify(problem)}\n`;
good(of('POST', '/v1/documents', 200, lines, 'anything', 'application/x-ndjson'));
bad(of('POST', '/v1/documents', 200, `${lines}{}\n`, '', 'application/x-ndjson'), /anyOf|must have/);
const event = { kind: 'order.allocated', at: '2026-05-16T08:00:00Z' };
const stream = `retry: 2000\n\nid: 1\nevent: x\ndata: ${JSON.stringify(event)}\n\n`;
good(of('GET', '/v1/events', 200, stream, '', 'text/event-stream'));
bad(of('GET', '/v1/events', 200, 'data: {"kind":"x"}\n\n', '', 'text/event-stream'), /kind|at/);
good(of('GET', '/metrics', 200, 'x 1\n', '', 'text/plain; version=0.0.4'));
console.log('the judge of live traffic sees right and wrong');
