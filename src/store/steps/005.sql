-- What was forgotten and the proof of it. A row without a proof is an intent. Nothing personal.

CREATE TABLE forgettings (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id      BLOB    NOT NULL UNIQUE,
    slip_number     TEXT    NOT NULL,
    rule            TEXT    NOT NULL CHECK (rule IN ('received', 'closed')),
    pages           INTEGER NOT NULL,
    handed_in_at_ms INTEGER NOT NULL,
    settled_at_ms   INTEGER NOT NULL,
    key_sum         BLOB    NOT NULL,       -- SHA-256 of the wrapped key
    files           TEXT    NOT NULL,       -- JSON: bytes and SHA-256 of each file as it lay there, encrypted
    proof           INTEGER UNIQUE,         -- its place in the chain, from 1
    destroyed_at_ms INTEGER,
    previous        BLOB,                   -- the sum of the proof before
    sum             BLOB,
    CHECK ((proof IS NULL) = (sum IS NULL) AND (proof IS NULL) = (destroyed_at_ms IS NULL))
) STRICT;
CREATE INDEX forgettings_by_slip ON forgettings (slip_number);
