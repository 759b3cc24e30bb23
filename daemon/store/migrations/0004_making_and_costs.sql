-- Lots that turn out to be others, what was made of what, what units cost, and generated lot codes.

-- first_code: what the ledger's hashes call the lot, where its code was corrected. merged_into: the lot that it turned
-- out to be; always one that was not merged itself. conflicts: units that stand aside because of their date, as
-- "DOCUMENT:WAREHOUSE:LOCATION:STATUS:QUANTITY", separated by blanks.
ALTER TABLE lots ADD COLUMN first_code TEXT;
ALTER TABLE lots ADD COLUMN merged_into INTEGER;
ALTER TABLE lots ADD COLUMN conflicts TEXT;
CREATE INDEX lots_merged ON lots (merged_into) WHERE merged_into IS NOT NULL;

-- What went into a transformation (output 0) and came out of it (1). Rows are only added: a correction or void enters
-- the same units below zero. document_id: the transformation, also where another document took it back.
CREATE TABLE genealogy (genealogy_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, document_id INTEGER NOT NULL,
  output INTEGER NOT NULL, lot_id INTEGER NOT NULL, quantity INTEGER NOT NULL, happened_at INTEGER NOT NULL) STRICT;
CREATE INDEX genealogy_lot ON genealogy (lot_id, output);
CREATE INDEX genealogy_document ON genealogy (document_id);

-- What units cost. kind: 1 bought, 2 a charge (no units of its own), 3 made; amount: millionths of the currency's unit,
-- for all of the row's units. Rows are only added, as above.
CREATE TABLE lot_costs (cost_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL, lot_id INTEGER NOT NULL,
  document_id INTEGER NOT NULL, kind INTEGER NOT NULL, quantity INTEGER NOT NULL, amount INTEGER NOT NULL,
  currency TEXT NOT NULL, happened_at INTEGER NOT NULL) STRICT;
CREATE INDEX lot_costs_lot ON lot_costs (lot_id);
CREATE INDEX lot_costs_document ON lot_costs (document_id);

-- The last number that a lot-code template gave away; key: the code with {} in its place.
CREATE TABLE code_counters (owner_id INTEGER NOT NULL, key TEXT NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (owner_id, key)) STRICT, WITHOUT ROWID;
