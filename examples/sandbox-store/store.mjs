// The shop itself: products, orders, fulfillment orders, fulfillments, refunds and metafields, with the rules that
// matter to a connector. Ids come from counters within their order, so they are the same however requests interleave.
import { Refused } from './refused.mjs';

const LOCATIONS = [
  { id: 1, name: 'Madrid warehouse' },
  { id: 2, name: 'Shop back room' },
];
export const gid = (type, id) => `gid://shopify/${type}/${id}`;
export const number = (text) => Number(/(\d+)$/.exec(String(text))?.[1] ?? NaN);

// The platform's ids differ from shop to shop, its order numbers do not.
function shopNumber(shop) {
  if (shop === 'sandbox.myshopify.com') return 0;
  let sum = 0;
  for (const c of shop) sum = (sum * 31 + c.charCodeAt(0)) % 8999;
  return sum + 1;
}

export class Store {
  // `events(topic, subject)` is told of everything that a webhook exists for, after it happened.
  constructor({
    state = null,
    now = null,
    startAt = null,
    shop = 'sandbox.myshopify.com',
    firstOrder = 1001,
  } = {}) {
    this.state = state ?? {
      shop,
      clock: startAt ? Date.parse(startAt) : null,
      nextOrder: firstOrder,
      nextProduct: 1,
      nextCustomer: 1,
      locations: LOCATIONS,
      products: [],
      orders: [],
    };
    this.base = shopNumber(this.state.shop) * 10_000_000_000;
    this.realNow = now ?? Date.now;
    this.events = () => {};
  }

  // Whole seconds, as the platform answers. A clock of the sandbox's own stands still but moves on by a
  // second with each change, so that every change is later than the one before.
  now(step = 0) {
    if (this.state.clock === null) return `${new Date(this.realNow()).toISOString().slice(0, 19)}Z`;
    this.state.clock += step * 1000;
    return `${new Date(this.state.clock).toISOString().slice(0, 19)}Z`;
  }

  touch(order) {
    order.updated_at = this.now(1);
    order.changes += 1;
  }

  // Accepts a GID, a legacy id, a number (1001) or a name (#1001).
  order(ref) {
    const text = String(ref);
    const wanted = text.startsWith('#') ? text : number(text);
    const order = this.state.orders.find((o) => o.id === wanted || o.number === wanted || o.name === wanted);
    if (!order) throw new Refused(`No order ${text}`, ['id']);
    return order;
  }

  location(ref) {
    const location = this.state.locations.find((l) => l.id === number(ref));
    if (!location) throw new Refused(`No location ${ref}`, ['location']);
    return location;
  }

  addLocation({ name }) {
    const location = { id: this.state.locations.length + 1, name };
    this.state.locations.push(location);
    return location;
  }

  createProduct({ sku, title = sku, barcode = null, requires_shipping: ships = true, price = '1.00' }) {
    const known = this.state.products.find((p) => p.sku === sku);
    if (known) return known;
    const n = this.state.nextProduct++;
    const product = {
      product_id: this.base + 8_200_000_000_000 + n,
      variant_id: this.base + 44_100_000_000_000 + n,
      inventory_item_id: this.base + 46_100_000_000_000 + n,
      sku,
      title,
      barcode,
      requires_shipping: ships,
      price,
      updated_at: this.now(1),
    };
    this.state.products.push(product);
    return product;
  }

  newLine(order, wanted) {
    const product = this.state.products.find((p) => p.sku === wanted.sku);
    const n = ++order.counters.line;
    return {
      id: this.base + 14_000_000_000_000 + order.number * 1000 + n,
      variant_id: product?.variant_id ?? null,
      product_id: product?.product_id ?? null,
      sku: wanted.sku ?? null,
      title: wanted.title ?? product?.title ?? wanted.sku,
      quantity: wanted.quantity,
      current_quantity: wanted.quantity,
      price: wanted.price ?? product?.price ?? '1.00',
      requires_shipping: wanted.requires_shipping ?? product?.requires_shipping ?? true,
      properties: wanted.properties ?? [],
    };
  }

  customer(wanted) {
    if (!wanted) return null;
    const id = wanted.id ?? this.base + 7_000_000_000_000 + this.state.nextCustomer++;
    return {
      id,
      first_name: wanted.first_name ?? null,
      last_name: wanted.last_name ?? null,
      email: wanted.email ?? null,
      phone: wanted.phone ?? null,
    };
  }

  placeOrder(wanted) {
    if (!Array.isArray(wanted.lines) || wanted.lines.length === 0)
      throw new Refused('An order has lines', ['lines']);
    const n = this.state.nextOrder++;
    const placed = wanted.processed_at ?? this.now(1);
    const customer = this.customer(wanted.customer);
    const order = {
      id: this.base + 5_500_000_000_000 + n,
      number: n,
      name: `#${n}`,
      created_at: placed,
      processed_at: placed,
      updated_at: placed,
      cancelled_at: null,
      cancel_reason: null,
      closed_at: null,
      test: wanted.test ?? false,
      email: wanted.email ?? customer?.email ?? null,
      phone: wanted.phone ?? null,
      note: wanted.note ?? null,
      financial_status: wanted.financial_status ?? 'paid',
      tags: wanted.tags ?? [],
      attributes: wanted.note_attributes ?? [],
      customer,
      shipping: wanted.ship_to ?? null,
      lines: [],
      fulfillment_orders: [],
      fulfillments: [],
      refunds: [],
      metafields: {},
      changes: 0,
      counters: { line: 0, work: 0, workLine: 0, fulfillment: 0, refund: 0, metafield: 0, event: 0 },
    };
    order.lines = wanted.lines.map((line) => this.newLine(order, line));
    this.addWork(order, order.lines, this.location(wanted.location ?? 1));
    this.state.orders.push(order);
    this.events('orders/create', order);
    return order;
  }

  // Work that the shop's routing hands to one location.
  addWork(order, lines, location) {
    const shipped = lines.filter((line) => line.requires_shipping);
    if (shipped.length === 0) return;
    const n = ++order.counters.work;
    order.fulfillment_orders.push({
      id: this.base + 7_100_000_000_000 + order.number * 100 + n,
      location_id: location.id,
      status: 'OPEN',
      lines: shipped.map((line) => ({
        id: this.base + 9_100_000_000_000 + order.number * 1000 + ++order.counters.workLine,
        line_id: line.id,
        total: line.quantity,
        remaining: line.quantity,
      })),
    });
  }

  closeWork(order) {
    for (const work of order.fulfillment_orders) {
      if (work.status === 'OPEN' || work.status === 'IN_PROGRESS') {
        const left = work.lines.reduce((sum, line) => sum + line.remaining, 0);
        if (left === 0) work.status = 'CLOSED';
        else if (work.lines.some((line) => line.remaining < line.total)) work.status = 'IN_PROGRESS';
      }
    }
  }

  line(order, ref) {
    const found = order.lines.find(
      (l) => l.id === number(ref.line ?? ref.id ?? '') || (ref.sku && l.sku === ref.sku),
    );
    if (!found) throw new Refused(`No such line in ${order.name}`, ['lines']);
    return found;
  }

  shippedOf(order, line) {
    let sum = 0;
    for (const f of order.fulfillments) {
      if (f.status === 'cancelled') continue;
      for (const l of f.lines) if (l.line_id === line.id) sum += l.quantity;
    }
    return sum;
  }

  // Takes unshipped units out of the order: from its work and from its current quantity.
  remove(order, line, quantity) {
    const open = line.current_quantity - this.shippedOf(order, line);
    if (quantity > open) throw new Refused(`Only ${open} units of ${line.sku} can still be removed`, ['quantity']);
    line.current_quantity -= quantity;
    let left = quantity;
    for (const work of order.fulfillment_orders) {
      for (const l of work.lines) {
        if (l.line_id !== line.id) continue;
        const taken = Math.min(left, l.remaining);
        l.remaining -= taken;
        l.total -= taken;
        left -= taken;
      }
    }
  }

  // What the merchant does by "edit order": set quantities of lines, add lines.
  edit(order, { set = [], add = [], ship_to: shipTo }) {
    if (order.cancelled_at) throw new Refused('A cancelled order is not edited');
    for (const change of set) {
      const line = this.line(order, change);
      if (change.quantity < line.current_quantity) {
        this.remove(order, line, line.current_quantity - change.quantity);
      } else if (change.quantity > line.current_quantity) {
        const more = change.quantity - line.current_quantity;
        line.quantity += more;
        line.current_quantity += more;
        this.addWork(order, [{ ...line, quantity: more }], this.location(1));
      }
    }
    const added = add.map((wanted) => this.newLine(order, wanted));
    order.lines.push(...added);
    if (shipTo) order.shipping = { ...order.shipping, ...shipTo };
    added.forEach((line, i) => this.addWork(order, [line], this.location(add[i].location ?? 1)));
    this.closeWork(order);
    this.touch(order);
    this.events('orders/updated', order);
    return order;
  }

  cancel(order, { reason = 'customer' } = {}) {
    if (order.cancelled_at) return order;
    this.touch(order);
    order.cancelled_at = order.updated_at;
    order.closed_at = order.updated_at;
    order.cancel_reason = reason;
    const lines = [];
    for (const line of order.lines) {
      const open = line.current_quantity - this.shippedOf(order, line);
      if (open > 0) {
        this.remove(order, line, open);
        lines.push({ line_id: line.id, quantity: open, restock_type: 'cancel' });
      }
    }
    for (const work of order.fulfillment_orders) if (work.status !== 'CLOSED') work.status = 'CANCELLED';
    if (lines.length > 0) this.addRefund(order, lines, null);
    this.events('orders/cancelled', order);
    this.events('orders/updated', order);
    return order;
  }

  addRefund(order, lines, note) {
    const n = ++order.counters.refund;
    const id = this.base + 890_000_000_000 + order.number * 100 + n;
    const refund = {
      id,
      note,
      created_at: order.updated_at,
      lines: lines.map((line, i) => ({ id: id * 100 + i + 1, location_id: null, ...line })),
    };
    order.refunds.push(refund);
    order.financial_status = order.lines.every((l) => l.current_quantity === 0) ? 'refunded' : 'partially_refunded';
    return refund;
  }

  // Money back. `cancel` takes unshipped units out; `return` and `no_restock` speak of shipped ones.
  refund(order, { lines = [], note = null } = {}) {
    this.touch(order);
    const done = lines.map((wanted) => {
      const line = this.line(order, wanted);
      const type = wanted.restock_type ?? 'no_restock';
      if (type === 'cancel') {
        this.remove(order, line, wanted.quantity);
      } else {
        if (wanted.quantity > line.current_quantity) throw new Refused('More than was bought', ['quantity']);
        line.current_quantity -= wanted.quantity;
      }
      return {
        line_id: line.id,
        quantity: wanted.quantity,
        restock_type: type,
        location_id: type === 'return' ? 1 : null,
      };
    });
    const refund = this.addRefund(order, done, note);
    this.closeWork(order);
    this.events('refunds/create', { ...refund, order });
    this.events('orders/updated', order);
    return refund;
  }

  // The rules of fulfillmentCreate; the button in the admin takes the same way.
  createFulfillment(groups, tracking, by) {
    const works = groups.map((group) => this.work(group.fulfillmentOrderId));
    const order = works[0].order;
    if (works.some((w) => w.order !== order))
      throw new Refused('All fulfillment orders must be of one order.', ['fulfillment']);
    if (new Set(works.map((w) => w.work.location_id)).size > 1) {
      throw new Refused('All fulfillment orders must be assigned to the same location.', ['fulfillment']);
    }
    const taken = [];
    groups.forEach((group, i) => taken.push(...this.takeWork(works[i].work, group.fulfillmentOrderLineItems)));
    for (const { row, quantity } of taken) row.remaining -= quantity;
    const n = ++order.counters.fulfillment;
    this.touch(order);
    const lines = new Map();
    for (const { row, quantity } of taken) lines.set(row.line_id, (lines.get(row.line_id) ?? 0) + quantity);
    const fulfillment = {
      id: this.base + 4_300_000_000_000 + order.number * 100 + n,
      name: `${order.name}.${n}`,
      status: 'success',
      by,
      location_id: works[0].work.location_id,
      created_at: order.updated_at,
      updated_at: order.updated_at,
      tracking,
      work_ids: works.map((w) => w.work.id),
      lines: [...lines].map(([line_id, quantity]) => ({ line_id, quantity })),
    };
    order.fulfillments.push(fulfillment);
    this.closeWork(order);
    this.events('fulfillments/create', { ...fulfillment, order });
    this.events('orders/updated', order);
    return { order, fulfillment };
  }

  work(ref) {
    for (const order of this.state.orders) {
      const work = order.fulfillment_orders.find((w) => w.id === number(ref));
      if (work) return { order, work };
    }
    throw new Refused('Fulfillment order does not exist.', ['fulfillment']);
  }

  takeWork(work, wanted) {
    if (work.status !== 'OPEN' && work.status !== 'IN_PROGRESS') {
      throw new Refused(`Fulfillment order ${work.id} has an unfulfillable status= ${work.status.toLowerCase()}.`, [
        'fulfillment',
      ]);
    }
    if (!wanted)
      return work.lines.filter((row) => row.remaining > 0).map((row) => ({ row, quantity: row.remaining }));
    return wanted.map(({ id, quantity }) => {
      const row = work.lines.find((l) => l.id === number(id));
      if (!row) throw new Refused('Fulfillment order line item does not exist.', ['fulfillment']);
      if (quantity < 1 || quantity > row.remaining) {
        throw new Refused('Invalid fulfillment order line item quantity requested.', ['fulfillment']);
      }
      return { row, quantity };
    });
  }

  // The button in the shop's admin: ships what is open, all of it or some lines of it.
  pressShip(order, { lines = null, tracking = null, location = null } = {}) {
    const groups = [];
    for (const work of order.fulfillment_orders) {
      if (location !== null && work.location_id !== number(location)) continue;
      if (work.status !== 'OPEN' && work.status !== 'IN_PROGRESS') continue;
      const rows = work.lines
        .filter((row) => row.remaining > 0)
        .map((row) => {
          const line = order.lines.find((l) => l.id === row.line_id);
          const wanted = lines
            ? lines.find((w) => w.sku === line.sku || number(w.line ?? '') === line.id)
            : { quantity: row.remaining };
          return wanted
            ? { id: row.id, quantity: Math.min(row.remaining, wanted.quantity ?? row.remaining) }
            : null;
        })
        .filter(Boolean);
      if (rows.length > 0) groups.push({ fulfillmentOrderId: work.id, fulfillmentOrderLineItems: rows });
    }
    if (groups.length === 0) throw new Refused('Nothing left to ship');
    return this.createFulfillment(groups.slice(0, 1), tracking, 'staff').fulfillment;
  }

  fulfillment(ref) {
    for (const order of this.state.orders) {
      const fulfillment = order.fulfillments.find((f) => f.id === number(ref));
      if (fulfillment) return { order, fulfillment };
    }
    throw new Refused(`No fulfillment ${ref}`, ['id']);
  }

  changeFulfillment(ref, { tracking, cancel = false }) {
    const { order, fulfillment } = this.fulfillment(ref);
    this.touch(order);
    if (tracking) fulfillment.tracking = tracking;
    if (cancel && fulfillment.status !== 'cancelled') {
      fulfillment.status = 'cancelled';
      const rows = fulfillment.lines.map(({ line_id, quantity }) => {
        const line = order.lines.find((l) => l.id === line_id);
        return { ...line, quantity };
      });
      this.addWork(order, rows, this.location(fulfillment.location_id));
    }
    fulfillment.updated_at = order.updated_at;
    this.events('fulfillments/update', { ...fulfillment, order });
    this.events('orders/updated', order);
    return fulfillment;
  }

  refundById(ref) {
    for (const order of this.state.orders) {
      const refund = order.refunds.find((r) => r.id === number(ref));
      if (refund) return { ...refund, order };
    }
    throw new Refused(`No refund ${ref}`, ['id']);
  }

  subscribe({ topic, uri }) {
    const list = (this.state.subscriptions ??= []);
    if (list.some((s) => s.topic === topic && s.uri === uri)) {
      throw new Refused('Address for this topic has already been taken', ['webhookSubscription', 'uri']);
    }
    list.push({ id: list.length + 1, topic, uri });
    return list.at(-1);
  }

  define({ ownerType, namespace, key }) {
    const list = (this.state.definitions ??= []);
    const name = `${ownerType}.${namespace}.${key}`;
    if (list.includes(name))
      throw new Refused('Key is in use for Order metafields', ['definition', 'key'], 'TAKEN');
    list.push(name);
    return { id: list.length };
  }

  // Everything that another run of the same day must have too: no times.
  contents() {
    return this.state.orders.map((o) => ({
      name: o.name,
      cancelled: o.cancelled_at !== null,
      lines: o.lines.map((l) => ({
        id: l.id,
        sku: l.sku,
        quantity: l.quantity,
        current: l.current_quantity,
        shipped: this.shippedOf(o, l),
      })),
      fulfillments: o.fulfillments.map((f) => ({
        id: gid('Fulfillment', f.id),
        status: f.status,
        by: f.by,
        location: f.location_id,
        tracking: f.tracking?.number ?? null,
        lines: f.lines,
      })),
      refunds: o.refunds.map((r) => ({ id: r.id, lines: r.lines })),
      metafields: Object.fromEntries(
        Object.entries(o.metafields)
          .sort()
          .map(([key, m]) => [key, m.type === 'json' ? JSON.parse(m.value) : m.value]),
      ),
    }));
  }
}
