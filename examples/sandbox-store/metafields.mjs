// What metafieldsSet does: optimistic locking by digest, limits and types as the platform has them.
import { createHash } from 'node:crypto';
import { Refused } from './refused.mjs';

const digest = (text) => createHash('sha256').update(text).digest('hex');

// metafieldsSet: all or none; compareDigest null asks that the metafield does not exist yet.
export function setMetafields(store, list) {
  if (list.length > 25)
    throw new Refused(
      'Exceeded the maximum metafields input limit of 25.',
      ['metafields'],
      'LESS_THAN_OR_EQUAL_TO',
    );
  const targets = list.map((input, i) => checkMetafield(store, input, i));
  const changed = new Set();
  const done = targets.map(({ order, key, input }) => {
    const old = order.metafields[key];
    if (old && old.value === input.value) return { ...old, order };
    const type = input.type ?? old.type;
    const id = old?.id ?? store.base + 30_000_000_000_000 + order.number * 100 + ++order.counters.metafield;
    changed.add(order);
    order.metafields[key] = {
      id,
      namespace: input.namespace,
      key: input.key,
      type,
      value: input.value,
      compareDigest: digest(input.value),
    };
    return { ...order.metafields[key], order };
  });
  for (const order of changed) {
    store.touch(order);
    store.events('orders/updated', order);
  }
  return done;
}

function checkMetafield(store, input, i) {
  const refuse = (message, code, part) => {
    throw new Refused(message, ['metafields', String(i), part], code, i);
  };
  let order;
  try {
    order = store.order(input.ownerId);
  } catch {
    refuse('Owner does not exist.', 'INVALID', 'ownerId');
  }
  const key = `${input.namespace}.${input.key}`;
  const old = order.metafields[key];
  const type = input.type ?? old?.type;
  if (!type) refuse("Type can't be blank", 'BLANK', 'type');
  const limit = type === 'json' ? 131_072 : 65_536;
  if (Buffer.byteLength(input.value) > limit)
    refuse(`Value is too long (maximum is ${limit})`, 'TOO_LONG', 'value');
  if (type === 'json') {
    try {
      JSON.parse(input.value);
    } catch {
      refuse('Value is invalid JSON.', 'INVALID_VALUE', 'value');
    }
  }
  if ('compareDigest' in input && (old?.compareDigest ?? null) !== input.compareDigest) {
    refuse(
      'The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.',
      'STALE_OBJECT',
      'compareDigest',
    );
  }
  return { order, key, input };
}
