-- One row per flow that was finished. The key is in no order of time, so the rows lie in the order of arrival and
-- only the short key is sorted in: a commit then touches fewer pages.
CREATE TABLE flows (
    flow       BLOB    NOT NULL PRIMARY KEY,
    verdict    BLOB,
    keep_until INTEGER NOT NULL
) STRICT;

CREATE INDEX flows_by_keep_until ON flows (keep_until);

-- The latest keep_until of a flow that was ever purged.
CREATE TABLE flows_horizon (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    purged_until INTEGER NOT NULL
) STRICT;

INSERT INTO flows_horizon VALUES (1, 0);
