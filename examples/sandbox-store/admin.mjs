// The sandbox's own calls, under /sandbox/: what a person would do in the shop's admin or as its customer, and the
// levers of a test (faults, suppressed webhooks, the clock). Every body and answer is JSON.
import { orderBody } from './rest.mjs';
import { number } from './store.mjs';

const customersRedact = (store, { order, customer }) => {
  const found = order === undefined ? null : store.order(order);
  return {
    shop_id: 1,
    shop_domain: store.state.shop,
    customer: { id: customer ?? found?.customer?.id ?? null, email: found?.email ?? null, phone: null },
    orders_to_redact: found ? [found.id] : [],
  };
};

// Method and path to handler. A handler gets { store, hooks, faults, bucket, log } and the body, and gives the answer.
const routes = {
  'GET health': () => ({ ok: true }),
  'POST products': ({ store }, body) => store.createProduct(body),
  'POST locations': ({ store }, body) => store.addLocation(body),
  'POST orders': ({ store, hooks }, body) => {
    const place = () => store.placeOrder(body);
    if (body.webhooks === false) return hooks.quiet(place);
    return hooks.double(place, body.webhooks === 'twice');
  },
  'GET orders': ({ store }) => store.state.orders,
  'GET contents': ({ store }) => store.contents(),
  'POST edit': ({ store, hooks }, body, order) =>
    hooks.quiet(() => store.edit(order, body), body.webhooks === false),
  'POST cancel': ({ store, hooks }, body, order) =>
    hooks.quiet(() => store.cancel(order, body), body.webhooks === false),
  'POST refund': ({ store, hooks }, body, order) =>
    hooks.quiet(() => store.refund(order, body), body.webhooks === false),
  'POST fulfil': ({ store, hooks }, body, order) =>
    hooks.quiet(() => store.pressShip(order, body), body.webhooks === false),
  'POST fulfillments': ({ store }, body) => store.changeFulfillment(body.id, body),
  'POST webhooks': ({ hooks }, body) => {
    if ('url' in body) hooks.url = body.url;
    if ('suppress' in body) hooks.suppressed = body.suppress;
    hooks.kick();
    return { url: hooks.url, suppress: hooks.suppressed };
  },
  'POST resend': ({ store, hooks }, { order, topic = 'orders/updated', times = 1 }) => {
    hooks.resend(store.order(order), topic, times);
    return { ok: true };
  },
  'POST redact': ({ store, hooks }, body) => {
    const topic = body.topic ?? 'customers/redact';
    const payload =
      topic === 'shop/redact' ? { shop_id: 1, shop_domain: store.state.shop } : customersRedact(store, body);
    if (topic === 'customers/data_request') {
      payload.orders_requested = payload.orders_to_redact;
      delete payload.orders_to_redact;
      payload.data_request = { id: 1 };
    }
    hooks.enqueue(topic, JSON.stringify(payload), `${body.order ?? 'shop'}:redact`);
    return payload;
  },
  'GET deliveries': ({ hooks }) => ({
    waiting: hooks.queue.map(({ id, topic, attempts, status }) => ({ id, topic, attempts, status })),
    done: hooks.log,
  }),
  'POST faults': ({ faults }, body) => {
    faults.add(body);
    return faults.rules;
  },
  'DELETE faults': ({ faults }) => {
    faults.clear();
    return [];
  },
  'POST throttle': ({ bucket }, body) => {
    bucket.set(
      body.maximum ?? bucket.maximum,
      body.restore ?? bucket.restore,
      body.available ?? body.maximum ?? bucket.maximum,
    );
    return bucket.status((x) => x);
  },
  'POST clock': ({ store }, { now }) => {
    store.state.clock = now === null ? null : Math.max(store.state.clock ?? 0, Date.parse(now));
    return { now: store.now() };
  },
  // What a webhook about the order would say now.
  'GET body': ({ store }, body, order) => orderBody(store, order),
  'GET calls': ({ log }) => log,
};

// Finds and runs the call; undefined where there is none. "/sandbox/orders/1001/edit" acts on that order, and
// "/sandbox/orders/1001" reads it.
export function admin(context, method, path, body) {
  const parts = path.split('/').filter(Boolean).slice(1).map(decodeURIComponent);
  if (parts[0] === 'orders' && parts.length >= 2) {
    const order = context.store.order(parts[1].startsWith('#') ? parts[1] : number(parts[1]));
    if (parts.length === 2 && method === 'GET') return order;
    return routes[`${method} ${parts[2]}`]?.(context, body, order);
  }
  return routes[`${method} ${parts.join('/')}`]?.(context, body);
}
