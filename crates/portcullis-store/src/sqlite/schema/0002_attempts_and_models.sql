-- One row per step that began or had an attempt made.
CREATE TABLE attempts (
    challenge  BLOB    NOT NULL PRIMARY KEY,
    began_at   INTEGER,
    made       INTEGER NOT NULL,
    keep_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_by_keep_until ON attempts (keep_until);

-- The latest keep_until of an attempt that was ever purged.
CREATE TABLE attempts_horizon (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    purged_until INTEGER NOT NULL
) STRICT;

INSERT INTO attempts_horizon VALUES (1, 0);

-- What was learnt of a site's traffic.
CREATE TABLE models (
    site  BLOB NOT NULL PRIMARY KEY,
    model BLOB NOT NULL
) STRICT;
