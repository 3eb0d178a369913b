-- One row per quota that was used. There is no horizon: a quota that was forgotten starts over.
CREATE TABLE quotas (
    quota      BLOB    NOT NULL PRIMARY KEY,
    uses       INTEGER NOT NULL,
    keep_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX quotas_by_keep_until ON quotas (keep_until);
