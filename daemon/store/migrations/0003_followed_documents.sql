-- What documents say of other documents: transfers under way, purchase orders and what they brought, reports of one
-- dispatch by several sources.

-- Transfers between warehouses, by lot and where it goes. document_id 0: only receipts of it have come, `name` is what
-- they call it; else `name` is the transfer's own id. `arrived`: out of what is in transit; `lost`: given up when the
-- transfer was closed.
CREATE TABLE transfer_lots (owner_id INTEGER NOT NULL, document_id INTEGER NOT NULL, name TEXT NOT NULL,
  sku_id INTEGER NOT NULL, lot_id INTEGER NOT NULL, warehouse_id INTEGER NOT NULL, sent INTEGER NOT NULL,
  arrived INTEGER NOT NULL, lost INTEGER NOT NULL,
  PRIMARY KEY (owner_id, document_id, name, sku_id, lot_id, warehouse_id)) STRICT, WITHOUT ROWID;

-- The lines of purchase orders, as their newest version says. quantity: base units.
CREATE TABLE ordered_lines (owner_id INTEGER NOT NULL, document_id INTEGER NOT NULL, name TEXT NOT NULL,
  line TEXT NOT NULL, sku_id INTEGER NOT NULL, warehouse_id INTEGER, supplier TEXT, expected_on INTEGER,
  quantity INTEGER NOT NULL, PRIMARY KEY (owner_id, document_id, line)) STRICT, WITHOUT ROWID;
CREATE INDEX ordered_lines_name ON ordered_lines (owner_id, name);
CREATE INDEX ordered_lines_supplier ON ordered_lines (owner_id, supplier) WHERE supplier IS NOT NULL;

-- The lines of receipts that name a supplier or a purchase order, as they stand: a correction replaces them, a void
-- removes them. supplier: the receipt's, else its purchase order's. lot_id 0: all of the line was refused at the dock.
CREATE TABLE received_lines (owner_id INTEGER NOT NULL, document_id INTEGER NOT NULL, place INTEGER NOT NULL,
  line TEXT NOT NULL, sku_id INTEGER NOT NULL, lot_id INTEGER NOT NULL, warehouse_id INTEGER NOT NULL, supplier TEXT,
  purchase_order TEXT, received_on INTEGER NOT NULL, quantity INTEGER NOT NULL, rejected INTEGER NOT NULL,
  PRIMARY KEY (owner_id, document_id, place)) STRICT, WITHOUT ROWID;
CREATE INDEX received_lines_order ON received_lines (owner_id, purchase_order) WHERE purchase_order IS NOT NULL;
CREATE INDEX received_lines_supplier ON received_lines (owner_id, supplier) WHERE supplier IS NOT NULL;

-- Documents whose entries correct those of another: a resolution, another source's report of the same dispatch.
CREATE TABLE document_links (owner_id INTEGER NOT NULL, document_id INTEGER NOT NULL, about INTEGER NOT NULL,
  PRIMARY KEY (owner_id, document_id)) STRICT, WITHOUT ROWID;
CREATE INDEX document_links_about ON document_links (owner_id, about);
