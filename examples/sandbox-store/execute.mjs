// Runs a parsed document over a table of types: answers the selected fields only, refuses what the table
// does not know, and counts the cost of a query as the platform does (scalars nothing, objects one,
// connections by their size, mutations ten).
import { Refused } from './refused.mjs';
import { GraphqlError, parse } from './graphql.mjs';

export const SINGLE_QUERY_LIMIT = 1000;
const SCALARS = new Set([
  'ID',
  'String',
  'Int',
  'Float',
  'Boolean',
  'DateTime',
  'URL',
  'UnsignedInt64',
  'JSON',
  'Money',
]);

const base = (type) => type.replace(/[![\]]/g, '');

function checkScalar(type, value, where) {
  const good =
    {
      Int: () => Number.isInteger(value),
      Float: () => typeof value === 'number',
      Boolean: () => typeof value === 'boolean',
      ID: () => typeof value === 'string' || Number.isInteger(value),
    }[type] || (() => typeof value === 'string');
  if (!good())
    throw new GraphqlError(`${where} has an invalid value (${JSON.stringify(value)}) for type '${type}'`);
  return value;
}

// One input value against its declared type; unknown keys of input objects are refused.
function coerce(schema, type, value, where) {
  if (type.endsWith('!')) {
    if (value === null || value === undefined)
      throw new GraphqlError(`${where} of type ${type} was provided invalid value`);
    return coerce(schema, type.slice(0, -1), value, where);
  }
  if (value === null || value === undefined) return value;
  if (type.startsWith('[')) {
    const list = Array.isArray(value) ? value : [value];
    return list.map((entry, i) => coerce(schema, type.slice(1, -1), entry, `${where}.${i}`));
  }
  if (SCALARS.has(type)) return checkScalar(type, value, where);
  if (schema.enums[type]) {
    if (!schema.enums[type].includes(value)) throw new GraphqlError(`${where}: '${value}' is no ${type}`);
    return value;
  }
  const input = schema.inputs[type];
  if (!input) throw new GraphqlError(`No such type ${type}, so it can't be a variable`);
  for (const key of Object.keys(value)) {
    if (!input[key]) throw new GraphqlError(`InputObject '${type}' doesn't accept argument '${key}'`);
  }
  const out = {};
  for (const [key, wanted] of Object.entries(input)) {
    const given = coerce(schema, wanted, value[key], `${where}.${key}`);
    if (given !== undefined) out[key] = given;
  }
  return out;
}

class Execution {
  constructor(schema, document, operation, variables) {
    this.schema = schema;
    this.document = document;
    this.operation = operation;
    this.variables = {};
    const declared = new Set(operation.variables.map((v) => v.name));
    for (const name of Object.keys(variables)) {
      if (!declared.has(name)) throw new GraphqlError(`Variable $${name} is not declared`);
    }
    for (const v of operation.variables) {
      const given = v.name in variables ? variables[v.name] : v.fallback && this.value(v.fallback);
      this.variables[v.name] = coerce(schema, v.type, given, `Variable $${v.name}`);
    }
    this.spent = 0;
  }

  value(node) {
    if ('literal' in node) return node.literal;
    if ('enumeration' in node) return node.enumeration;
    if (node.list) return node.list.map((entry) => this.value(entry));
    if (node.object) return Object.fromEntries(Object.entries(node.object).map(([k, v]) => [k, this.value(v)]));
    if (!(node.variable in this.variables)) throw new GraphqlError(`Variable $${node.variable} is not declared`);
    return this.variables[node.variable];
  }

  // The selected fields of a type, fragments opened.
  fields(type, selections) {
    const list = [];
    for (const selection of selections) {
      if (selection.spread) {
        const fragment = this.document.fragments[selection.spread];
        if (!fragment) throw new GraphqlError(`Fragment ${selection.spread} was used, but not defined`);
        if (fragment.type !== type)
          throw new GraphqlError(`Fragment ${selection.spread} can't be spread inside ${type}`);
        list.push(...this.fields(type, fragment.selections));
      } else if ('inline' in selection) {
        if (selection.inline === null || selection.inline === type)
          list.push(...this.fields(type, selection.selections));
      } else {
        list.push(selection);
      }
    }
    return list;
  }

  field(type, selection) {
    if (selection.name === '__typename') return { type: 'String!', resolve: () => type, args: {} };
    const field = this.schema.types[type][selection.name];
    if (!field) {
      throw new GraphqlError(`Field '${selection.name}' doesn't exist on type '${type}'`, {
        code: 'undefinedField',
        typeName: type,
        fieldName: selection.name,
      });
    }
    const composite = Boolean(this.schema.types[base(field.type)]);
    if (composite && !selection.selections) {
      throw new GraphqlError(`Field must have selections (field '${selection.name}' returns ${base(field.type)})`);
    }
    if (!composite && selection.selections) {
      throw new GraphqlError(
        `Selections can't be made on scalars (field '${selection.name}' returns ${base(field.type)})`,
      );
    }
    return field;
  }

  args(field, selection) {
    for (const name of Object.keys(selection.args)) {
      if (!field.args[name]) {
        throw new GraphqlError(`Field '${selection.name}' doesn't accept argument '${name}'`, {
          code: 'argumentNotAccepted',
        });
      }
    }
    const out = {};
    for (const [name, type] of Object.entries(field.args)) {
      const given = selection.args[name] ? this.value(selection.args[name]) : undefined;
      const value = coerce(this.schema, type, given, `Argument '${name}' on Field '${selection.name}'`);
      if (value !== undefined) out[name] = value;
    }
    return out;
  }

  // Worst case before anything runs; also refuses unknown fields and arguments anywhere in the document.
  estimate(type, selections, size) {
    let cost = 0;
    for (const selection of this.fields(type, selections)) {
      const field = this.field(type, selection);
      const args = this.args(field, selection);
      const inner = base(field.type);
      if (!this.schema.types[inner]) continue;
      if (inner.endsWith('Connection')) {
        const count = args.first ?? args.last;
        if (count === undefined) {
          throw new GraphqlError(`you must provide one of first or last (field '${selection.name}')`, {
            code: 'BAD_REQUEST',
          });
        }
        if (count > 250) throw new GraphqlError('The limit of a page is 250', { code: 'BAD_REQUEST' });
        cost += this.estimate(inner, selection.selections, count);
      } else if (inner === 'PageInfo') {
        this.estimate(inner, selection.selections, 1);
      } else {
        const listed = field.type.startsWith('[') ? (args.first ?? size ?? 1) : 1;
        cost += listed * (1 + this.estimate(inner, selection.selections));
      }
    }
    return cost;
  }

  complete(field, selection, value) {
    if (value === null || value === undefined) return null;
    const inner = base(field.type);
    if (!this.schema.types[inner]) return value;
    if (Array.isArray(value)) return value.map((entry) => this.object(inner, selection.selections, entry));
    return this.object(inner, selection.selections, value);
  }

  object(type, selections, source) {
    if (!type.endsWith('Connection') && type !== 'PageInfo') this.spent += 1;
    const out = {};
    for (const selection of this.fields(type, selections)) {
      const field = this.field(type, selection);
      const value = field.resolve(source, this.args(field, selection), this.schema.store);
      out[selection.alias] = this.complete(field, selection, value);
    }
    return out;
  }

  run() {
    const root = this.operation.kind === 'mutation' ? 'Mutation' : 'QueryRoot';
    const data = this.object(root, this.operation.selections, {});
    this.spent += this.operation.kind === 'mutation' ? 9 : -1;
    return data;
  }
}

function choose(document, name) {
  if (name) {
    const found = document.operations.find((o) => o.name === name);
    if (!found) throw new GraphqlError(`No operation named "${name}"`);
    return found;
  }
  if (document.operations.length > 1) throw new GraphqlError('An operation name is required');
  return document.operations[0];
}

const round = (number) => Math.round(number * 10) / 10;

// Answers one request body { query, variables, operationName } with { data | errors, extensions }.
export function execute(schema, bucket, body) {
  let requested = 0;
  const answer = (part, actual) => ({
    ...part,
    extensions: {
      cost: { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus: bucket.status(round) },
    },
  });
  const problem = (message, extensions) =>
    answer({ errors: [extensions ? { message, extensions } : { message }] }, null);
  try {
    const document = parse(body.query);
    const operation = choose(document, body.operationName);
    const run = new Execution(schema, document, operation, body.variables ?? {});
    const mutation = operation.kind === 'mutation';
    requested = (mutation ? 10 : 0) + run.estimate(mutation ? 'Mutation' : 'QueryRoot', operation.selections);
    if (requested > SINGLE_QUERY_LIMIT) {
      return problem(
        `Query cost is ${requested}, which exceeds the single query max cost limit (${SINGLE_QUERY_LIMIT}).`,
        { code: 'MAX_COST_EXCEEDED', cost: requested, maxCost: SINGLE_QUERY_LIMIT },
      );
    }
    if (!bucket.take(requested)) return problem('Throttled', { code: 'THROTTLED' });
    const data = run.run();
    bucket.give(requested - run.spent);
    return answer({ data }, run.spent);
  } catch (error) {
    if (error instanceof GraphqlError) return problem(error.message, error.extensions);
    if (error instanceof Refused) return problem(error.message, { code: 'BAD_REQUEST' });
    throw error;
  }
}

// The leaky bucket of cost points. `now` is real time in milliseconds.
export class Bucket {
  constructor(maximum, restore, now) {
    this.now = now;
    this.set(maximum, restore, maximum);
  }

  set(maximum, restore, available) {
    Object.assign(this, { maximum, restore, available, at: this.now() });
  }

  refill() {
    const now = this.now();
    this.available = Math.min(this.maximum, this.available + ((now - this.at) / 1000) * this.restore);
    this.at = now;
  }

  take(points) {
    this.refill();
    if (points > this.available) return false;
    this.available -= points;
    return true;
  }

  give(points) {
    this.available = Math.min(this.maximum, this.available + Math.max(0, points));
  }

  status(round) {
    this.refill();
    return { maximumAvailable: this.maximum, currentlyAvailable: round(this.available), restoreRate: this.restore };
  }
}
