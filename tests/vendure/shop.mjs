// The Vendure server as a process of its own, and what a shop's staff and its customers do there.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const STAFF = { username: 'lotbridge', password: 'only-for-this-test' };

const ERROR = '__typename ... on ErrorResult { errorCode message }';

export class Shop {
  static async start(folder) {
    const shop = new Shop();
    shop.child = spawn(process.execPath, [join(here, 'server.mjs'), folder, STAFF.username, STAFF.password], {
      stdio: ['pipe', 'pipe', openSync(join(folder, 'vendure.log'), 'a')],
      cwd: folder, // it writes a folder of its own there
    });
    shop.exited = new Promise((done) => shop.child.on('exit', done));
    process.on('exit', () => shop.child.kill('SIGKILL'));
    let text = '';
    for await (const chunk of shop.child.stdout) {
      text += chunk;
      if (text.includes('\n')) break;
    }
    shop.child.stdout.on('data', () => {});
    const port = /^(\d+)$/m.exec(text)?.[1];
    if (!port) throw new Error(`vendure did not start; see ${folder}/vendure.log`);
    shop.url = `http://127.0.0.1:${port}`;
    return shop;
  }

  stop() {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  hooksTo(url, secret) {
    this.child.stdin.write(`${JSON.stringify({ url, secret })}\n`);
  }

  // One call; a customer's session goes with each of theirs.
  async call(api, query, variables, session) {
    const answer = await fetch(`${this.url}/${api}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(session?.token && { Authorization: `Bearer ${session.token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    const token = answer.headers.get('vendure-auth-token');
    if (token && session) session.token = token;
    const { data, errors } = await answer.json();
    if (errors) throw new Error(`${query.slice(0, 80)}: ${JSON.stringify(errors)}`);
    for (const [name, result] of Object.entries(data)) {
      if (result?.errorCode) throw new Error(`${name}: ${result.errorCode} ${result.message}`);
    }
    return data;
  }

  async admin(query, variables) {
    if (!this.staff) {
      this.staff = {};
      await this.call('admin-api', `mutation($u: String!, $p: String!) { login(username: $u, password: $p) { ${ERROR} } }`,
        { u: STAFF.username, p: STAFF.password }, this.staff);
    }
    return this.call('admin-api', query, variables, this.staff);
  }

  // A country, taxes, shipping, payment and these products ({sku: stock}).
  async open(products) {
    const names = (name) => [{ languageCode: 'en', name }];
    const made = await this.admin(
      `mutation($c: CreateCountryInput!) { createCountry(input: $c) { id } }`,
      { c: { code: 'ES', enabled: true, translations: names('Spain') } });
    const { createZone } = await this.admin(
      `mutation($z: CreateZoneInput!) { createZone(input: $z) { id } }`,
      { z: { name: 'Spain', memberIds: [made.createCountry.id] } });
    const { createTaxCategory } = await this.admin(
      `mutation { createTaxCategory(input: { name: "Food", isDefault: true }) { id } }`);
    await this.admin(`mutation($t: CreateTaxRateInput!) { createTaxRate(input: $t) { id } }`, {
      t: { name: 'Food', enabled: true, value: 10, categoryId: createTaxCategory.id, zoneId: createZone.id },
    });
    await this.admin(
      `mutation($c: UpdateChannelInput!) { updateChannel(input: $c) { ... on Channel { id } ${ERROR} } }`,
      { c: { id: '1', defaultTaxZoneId: createZone.id, defaultShippingZoneId: createZone.id } });
    const argument = (name, value) => ({ name, value });
    await this.admin(`mutation($m: CreateShippingMethodInput!) { createShippingMethod(input: $m) { id } }`, {
      m: {
        code: 'standard',
        fulfillmentHandler: 'lotbridge',
        checker: { code: 'default-shipping-eligibility-checker', arguments: [argument('orderMinimum', '0')] },
        calculator: {
          code: 'default-shipping-calculator',
          arguments: [argument('rate', '500'), argument('taxRate', '0'), argument('includesTax', 'auto')],
        },
        translations: [{ languageCode: 'en', name: 'Standard', description: '' }],
      },
    });
    await this.admin(`mutation($m: CreatePaymentMethodInput!) { createPaymentMethod(input: $m) { id } }`, {
      m: {
        code: 'test',
        enabled: true,
        handler: { code: 'dummy-payment-handler', arguments: [argument('automaticSettle', 'true')] },
        translations: [{ languageCode: 'en', name: 'Test', description: '' }],
      },
    });
    this.variants = {};
    for (const [sku, stockOnHand] of Object.entries(products)) {
      const { createProduct } = await this.admin(
        `mutation($p: CreateProductInput!) { createProduct(input: $p) { id } }`,
        { p: { enabled: true, translations: [{ languageCode: 'en', name: sku, slug: sku.toLowerCase(), description: '' }] } });
      const { createProductVariants } = await this.admin(
        `mutation($v: [CreateProductVariantInput!]!) { createProductVariants(input: $v) { id } }`,
        { v: [{ productId: createProduct.id, sku, price: 300, stockOnHand, trackInventory: 'TRUE', translations: names(sku) }] });
      this.variants[sku] = createProductVariants[0].id;
    }
  }

  // A customer buys: {sku: quantity}. Gives the order's id, code and lines by SKU.
  async buy(wanted) {
    const session = {};
    const shop = (query, variables) => this.call('shop-api', query, variables, session);
    for (const [sku, quantity] of Object.entries(wanted)) {
      await shop(`mutation($v: ID!, $q: Int!) { addItemToOrder(productVariantId: $v, quantity: $q) { ... on Order { id } ${ERROR} } }`,
        { v: this.variants[sku], q: quantity });
    }
    const customer = { firstName: 'Ana', lastName: 'Diaz', emailAddress: `ana${Date.now()}@example.com` };
    await shop(`mutation($c: CreateCustomerInput!) { setCustomerForOrder(input: $c) { ... on Order { id } ${ERROR} } }`, { c: customer });
    await shop(`mutation($a: CreateAddressInput!) { setOrderShippingAddress(input: $a) { ... on Order { id } ${ERROR} } }`, {
      a: { fullName: 'Ana Diaz', streetLine1: 'Calle 1', city: 'Madrid', postalCode: '28001', countryCode: 'ES' },
    });
    const { eligibleShippingMethods } = await shop(`{ eligibleShippingMethods { id } }`);
    await shop(`mutation($m: [ID!]!) { setOrderShippingMethod(shippingMethodId: $m) { ... on Order { id } ${ERROR} } }`,
      { m: [eligibleShippingMethods[0].id] });
    await shop(`mutation { transitionOrderToState(state: "ArrangingPayment") { ... on Order { id } ${ERROR} } }`);
    const { addPaymentToOrder: order } = await shop(
      `mutation { addPaymentToOrder(input: { method: "test", metadata: {} }) {
         ... on Order { id code state lines { id quantity productVariant { sku } } } ${ERROR} } }`);
    if (order.state !== 'PaymentSettled') throw new Error(`the order is ${order.state}`);
    return { id: order.id, code: order.code, lines: Object.fromEntries(order.lines.map((l) => [l.productVariant.sku, l.id])) };
  }

  async order(id) {
    const { order } = await this.admin(
      `query($id: ID!) { order(id: $id) { id code state updatedAt customFields { lots lotSummary }
         lines { id quantity productVariant { sku } customFields { lots lotSummary } }
         fulfillments { id state method trackingCode lines { orderLineId quantity } customFields { lots } }
         history(options: { take: 100, sort: { createdAt: ASC } }) { items { type isPublic data } } } }`, { id });
    return order;
  }

  async stock(sku) {
    const { productVariant } = await this.admin(
      `query($id: ID!) { productVariant(id: $id) { stockLevels { stockOnHand stockAllocated } } }`, { id: this.variants[sku] });
    return productVariant.stockLevels[0];
  }
}
