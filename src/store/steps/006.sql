-- The office's counters, and satisfaction with its reason. Nothing personal.

CREATE TABLE dossier_facts (                -- what a dossier counts for; it goes with its dossier
    dossier_id BLOB    PRIMARY KEY,
    day        TEXT    NOT NULL,            -- on which it was handed in
    facts      TEXT    NOT NULL,            -- JSON
    received   INTEGER NOT NULL DEFAULT 0,  -- counted already, each once
    payment    INTEGER NOT NULL DEFAULT 0,
    result     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE figures (
    day         TEXT    NOT NULL,
    unit        TEXT    NOT NULL,
    field       TEXT    NOT NULL,
    figure      TEXT    NOT NULL,
    numerator   INTEGER NOT NULL CHECK (numerator >= 0),
    denominator INTEGER NOT NULL CHECK (denominator > 0),
    PRIMARY KEY (day, unit, field, figure)
) STRICT;

CREATE TABLE satisfaction (
    day    TEXT    NOT NULL,
    unit   TEXT    NOT NULL,                -- '' of a visit without a dossier
    field  TEXT    NOT NULL,
    face   INTEGER NOT NULL CHECK (face BETWEEN 1 AND 5),
    reason TEXT    NOT NULL,                -- '' for none
    count  INTEGER NOT NULL,
    told   INTEGER NOT NULL DEFAULT 0,      -- of them in a batch for the province
    PRIMARY KEY (day, unit, field, face, reason)
) STRICT;

CREATE TABLE satisfaction_batches (         -- owed to the province
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    key  TEXT    NOT NULL UNIQUE,
    body TEXT    NOT NULL
) STRICT;

INSERT INTO satisfaction (day, unit, field, face, reason, count) SELECT day, '', '', score, '', count FROM ratings;
DROP TABLE ratings;
