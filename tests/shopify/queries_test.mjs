// Every GraphQL text of the connector against Shopify's own schemas, and the sandbox's table of types against them too.
import assert from 'node:assert/strict';
import test from 'node:test';
import { graphql, pinned, queries, schemaOf, versions } from './shopify_schemas.mjs';
import { enums, inputs, types } from '../../examples/sandbox-store/schema.mjs';

const { parse, validate } = graphql;
const texts = queries();
const schemas = new Map(versions.map((version) => [version, schemaOf(version)]));

test('there are texts to check, and the pinned version is among at least three', () => {
  assert.ok(texts.length >= 14, `${texts.length} texts`);
  assert.ok(versions.length >= 3, versions.join(' '));
  assert.ok(versions.includes(pinned), `${pinned} of ${versions.join(' ')}`);
  for (const { name, text } of texts) assert.match(text, new RegExp(`\\b(query|mutation) ${name}\\b`));
});

for (const [version, schema] of schemas) {
  test(`every text is valid in ${version}`, () => {
    for (const { name, text } of texts) {
      if (text.includes('@idempotent') && version < '2026-01') continue; // the directive is younger
      const errors = validate(schema, parse(text)).map((error) => error.message);
      assert.deepEqual(errors, [], name);
    }
  });
}

test('a wrong field is noticed', () => {
  const bad = texts[0].text.replace('name', 'lot');
  assert.notDeepEqual(validate(schemas.get(pinned), parse(bad)), []);
});

test('nothing that the texts ask for is deprecated in the pinned version', () => {
  const schema = schemas.get(pinned);
  for (const { name, text } of texts) {
    const info = new graphql.TypeInfo(schema);
    const old = [];
    graphql.visit(
      parse(text),
      graphql.visitWithTypeInfo(info, {
        Field(node) {
          if (info.getFieldDef()?.deprecationReason) old.push(node.name.value);
        },
      }),
    );
    assert.deepEqual(old, [], name);
  }
});

test("the sandbox's types, fields, arguments and inputs are the platform's", () => {
  const schema = schemas.get(pinned);
  for (const [name, fields] of Object.entries(types)) {
    const real = schema.getType(name);
    assert.ok(real, `type ${name}`);
    for (const [field, { type, args }] of Object.entries(fields)) {
      const found = real.getFields()[field];
      assert.ok(found, `${name}.${field}`);
      assert.equal(String(found.type), type, `${name}.${field}`);
      for (const [arg, wanted] of Object.entries(args)) {
        const there = found.args.find((a) => a.name === arg);
        assert.ok(there, `${name}.${field}(${arg})`);
        assert.equal(String(there.type), wanted, `${name}.${field}(${arg})`);
      }
    }
  }
  for (const [name, fields] of Object.entries(inputs)) {
    for (const [field, wanted] of Object.entries(fields)) {
      const found = schema.getType(name)?.getFields()[field];
      assert.ok(found, `${name}.${field}`);
      assert.equal(String(found.type), wanted, `${name}.${field}`);
    }
  }
  for (const [name, values] of Object.entries(enums)) {
    for (const value of values) assert.ok(schema.getType(name).getValue(value), `${name}.${value}`);
  }
});
