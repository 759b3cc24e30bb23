-- What each sales channel was last told that it may sell: one row per item, once there was anything to tell.
-- `places`: WAREHOUSE_ID:MILLIONTHS,... and what the channel calls the item; `sent`: 1 given to a live connector, 0 only shown.
CREATE TABLE channel_stock (owner_id INTEGER NOT NULL, sku_id INTEGER NOT NULL, channel TEXT NOT NULL, sent INTEGER NOT NULL,
  places TEXT NOT NULL, PRIMARY KEY (owner_id, sku_id, channel)) STRICT, WITHOUT ROWID;
