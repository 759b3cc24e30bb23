// Judges recorded exchanges by the OpenAPI file that the daemon itself serves and by the schemas beside it, with ajv:
// a validator that is not ours. Requests count where the daemon accepted them; answers count always, problems
// included.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';

const here = dirname(fileURLToPath(import.meta.url));
const schemas = resolve(here, '../../schemas');
const require = createRequire(resolve(here, '../node/package.json'));

// Loads ajv from tests/node; null where it is not installed.
export function loadAjv() {
  try {
    return { Ajv: require('ajv/dist/2020').default, formats: require('ajv-formats').default };
  } catch {
    return null;
  }
}

export class Judge {
  constructor({ Ajv, formats }, openapi) {
    this.ajv = new Ajv({ strict: false, allErrors: true, loadSchema: null });
    formats(this.ajv);
    this.openapi = openapi;
    this.validators = new Map();
    this.routes = Object.entries(openapi.paths).map(([pattern, operations]) => ({
      parts: pattern.split('/'), pattern, operations,
    }));
  }

  // A schema of the OpenAPI file with every $ref replaced by what it points to.
  resolved(schema, file = join(schemas, 'openapi.yaml'), depth = 0) {
    if (schema === null || typeof schema !== 'object' || depth > 60) return schema;
    if (Array.isArray(schema)) return schema.map((one) => this.resolved(one, file, depth + 1));
    if (typeof schema.$ref === 'string') {
      const [path, fragment = ''] = schema.$ref.split('#');
      const at = path === '' ? file : resolve(dirname(file), path);
      let target = at.endsWith('openapi.yaml') ? this.openapi : JSON.parse(readFileSync(at, 'utf8'));
      for (const key of fragment.split('/').filter(Boolean)) target = target[key.replace(/~1/g, '/').replace(/~0/g, '~')];
      return this.resolved(target, at, depth + 1);
    }
    const out = {};
    for (const [key, value] of Object.entries(schema)) {
      if (key === '$schema' || key === '$id') continue;
      out[key] = this.resolved(value, file, depth + 1);
    }
    return out;
  }

  validator(key, schema) {
    if (!this.validators.has(key)) this.validators.set(key, this.ajv.compile(this.resolved(schema)));
    return this.validators.get(key);
  }

  // Fixed parts win over {parameters}.
  route(path) {
    const parts = path.split('?')[0].split('/');
    const fits = this.routes.filter(({ parts: p }) =>
      p.length === parts.length && p.every((part, i) => part.startsWith('{') || part === parts[i]));
    fits.sort((a, b) => a.pattern.split('{').length - b.pattern.split('{').length);
    return fits[0];
  }

  check(key, schema, text, what, findings) {
    if (!schema) return;
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      findings.push(`${what}: not JSON: ${text.slice(0, 200)}`);
      return;
    }
    const validate = this.validator(key, schema);
    if (!validate(value)) {
      const errors = validate.errors.slice(0, 4).map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
      findings.push(`${what}: ${errors.join('; ')}\n    ${text.slice(0, 400)}`);
    }
  }

  // What is wrong with these exchanges, one text each; empty: nothing.
  judge(exchanges) {
    const findings = [];
    for (const exchange of exchanges) {
      const route = this.route(exchange.path);
      const what = `${exchange.method} ${exchange.path} ${exchange.status}`;
      if (!route) {
        if (exchange.status !== 404) findings.push(`${what}: openapi.yaml does not know this path`);
        continue;
      }
      const operation = route.operations[exchange.method.toLowerCase()];
      if (!operation) {
        if (exchange.status !== 405) findings.push(`${what}: openapi.yaml does not know this method`);
        continue;
      }
      this.exchange(exchange, route, operation, what, findings);
    }
    return findings;
  }

  exchange(exchange, route, operation, what, findings) {
    const id = `${exchange.method} ${route.pattern}`;
    const media = exchange.answerType.split(';')[0];
    const answer = operation.responses?.[exchange.status] ?? operation.responses?.[`${String(exchange.status)[0]}XX`] ??
      operation.responses?.default;
    if (!answer) {
      findings.push(`${what}: openapi.yaml does not know this status`);
      return;
    }
    const content = this.resolvedContent(answer)?.[media];
    if (exchange.answer !== '' && !content && media !== 'text/event-stream') {
      findings.push(`${what}: openapi.yaml does not know ${media} here`);
    }
    const lines = media.includes('ndjson') ? exchange.answer.split('\n').filter(Boolean) : [exchange.answer];
    if (media.includes('json') && content?.schema) {
      for (const line of lines) this.check(`${id} ${exchange.status} ${media}`, content.schema, line, `${what}: answer`, findings);
    }
    const request = this.resolvedContent(operation.requestBody)?.['application/json'];
    // A webhook's body is the platform's affair: it is taken as it came, and only its signature counts here.
    const ours = !exchange.path.startsWith('/hooks/');
    if (ours && exchange.status < 300 && request?.schema && exchange.type.startsWith('application/json') && exchange.body !== '') {
      this.check(`${id} request`, request.schema, exchange.body, `${what}: request`, findings);
    }
  }

  resolvedContent(part) {
    if (!part) return undefined;
    if (part.$ref) {
      let target = this.openapi;
      for (const key of part.$ref.replace(/^#\//, '').split('/')) target = target[key];
      return target.content;
    }
    return part.content;
  }
}

// True when this module was started, not imported.
export const isMain = (meta) => process.argv[1] && meta.url === pathToFileURL(process.argv[1]).href;
