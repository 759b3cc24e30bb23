// The warehouse's side of the day: reads the pick files that it was sent, packs, and reports what it shipped, as people do: mostly right.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickFiles } from './day.mjs';
import { CANCELLED, orders } from './orders.mjs';

// What goes wrong that day, by order.
export const SWAPPED = 21; // the picker took a yogurt of another lot than the pick file said
export const SWAPPED_LOT = 'GYP-260516-B01-MA';
export const WITHOUT_LOT = 14; // the row names no lot
export const BAD = 16; // one more row, with a quantity that is none

const SHIPPED_AT = '2026-05-18T14:00:00Z';

function parse(text) {
  const [head, ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/).filter(Boolean);
  const columns = head.split(',').map((name) => name.replace(/"/g, ''));
  return lines.map((line) => {
    const cells = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((m) => m[1].replace(/^"|"$/g, '').replace(/""/g, '"'));
    return Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? '']));
  });
}

// The newest pick file of each order: { order id: rows }.
export function picks(world) {
  const newest = new Map();
  for (const name of pickFiles(world)) {
    const rows = parse(readFileSync(join(world.drop, 'out', name), 'utf8'));
    if (rows.length === 0) continue;
    const version = Number(rows[0].version ?? name.match(/(\d+)\.csv$/)?.[1] ?? 0);
    const had = newest.get(rows[0].order);
    if (!had || had.version < version) newest.set(rows[0].order, { version, rows });
  }
  return newest;
}

// The CSV file of the day's shipments: every order of the big shop, one parcel each.
export function shipments(world) {
  const out = ['shipment,order,order_line,sku,quantity,lot,carrier,tracking_number,warehouse,at'];
  const files = picks(world);
  for (const { n, shop } of orders) {
    if (shop !== 'shopify-eu' || n === CANCELLED) continue;
    const { id } = world.names.get(n);
    const found = files.get(id);
    if (!found) throw new Error(`no pick file for order ${n}`);
    for (const row of found.rows) {
      if (row.lot === '' || Number(row.quantity) === 0) continue;
      let { lot } = row;
      if (n === SWAPPED && row.sku === 'GYP-500') lot = SWAPPED_LOT;
      if (n === WITHOUT_LOT) lot = '';
      const parcel = ['correos', `CX${1000 + n}ES`, 'MAD1', SHIPPED_AT];
      out.push([`S-${n}`, id, row.order_line, row.sku, row.quantity, lot, ...parcel].join(','));
    }
    if (n === BAD) {
      out.push([`S-${n}b`, id, '', 'GYP-500', 'three', '', 'correos', '', 'MAD1', SHIPPED_AT].join(','));
    }
  }
  return `${out.join('\r\n')}\r\n`;
}
