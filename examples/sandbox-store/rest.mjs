// The bodies of webhooks: the platform's older, REST-like shape with integer ids and the shop's own offset in times.
import { gid } from './store.mjs';

// Webhook times carry the shop's offset; a fixed +01:00 shows whether a reader handles it.
function local(time) {
  if (!time) return null;
  return `${new Date(Date.parse(time) + 3_600_000).toISOString().slice(0, 19)}+01:00`;
}

const money = (amount) => ({
  shop_money: { amount, currency_code: 'EUR' },
  presentment_money: { amount, currency_code: 'EUR' },
});

function lineBody(store, order, line) {
  const shipped = store.shippedOf(order, line);
  const open = Math.max(0, line.current_quantity - shipped);
  return {
    id: line.id,
    admin_graphql_api_id: gid('LineItem', line.id),
    variant_id: line.variant_id,
    product_id: line.product_id,
    sku: line.sku,
    title: line.title,
    variant_title: null,
    name: line.title,
    vendor: null,
    quantity: line.quantity,
    current_quantity: line.current_quantity,
    fulfillable_quantity: open,
    fulfillment_status: shipped === 0 ? null : open === 0 ? 'fulfilled' : 'partial',
    fulfillment_service: 'manual',
    requires_shipping: line.requires_shipping,
    gift_card: false,
    grams: 500,
    price: line.price,
    price_set: money(line.price),
    total_discount: '0.00',
    taxable: true,
    properties: line.properties,
    product_exists: line.product_id !== null,
    tax_lines: [],
    duties: [],
    discount_allocations: [],
  };
}

function address(a) {
  if (!a) return null;
  return {
    first_name: a.first_name ?? null,
    last_name: a.last_name ?? null,
    company: a.company ?? null,
    address1: a.address1 ?? null,
    address2: a.address2 ?? null,
    city: a.city ?? null,
    province: a.province ?? null,
    province_code: a.province_code ?? null,
    country: a.country ?? null,
    country_code: a.country_code ?? null,
    zip: a.zip ?? null,
    phone: a.phone ?? null,
    name: [a.first_name, a.last_name].filter(Boolean).join(' ') || null,
    latitude: null,
    longitude: null,
  };
}

export function fulfillmentBody(store, order, f) {
  return {
    id: f.id,
    admin_graphql_api_id: gid('Fulfillment', f.id),
    order_id: order.id,
    name: f.name,
    status: f.status,
    service: 'manual',
    location_id: f.location_id,
    shipment_status: null,
    tracking_company: f.tracking?.company ?? null,
    tracking_number: f.tracking?.number ?? null,
    tracking_numbers: f.tracking?.number ? [f.tracking.number] : [],
    tracking_url: f.tracking?.url ?? null,
    tracking_urls: f.tracking?.url ? [f.tracking.url] : [],
    created_at: local(f.created_at),
    updated_at: local(f.updated_at),
    origin_address: null,
    receipt: {},
    line_items: f.lines.map(({ line_id, quantity }) => {
      const line = order.lines.find((l) => l.id === line_id);
      return { ...lineBody(store, order, line), quantity };
    }),
  };
}

export function refundBody(order, r) {
  return {
    id: r.id,
    admin_graphql_api_id: gid('Refund', r.id),
    order_id: order.id,
    created_at: local(r.created_at),
    processed_at: local(r.created_at),
    note: r.note,
    user_id: null,
    restock: r.lines.some((l) => l.restock_type === 'return'),
    return: null,
    duties: [],
    transactions: [],
    order_adjustments: [],
    refund_line_items: r.lines.map((l) => ({
      id: l.id,
      line_item_id: l.line_id,
      quantity: l.quantity,
      restock_type: l.restock_type,
      location_id: l.location_id,
      subtotal: 1,
      total_tax: 0,
      line_item: { id: l.line_id, sku: order.lines.find((x) => x.id === l.line_id).sku },
    })),
  };
}

export function orderBody(store, o) {
  const shipped = o.lines.reduce((sum, l) => sum + store.shippedOf(o, l), 0);
  const wanted = o.lines.reduce((sum, l) => sum + (l.requires_shipping ? l.current_quantity : 0), 0);
  const total = o.lines.reduce((sum, l) => sum + l.quantity * Number(l.price), 0).toFixed(2);
  return {
    id: o.id,
    admin_graphql_api_id: gid('Order', o.id),
    name: o.name,
    number: o.number - 1000,
    order_number: o.number,
    created_at: local(o.created_at),
    processed_at: local(o.processed_at),
    updated_at: local(o.updated_at),
    cancelled_at: local(o.cancelled_at),
    cancel_reason: o.cancel_reason,
    closed_at: local(o.closed_at),
    test: o.test,
    confirmed: true,
    currency: 'EUR',
    presentment_currency: 'EUR',
    financial_status: o.financial_status,
    fulfillment_status: shipped === 0 ? null : shipped >= wanted ? 'fulfilled' : 'partial',
    email: o.email ?? '',
    contact_email: o.email,
    phone: o.phone,
    note: o.note,
    note_attributes: o.attributes,
    tags: o.tags.join(', '),
    total_price: total,
    total_price_set: money(total),
    source_name: 'web',
    location_id: null,
    customer: o.customer && { ...o.customer, admin_graphql_api_id: gid('Customer', o.customer.id) },
    billing_address: address(o.shipping),
    shipping_address: address(o.shipping),
    shipping_lines: [],
    discount_applications: [],
    tax_lines: [],
    line_items: o.lines.map((line) => lineBody(store, o, line)),
    fulfillments: o.fulfillments.map((f) => fulfillmentBody(store, o, f)),
    refunds: o.refunds.map((r) => refundBody(o, r)),
  };
}
