// The demo's last screen: what left with which lots, as read back from the shops; one lot's trace; what waits for a person.
import { HELD } from './day.mjs';
import { SHOPS, TOKEN } from './world.mjs';
import { stampsInShop } from './stamps.mjs';

const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[1m${text}\x1b[0m` : text);

function table(rows, columns) {
  const width = columns.map((c) => Math.max(c.length, ...rows.map((row) => String(row[c] ?? '').length)));
  const line = (cells) => cells.map((cell, i) => String(cell ?? '').padEnd(width[i])).join('  ').trimEnd();
  return [bold(line(columns)), ...rows.map((row) => line(columns.map((c) => row[c])))].join('\n');
}

// Two orders side by side, so that forty of them fit on a screen.
function twoColumns(rows) {
  const text = rows.map((row) => `${row.order} ${row.sku} ${row.quantity} x ${row.lot} ${row.evidence}`);
  const half = Math.ceil(text.length / 2);
  const width = Math.max(...text.slice(0, half).map((t) => t.length));
  return text.slice(0, half).map((left, i) => `${left.padEnd(width)}   ${text[half + i] ?? ''}`.trimEnd()).join('\n');
}

export async function show(world) {
  const out = (text) => process.stdout.write(`${text}\n`);
  for (const shop of Object.keys(SHOPS)) {
    const rows = await stampsInShop(world, shop);
    out(`\n${bold(`Shipped lines with their lots, as ${shop} has them (${rows.length})`)}`);
    out(rows.length > 0 ? twoColumns(rows) : 'none');
  }
  out(`\n${bold('Who got lot GYP-260514-B02-MA of GYP-500?')}`);
  const { out: trace } = await world.lotctl(['trace', 'GYP-500', 'GYP-260514-B02-MA', '--owner', 'pure-fresh']);
  const lines = trace.trimEnd().split('\n');
  out([...lines.slice(0, 8), ...(lines.length > 12 ? [`│  … ${lines.length - 12} more`] : []), ...lines.slice(-4)].join('\n'));
  out(`\n${bold(`On hold: ${HELD.lot}`)}`);
  out((await world.lotctl(['stock', '--lot', HELD.lot, '--sku', HELD.sku, '--owner', 'pure-fresh'])).out.trimEnd());
  out(`\n${bold('Set aside for a person')}`);
  const parked = await world.all('/v1/parked?state=open');
  out(table(parked.map((row) => ({ where: row.origin, why: row.detail })), ['where', 'why']));
  out(`\n${bold('Alerts')}`);
  const alerts = await world.all('/v1/alerts?state=open');
  out(table(alerts.map((row) => ({ ...row, what: row.detail })), ['kind', 'sku', 'lot', 'what']));
}

export function tryNext(world) {
  process.stdout.write(`
${bold('Everything is still running. In another terminal:')}

  export LOTBRIDGE_URL=${world.url} LOTBRIDGE_TOKEN=${TOKEN} PATH=${world.build}/bin:$PATH

  lotctl status
  lotctl order '#1005' --explain
  lotctl trace GYP-500 GYP-260516-B01-MA
  lotctl verify

Order something in the sandbox shop, and look at it:

  curl -s ${world.shops['shopify-eu']}/sandbox/orders -d '{"lines":[{"sku":"GYP-500","quantity":2}]}' | head -c 200
  lotctl order '#1039'

Ctrl-C ends it all.
`);
}
