// Judges live HTTP traffic of the daemon by schemas/openapi.json, with ajv.
//
//   const judge = loadTraffic();
//   const complaints = judge({ method: 'POST', path: '/v1/orders?owner=a', status: 200,
//                              requestBody: '{"id":...}', responseType: 'application/json', responseBody: '{...}' });
//
// A request that was answered 2xx must satisfy the schema of its body; every answer must have a status that is
// described, and a body of the described type and shape. NDJSON is judged line by line, server-sent events by their
// data. The complaints are sentences; none: all is well.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { root } from './schemas.mjs';

const pointerOf = (...keys) => keys.map((k) => k.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');

function templates(document) {
  return Object.keys(document.paths).map((template) => ({ template, parts: template.split('/') }));
}

// The template that fits; one with more fixed parts wins.
function find(known, path) {
  const parts = path.split('?')[0].split('/');
  const fits = known.filter(
    (k) => k.parts.length === parts.length && k.parts.every((part, i) => part.startsWith('{') || part === parts[i]),
  );
  const fixed = (k) => k.parts.filter((part) => !part.startsWith('{')).length;
  return fits.sort((a, b) => fixed(b) - fixed(a))[0]?.template;
}

// What of a body is to be judged, by its type: one value, one a line, one an event.
function valuesOf(type, body) {
  if (type === 'application/x-ndjson')
    return body.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line));
  if (type === 'text/event-stream')
    return [...body.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data));
  return [type === 'text/plain' || type === 'text/csv' ? body : JSON.parse(body)];
}

export function loadTraffic(document = JSON.parse(readFileSync(join(root, 'openapi.json'), 'utf8'))) {
  const ajv = new (Ajv2020.default ?? Ajv2020)({ allErrors: true, strict: false });
  (addFormats.default ?? addFormats)(ajv);
  ajv.addSchema(document, 'openapi', undefined, false);
  const known = templates(document);
  const compiled = new Map();

  function complaintsOf(what, pointer, type, body) {
    if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: `openapi#/${encodeURI(pointer)}` }));
    const validate = compiled.get(pointer);
    let values;
    try {
      values = valuesOf(type, body);
    } catch (error) {
      return [`${what} is not ${type}: ${error.message}`];
    }
    return values.flatMap((value) =>
      validate(value) ? [] : [`${what}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value).slice(0, 2000)}`],
    );
  }

  // Follows a reference to a shared response.
  function responseAt(template, method, status) {
    const described = document.paths[template][method].responses[status];
    if (described === undefined) return {};
    if (described.$ref === undefined)
      return { described, base: pointerOf('paths', template, method, 'responses', status) };
    const name = described.$ref.split('/').pop();
    return { described: document.components.responses[name], base: pointerOf('components', 'responses', name) };
  }

  return function judge({ method, path, status, requestBody = '', responseType = '', responseBody = '' }) {
    const verb = method.toLowerCase();
    const where = `${method} ${path} -> ${status}`;
    const type = responseType.split(';')[0].trim();
    const template = find(known, path);
    if (template === undefined || document.paths[template][verb] === undefined) {
      if (![401, 404, 405].includes(status)) return [`${where}: this call is not described`];
      const problem = pointerOf('components', 'schemas', 'answers.problem');
      return complaintsOf(`${where}: the answer`, problem, 'application/json', responseBody);
    }
    const complaints = [];
    const operation = document.paths[template][verb];
    const request = Object.keys(operation.requestBody?.content ?? {})[0];
    // A stream may hold bad lines beside good ones: each is answered by itself.
    if (status < 300 && request === 'application/json' && requestBody !== '') {
      const pointer = pointerOf('paths', template, verb, 'requestBody', 'content', request, 'schema');
      complaints.push(...complaintsOf(`${where}: accepted, but the request`, pointer, request, requestBody));
    }
    const { described, base } = responseAt(template, verb, String(status));
    if (described === undefined) return [...complaints, `${where}: this status is not described`];
    if (described.content?.[type] === undefined)
      return [...complaints, `${where}: the answer is ${type || 'of no type'}, which is not described`];
    const pointer = `${base}/${pointerOf('content', type, 'schema')}`;
    return [...complaints, ...complaintsOf(`${where}: the answer`, pointer, type, responseBody)];
  };
}
