// Signed deliveries to the subscriber: one after the other, repeated with a growing delay until answered 2xx, each
// repeat with the original body. Ids follow from what happened, so that two runs of the same day send the same ids.
import { createHash, createHmac } from 'node:crypto';
import { fulfillmentBody, orderBody, refundBody } from './rest.mjs';

function uuid(text) {
  const h = createHash('sha256').update(text).digest('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

export const signature = (secret, body) => createHmac('sha256', secret).update(body).digest('base64');

export class Webhooks {
  // `queue` is part of the persistent state: what was not delivered before a restart goes out after it.
  constructor({ store, secret, url = null, apiVersion, retryMs = 250, attempts = 9, changed = () => {} }) {
    Object.assign(this, { store, secret, url, apiVersion, retryMs, attempts, changed });
    this.queue = store.state.webhook_queue ??= [];
    this.log = store.state.webhook_log ??= [];
    this.suppressed = false;
    this.twice = false;
    this.running = false;
    this.timer = null;
  }

  // The listener of store events. What `quiet(fn)` runs sends nothing; what `double(fn)` runs sends each twice.
  happened(topic, subject) {
    const order = subject.order ?? subject;
    const n = ++order.counters.event;
    const body = JSON.stringify(this.body(topic, subject, order));
    this.enqueue(topic, body, `${order.id}:${n}`);
  }

  body(topic, subject, order) {
    if (topic.startsWith('orders/')) return orderBody(this.store, order);
    if (topic.startsWith('fulfillments/')) return fulfillmentBody(this.store, order, subject);
    return refundBody(order, subject);
  }

  enqueue(topic, body, seed) {
    const event = uuid(`event:${seed}`);
    const entry = {
      id: uuid(`${topic}:${seed}`),
      event,
      topic,
      body,
      at: this.store.now(),
      attempts: 0,
      status: null,
    };
    if (this.suppressed) {
      this.log.push({ id: entry.id, topic, suppressed: true });
      return entry;
    }
    this.queue.push(entry);
    if (this.twice) this.queue.push({ ...entry });
    this.kick();
    return entry;
  }

  quiet(run, suppressed = true) {
    return this.during('suppressed', suppressed, run);
  }

  double(run, twice = true) {
    return this.during('twice', twice, run);
  }

  during(flag, value, run) {
    const before = this[flag];
    this[flag] = value || before;
    try {
      return run();
    } finally {
      this[flag] = before;
    }
  }

  // Sends the newest body of one order again under a topic, as a redelivery with the same id each time.
  resend(order, topic, times) {
    const seed = `${order.id}:resend:${++order.counters.event}`;
    const body = JSON.stringify(orderBody(this.store, order));
    for (let i = 0; i < times; i += 1) this.enqueue(topic, body, seed);
  }

  kick(delay = 0) {
    if (this.running || this.timer || !this.url || this.queue.length === 0) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.drain();
    }, delay);
  }

  async drain() {
    this.running = true;
    let failed = 0;
    while (this.url && this.queue.length > 0 && failed < this.queue.length) {
      const [entry] = this.queue; // leaves the queue when it is done, so that a killed shop sends it again
      entry.attempts += 1;
      entry.status = await this.send(entry);
      this.queue.shift();
      const done = entry.status >= 200 && entry.status < 300;
      if (done || entry.attempts >= this.attempts) {
        this.log.push({ id: entry.id, topic: entry.topic, attempts: entry.attempts, status: entry.status });
      } else {
        this.queue.push(entry);
        failed += 1;
      }
      this.changed();
    }
    this.running = false;
    const tries = Math.max(0, ...this.queue.map((entry) => entry.attempts));
    this.kick(Math.min(10_000, this.retryMs * 2 ** tries));
  }

  async send(entry) {
    const headers = {
      'Content-Type': 'application/json',
      'User-Agent': 'Sandbox-Captain-Hook',
      'X-Shopify-Topic': entry.topic,
      'X-Shopify-Hmac-Sha256': signature(this.secret, entry.body),
      'X-Shopify-Shop-Domain': this.store.state.shop,
      'X-Shopify-API-Version': this.apiVersion,
      'X-Shopify-Webhook-Id': entry.id,
      'X-Shopify-Event-Id': entry.event,
      'X-Shopify-Triggered-At': entry.at,
    };
    try {
      const answer = await fetch(this.url, {
        method: 'POST',
        headers,
        body: entry.body,
        redirect: 'manual',
        signal: AbortSignal.timeout(5000),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }
}
