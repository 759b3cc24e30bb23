-- Tokens that platforms lend to connectors and change while they are used (OAuth 2): the newest, by the secret's name in the
-- descriptor. They are secrets; like the whole store they are for the daemon's user alone.
CREATE TABLE connector_tokens (connector TEXT NOT NULL, secret TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (connector, secret)) STRICT, WITHOUT ROWID;
