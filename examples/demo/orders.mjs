// The forty orders of the day, from a fixed pattern: no chance is involved, so two days are equal to the byte.
const CITIES = ['Madrid', 'Toledo', 'Segovia', 'Bilbao', 'Valencia'];
const NAMES = ['Ana Ruiz', 'Luis Vega', 'Marta Sanz', 'Iker Paz', 'Eva Gil', 'Noa Mora', 'Hugo Rey'];

const customerOf = (n) => ({
  id: 900 + (n % 17),
  first_name: NAMES[n % NAMES.length].split(' ')[0],
  last_name: NAMES[n % NAMES.length].split(' ')[1],
  email: `customer${n % 17}@example.com`,
});

const shipTo = (n) => ({
  name: NAMES[n % NAMES.length],
  address1: `Calle Mayor ${n}`,
  city: CITIES[n % CITIES.length],
  zip: `2800${n % 9}`,
  country_code: 'ES',
  province_code: 'M',
});

// What each order buys; a few have two or three lines.
function linesOf(n) {
  const lines = [{ sku: 'GYP-500', quantity: 1 + (n % 3) }];
  if (n % 2 === 0) lines.push({ sku: 'KEF-1L', quantity: 1 });
  if (n % 3 === 0) lines.push({ sku: n % 6 === 0 ? 'GYP-150-6PK' : 'GYP-150', quantity: 1 });
  if (n % 5 === 0) lines.push({ sku: 'SKY-200', quantity: 2 });
  if (n === 20) lines.push({ sku: 'LABNEH-NEW', quantity: 2 });
  return lines;
}

export const TWICE = 7; // its webhook comes twice
export const CANCELLED = 9;
export const EDITED = 5; // one more yogurt, after it was allocated
export const ONLY_BY_POLL = 38; // its webhook never comes
export const UNKNOWN_SKU = 20; // a SKU that is mapped later
export const OWN_BUTTON = 39; // shipped by the farm shop's own button

export const PRODUCTS = {
  'shopify-eu': ['GYP-500', 'GYP-150', 'GYP-150-6PK', 'KEF-1L', 'SKY-200', 'LABNEH-NEW'],
  'shopify-farm': ['GYP-500'],
};

// n from 1 to 40; the last two are the farm shop's.
export const orders = Array.from({ length: 40 }, (_, i) => i + 1).map((n) => ({
  n,
  shop: n > 38 ? 'shopify-farm' : 'shopify-eu',
  wanted: {
    lines: n > 38 ? [{ sku: 'GYP-500', quantity: 2 }] : linesOf(n),
    customer: customerOf(n),
    shipping_address: shipTo(n),
    webhooks: n === TWICE ? 'twice' : n !== ONLY_BY_POLL,
  },
}));
