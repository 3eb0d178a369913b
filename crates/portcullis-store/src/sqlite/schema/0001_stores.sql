-- Times are milliseconds since the Unix epoch.

-- One row per challenge that was redeemed or had a token spent. The key begins with the time of issue, so that
-- new rows go to the end of the tree.
CREATE TABLE ledger (
    challenge        BLOB    NOT NULL PRIMARY KEY,
    ordinal          INTEGER NOT NULL,
    token_expires_at INTEGER NOT NULL,
    keep_until       INTEGER NOT NULL,
    spent            INTEGER NOT NULL,
    idempotency      BLOB,
    receipt          BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_by_keep_until ON ledger (keep_until);

-- The latest keep_until that was ever purged.
CREATE TABLE ledger_horizon (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    purged_until INTEGER NOT NULL
) STRICT;

INSERT INTO ledger_horizon VALUES (1, 0);

CREATE TABLE sites (
    id                 BLOB    NOT NULL PRIMARY KEY,
    site_key           TEXT    NOT NULL UNIQUE,
    name               TEXT    NOT NULL,
    secret_index       BLOB    NOT NULL UNIQUE,
    sealed_secret      BLOB    NOT NULL,
    sealed_signing_key BLOB    NOT NULL,
    settings           TEXT    NOT NULL,
    created_at         INTEGER NOT NULL
) STRICT;

CREATE TABLE signing_keys (
    id         INTEGER NOT NULL PRIMARY KEY,
    sealed     BLOB    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Changes with every change to sites or signing_keys, in the same transaction.
CREATE TABLE revision (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL
) STRICT;

INSERT INTO revision VALUES (1, 0);

CREATE TABLE events (
    site   BLOB    NOT NULL,
    minute INTEGER NOT NULL,
    event  TEXT    NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (site, minute, event)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_by_minute ON events (minute);
