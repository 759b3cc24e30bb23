-- Where parcels are, as carriers say it: the newest word of each tracker, in the states that all carriers share. It is joined
-- to dispatches by the tracking number; carriers use numbers again, so each tracker has a row of its own. `at` is when it
-- happened there.
CREATE TABLE tracking (connector TEXT NOT NULL, tracker TEXT NOT NULL, owner_id INTEGER NOT NULL, tracking_number TEXT NOT NULL,
  state TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (connector, tracker)) STRICT, WITHOUT ROWID;
CREATE INDEX tracking_number ON tracking (owner_id, tracking_number, at);
