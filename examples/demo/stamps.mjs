// What the shops say about the lots that left: read from each order's metafields, as the shop's own staff would see them.

// One row per fulfilled line and lot: { order, line, sku, lot, quantity, evidence, expires }.
export async function stampsInShop(world, shop) {
  const rows = [];
  for (const order of await world.shop(shop, 'GET', '/sandbox/contents')) {
    const value = order.metafields['lotbridge.lots'];
    if (!value) continue;
    for (const dispatch of value.dispatches ?? []) {
      for (const line of dispatch.lines) {
        for (const lot of line.lots) {
          rows.push({
            shop, order: order.name, line: String(line.line_item).split('/').pop(), sku: line.sku, lot: lot.lot ?? '(unknown)',
            quantity: Number(lot.quantity), evidence: lot.evidence ?? '', expires: lot.expires_on ?? '',
            fulfillment: dispatch.fulfillment ?? '',
          });
        }
      }
    }
  }
  return rows;
}
