// A real Vendure shop with the plugin that the connector's README asks for: custom fields for lots, a fulfillment
// handler that keeps them, and webhooks. Prints its port when it is ready.
//
//   node server.mjs FOLDER USERNAME PASSWORD
//
// A line of JSON on its standard input, {"url", "secret"}, says where webhooks go from then on.
import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
const {
  bootstrap, DefaultLogger, dummyPaymentHandler, EventBus, FulfillmentHandler, LanguageCode, LogLevel,
  manualFulfillmentHandler, OrderEvent, OrderStateTransitionEvent, PluginCommonModule, VendurePlugin,
} = require('@vendure/core');

const [folder, username, password] = process.argv.slice(2);
const english = (value) => [{ languageCode: LanguageCode.en, value }];
const text = (name) => ({ name, type: 'text', nullable: true, label: english(name) });

// ---- what a shop installs for the connector
const lotHandler = new FulfillmentHandler({
  code: 'lotbridge',
  description: english('What a warehouse shipped, with its lots'),
  args: {
    method: { type: 'string', required: false },
    trackingCode: { type: 'string', required: false },
    lots: { type: 'string', required: false },
  },
  createFulfillment: (ctx, orders, lines, args) => ({
    method: args.method,
    trackingCode: args.trackingCode,
    customFields: { lots: args.lots },
  }),
});

const hook = { url: '', secret: '' };

async function tell(order) {
  if (!hook.url) return;
  const body = JSON.stringify({ order: String(order) });
  await fetch(hook.url, {
    method: 'POST',
    body,
    headers: {
      'Content-Type': 'application/json',
      'X-Lotbridge-Topic': 'order.changed',
      'X-Lotbridge-Delivery': randomUUID(),
      'X-Lotbridge-Signature': createHmac('sha256', hook.secret).update(body).digest('hex'),
    },
  }).catch(() => {}); // the poll finds what nobody heard
}

class LotbridgePlugin {
  constructor(events) {
    const later = (event) => setTimeout(() => tell(event.order.id), 50); // when the change is stored
    events.ofType(OrderStateTransitionEvent).subscribe(later);
    events.ofType(OrderEvent).subscribe((event) => {
      if (event.type !== 'created' && !event.order.active) later(event);
    });
  }
}
Reflect.defineMetadata('design:paramtypes', [EventBus], LotbridgePlugin);
VendurePlugin({
  imports: [PluginCommonModule],
  configuration: (config) => {
    config.customFields.Order.push(text('lots'), text('lotSummary'));
    config.customFields.OrderLine.push(text('lots'), text('lotSummary'));
    config.customFields.Fulfillment.push(text('lots'));
    config.shippingOptions.fulfillmentHandlers = [manualFulfillmentHandler, lotHandler];
    return config;
  },
})(LotbridgePlugin);

// ---- the server around it
const port = await new Promise((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});

const app = await bootstrap({
  apiOptions: { port, hostname: '127.0.0.1', adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: {
    tokenMethod: ['bearer', 'cookie'],
    superadminCredentials: { identifier: username, password },
    cookieOptions: { secret: 'only for this test' },
    requireVerification: false,
  },
  dbConnectionOptions: { type: 'better-sqlite3', database: join(folder, 'vendure.db'), synchronize: true, logging: false },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  importExportOptions: { importAssetsDir: folder },
  customFields: {},
  logger: new DefaultLogger({ level: LogLevel.Error }),
  plugins: [LotbridgePlugin],
});

// Where webhooks go is known only when the daemon runs.
createInterface({ input: process.stdin }).on('line', (line) => Object.assign(hook, JSON.parse(line)));
process.on('SIGTERM', () => app.close().finally(() => process.exit(0)));
console.log(port);
