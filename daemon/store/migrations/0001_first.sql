-- The first shape of a Lotbridge store. Written for SQLite (STRICT); owner first in every key that can have it,
-- so that PostgreSQL can partition by owner. Quantities are millionths, times are ms UTC, dates are days since 1970-01-01,
-- JSON is canonical text. See docs/format/ledger.md for the encodings of accounts and hashes.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  -- schema_version, contact_key (hex, keys the digests of personal data), test_clock_ms, day_judged:WAREHOUSE (days since 1970)

CREATE TABLE owners (owner_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE warehouses (warehouse_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE locations (location_id INTEGER PRIMARY KEY, warehouse_id INTEGER NOT NULL, name TEXT NOT NULL,
  UNIQUE (warehouse_id, name)) STRICT;
CREATE TABLE sources (source_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- SKUs that an item document named, or that somebody mentioned (document_id NULL).
CREATE TABLE skus (sku_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, sku TEXT NOT NULL, document_id INTEGER,
  item TEXT, UNIQUE (owner_id, sku)) STRICT;  -- item: canonical JSON of the merged item

CREATE TABLE lots (lot_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, sku_id INTEGER NOT NULL, code TEXT NOT NULL,
  expires_on INTEGER, produced_on INTEGER, sell_by INTEGER, removal_on INTEGER, flags INTEGER NOT NULL,
  batch TEXT, supplier_lot TEXT, supplier TEXT, tlc_source TEXT, aliases TEXT,  -- aliases: JSON array
  first_received TEXT,  -- JSON {"WAREHOUSE_ID": day}
  UNIQUE (owner_id, sku_id, code)) STRICT;
  -- flags: 1 best_before, 2 received, 4 expired_on_receipt
CREATE INDEX lots_expiry ON lots (owner_id, expires_on);
CREATE INDEX lots_aliases ON lots (owner_id, sku_id) WHERE aliases IS NOT NULL;
CREATE INDEX lots_batch ON lots (owner_id, batch) WHERE batch IS NOT NULL;
CREATE INDEX lots_supplier_lot ON lots (owner_id, supplier_lot) WHERE supplier_lot IS NOT NULL;
CREATE INDEX lots_supplier ON lots (owner_id, supplier) WHERE supplier IS NOT NULL;
CREATE TABLE lot_history (owner_id INTEGER NOT NULL, lot_id INTEGER NOT NULL, seq INTEGER NOT NULL, field TEXT NOT NULL,
  old TEXT, new TEXT, at INTEGER NOT NULL, by TEXT NOT NULL, evidence TEXT, PRIMARY KEY (owner_id, lot_id, seq)) STRICT, WITHOUT ROWID;

CREATE TABLE blocks (owner_id INTEGER NOT NULL, lot_id INTEGER NOT NULL, warehouse_id INTEGER NOT NULL, kind INTEGER NOT NULL,
  code TEXT NOT NULL, reason TEXT NOT NULL, document_id INTEGER NOT NULL,
  PRIMARY KEY (owner_id, lot_id, warehouse_id, kind, code)) STRICT, WITHOUT ROWID;

-- Every document as it stands now. No personal data: contacts has it. `digest` is keyed (HMAC-SHA-256, 16 bytes).
CREATE TABLE documents (document_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, type INTEGER NOT NULL,
  source_id INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER, digest BLOB NOT NULL, revision INTEGER NOT NULL,
  happened_at INTEGER NOT NULL, known_at INTEGER NOT NULL, body TEXT NOT NULL, exceptions TEXT,
  order_id INTEGER,  -- the order that it is about
  void_of INTEGER) STRICT;  -- the document that it takes back
CREATE UNIQUE INDEX documents_identity ON documents (owner_id, type, id, source_id);
CREATE INDEX documents_order ON documents (order_id, type) WHERE order_id IS NOT NULL AND type <> 4;
CREATE INDEX documents_void ON documents (void_of) WHERE void_of IS NOT NULL;
-- For lists, newest first; orders have their own table for that.
CREATE INDEX documents_type ON documents (owner_id, type) WHERE type <> 4;
CREATE INDEX documents_purchase_order ON documents (owner_id, json_extract(body, '$.purchase_order')) WHERE type = 3;
CREATE TABLE document_revisions (document_id INTEGER NOT NULL, revision INTEGER NOT NULL, happened_at INTEGER NOT NULL,
  known_at INTEGER NOT NULL, version INTEGER, body TEXT NOT NULL, PRIMARY KEY (document_id, revision)) STRICT, WITHOUT ROWID;

-- Orders, also those only heard of (document_id NULL). `state`: JSON, what the order document does not say (chosen warehouse,
-- resolved SKUs, cancelled quantities, frozen bills); promises are balances, dispatched units are stamps.
-- `natural_key`: SOURCE/ID under which the ledger's hashes know it, as it was first heard of; never changes.
CREATE TABLE orders (order_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, document_id INTEGER, source_id INTEGER,
  id TEXT NOT NULL, natural_key TEXT NOT NULL, number TEXT, channel TEXT, status TEXT NOT NULL, open INTEGER NOT NULL, version INTEGER,
  placed_at INTEGER, ship_on INTEGER, state TEXT NOT NULL) STRICT;
CREATE INDEX orders_open ON orders (order_id) WHERE open = 1;
CREATE INDEX orders_owner ON orders (owner_id, order_id);
CREATE INDEX orders_channel ON orders (owner_id, channel);
-- Most orders end dispatched; the list of those reads orders_owner, so that this one stays small.
CREATE INDEX orders_status ON orders (owner_id, status) WHERE status <> 'dispatched';
CREATE TABLE order_names (owner_id INTEGER NOT NULL, name TEXT NOT NULL, order_id INTEGER NOT NULL, kind INTEGER NOT NULL,
  source_id INTEGER NOT NULL, PRIMARY KEY (owner_id, name, order_id)) STRICT, WITHOUT ROWID;
  -- kind: 0 heard of in another document (source_id: its order_source or 0), 1 id, 2 number, 3 alias
-- The one table with personal data. Erasing deletes `body` and sets erased_at.
CREATE TABLE contacts (order_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, customer_id TEXT, body TEXT, erased_at INTEGER) STRICT;
CREATE INDEX contacts_customer ON contacts (owner_id, customer_id) WHERE customer_id IS NOT NULL;

-- Append-only: the store refuses updates and deletes.
CREATE TABLE ledger (owner_id INTEGER NOT NULL, number INTEGER NOT NULL, book INTEGER NOT NULL, sku_id INTEGER NOT NULL,
  lot_id INTEGER NOT NULL, quantity INTEGER NOT NULL CHECK (quantity > 0), from_account BLOB NOT NULL, to_account BLOB NOT NULL,
  document_id INTEGER NOT NULL, happened_at INTEGER NOT NULL, known_at INTEGER NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (owner_id, number)) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_lot ON ledger (lot_id);
CREATE INDEX ledger_document ON ledger (document_id) WHERE document_id <> 0;  -- what a correction takes back
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE audit (owner_id INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, token TEXT NOT NULL,
  actor TEXT NOT NULL, actor_digest BLOB NOT NULL, action TEXT NOT NULL, order_id INTEGER, line TEXT, field TEXT, old TEXT, new TEXT, reason TEXT,
  hash BLOB NOT NULL, PRIMARY KEY (owner_id, number)) STRICT, WITHOUT ROWID;  -- one sequence and chain with ledger
CREATE INDEX audit_order ON audit (order_id) WHERE order_id IS NOT NULL;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TABLE chain_heads (owner_id INTEGER PRIMARY KEY, number INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;

-- The one projection: the sum of each account's entries, per lot. Zero rows are removed.
CREATE TABLE balances (owner_id INTEGER NOT NULL, sku_id INTEGER NOT NULL, lot_id INTEGER NOT NULL, book INTEGER NOT NULL,
  account BLOB NOT NULL, quantity INTEGER NOT NULL, PRIMARY KEY (owner_id, sku_id, lot_id, book, account)) STRICT, WITHOUT ROWID;
-- Where units lie (stock) or travel (in_transit): the few rows among all that ever left.
CREATE INDEX balances_here ON balances (owner_id, sku_id, lot_id)
  WHERE book = 1 AND substr(account, 1, 1) IN (x'01', x'03');

-- What left for whom: one row per lot of a dispatched line (negative: taken back by a void).
CREATE TABLE stamps (stamp_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, sku_id INTEGER NOT NULL, lot_id INTEGER NOT NULL,
  order_id INTEGER NOT NULL, line INTEGER NOT NULL, document_id INTEGER NOT NULL, document_line INTEGER NOT NULL,
  warehouse_id INTEGER NOT NULL, quantity INTEGER NOT NULL, evidence INTEGER NOT NULL, expires_on INTEGER, candidates TEXT,
  at INTEGER NOT NULL) STRICT;
CREATE INDEX stamps_lot ON stamps (lot_id, order_id, line, document_id, quantity, evidence, at, sku_id);
CREATE INDEX stamps_order ON stamps (order_id);
-- Stamps that may be wrong (directed, inferred, unresolved): the candidates of a trace's `possible`.
CREATE INDEX stamps_unsure ON stamps (sku_id, at) WHERE evidence >= 3;
CREATE INDEX stamps_document ON stamps (document_id);

CREATE TABLE alerts (alert_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, severity TEXT NOT NULL,
  sku TEXT, lot TEXT, warehouse TEXT, location TEXT, order_id INTEGER, quantity INTEGER, detail TEXT NOT NULL, extra TEXT,
  opened_at INTEGER NOT NULL, closed_at INTEGER, note TEXT) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (owner_id, key) WHERE closed_at IS NULL;
CREATE INDEX alerts_open_list ON alerts (owner_id) WHERE closed_at IS NULL;
CREATE INDEX alerts_owner ON alerts (owner_id);
CREATE INDEX alerts_kind ON alerts (owner_id, kind);
CREATE INDEX alerts_sku ON alerts (owner_id, sku) WHERE sku IS NOT NULL;
CREATE INDEX alerts_order ON alerts (order_id) WHERE order_id IS NOT NULL;
CREATE TABLE events (event_id INTEGER PRIMARY KEY AUTOINCREMENT, owner_id INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
  body TEXT NOT NULL) STRICT;

-- What could not be applied, whole, with the reason. state: open | retried | discarded
CREATE TABLE parked (parked_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, id TEXT,
  code TEXT NOT NULL, detail TEXT NOT NULL, pointer TEXT, origin TEXT, raw TEXT NOT NULL, parked_at INTEGER NOT NULL, state TEXT NOT NULL,
  settled_at INTEGER) STRICT;  -- origin: "file receipts.csv line 7", "webhook orders/create ..."
CREATE INDEX parked_open ON parked (owner_id, parked_id) WHERE state = 'open';
CREATE INDEX parked_owner ON parked (owner_id);

-- Raw webhooks, stored before anybody answers 2xx. state: pending | done | failed
CREATE TABLE inbox (inbox_id INTEGER PRIMARY KEY, connector TEXT NOT NULL, delivery TEXT NOT NULL, topic TEXT NOT NULL, headers TEXT NOT NULL,
  body BLOB NOT NULL, received_at INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL,
  error TEXT, UNIQUE (connector, delivery)) STRICT;
CREATE INDEX inbox_pending ON inbox (connector, inbox_id) WHERE state = 'pending';

-- Instructions on their way out. state: pending | delivered | dead | observed | superseded
CREATE TABLE outbox (outbox_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, connector TEXT NOT NULL, operation TEXT NOT NULL,
  subject TEXT NOT NULL, order_id INTEGER, version INTEGER NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL, error TEXT, created_at INTEGER NOT NULL, settled_at INTEGER) STRICT;
CREATE INDEX outbox_due ON outbox (connector, next_at) WHERE state = 'pending';
CREATE INDEX outbox_subject ON outbox (connector, operation, subject, state);
CREATE INDEX outbox_order ON outbox (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX outbox_owner ON outbox (owner_id);
CREATE INDEX outbox_dead ON outbox (owner_id) WHERE state = 'dead';
-- Platform ids that a connector gave back for a subject; merged, given to later instructions.
CREATE TABLE refs (connector TEXT NOT NULL, subject TEXT NOT NULL, refs TEXT NOT NULL, PRIMARY KEY (connector, subject)) STRICT, WITHOUT ROWID;
CREATE TABLE cursors (connector TEXT NOT NULL, operation TEXT NOT NULL, cursor TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (connector, operation)) STRICT, WITHOUT ROWID;
