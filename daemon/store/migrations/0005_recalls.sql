-- Recalls: what is called back, which lots that means, and what the consignees answered.

-- One row per recall and owner; `document_id` is its document's. state: open | closed. closing: JSON, how it ended.
-- report: of a drill, the answer as it was first given, kept unchanged; elapsed_us: how long that took.
CREATE TABLE recalls (owner_id INTEGER NOT NULL, document_id INTEGER NOT NULL, id TEXT NOT NULL, version INTEGER,
  drill INTEGER NOT NULL, state TEXT NOT NULL, started_at INTEGER NOT NULL, closed_at INTEGER, closing TEXT,
  report TEXT, elapsed_us INTEGER, PRIMARY KEY (owner_id, document_id)) STRICT, WITHOUT ROWID;
CREATE INDEX recalls_id ON recalls (owner_id, id);
-- until: when a later version ceased to mean the lot.
CREATE TABLE recall_lots (owner_id INTEGER NOT NULL, document_id INTEGER NOT NULL, lot_id INTEGER NOT NULL,
  since INTEGER NOT NULL, until INTEGER, PRIMARY KEY (owner_id, document_id, lot_id)) STRICT, WITHOUT ROWID;
CREATE INDEX recall_lots_lot ON recall_lots (lot_id);
-- contact and note may be personal: erasing an order's customer empties them.
CREATE TABLE recall_responses (owner_id INTEGER NOT NULL, document_id INTEGER NOT NULL, order_id INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL, contact TEXT, note TEXT, at INTEGER NOT NULL,
  PRIMARY KEY (owner_id, document_id, order_id)) STRICT, WITHOUT ROWID;
CREATE INDEX recall_responses_order ON recall_responses (order_id);
