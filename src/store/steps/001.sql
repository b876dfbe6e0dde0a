-- The first shape. A published step never changes: what comes later is a new file.

CREATE TABLE kiosk (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    key_check    BLOB    NOT NULL,          -- opens only under the key this database was made with
    business_day TEXT    NOT NULL,          -- the latest day ever worked; it never goes backwards
    seen_at_ms   INTEGER NOT NULL           -- the latest moment ever seen, in milliseconds of Unix time
) STRICT;

CREATE TABLE hall_events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    day      TEXT    NOT NULL,
    at_ms    INTEGER NOT NULL,
    body     TEXT    NOT NULL
) STRICT;
CREATE INDEX hall_events_by_day ON hall_events (day, sequence);

CREATE TABLE tickets (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    day         TEXT    NOT NULL,
    series      TEXT    NOT NULL,
    number      INTEGER NOT NULL CHECK (number > 0),
    drawn_at_ms INTEGER NOT NULL,
    state       TEXT    NOT NULL DEFAULT 'reserved'
                CHECK (state IN ('reserved', 'printing', 'printed', 'failed', 'unclear')),
    settled     TEXT    CHECK (settled IN ('proof', 'staff')),
    copies      INTEGER NOT NULL DEFAULT 0,
    UNIQUE (day, series, number)            -- no number twice, whatever else goes wrong
) STRICT;

CREATE TABLE keys (
    owner   BLOB PRIMARY KEY,               -- a draft, later the dossier of the same id
    wrapped BLOB NOT NULL                   -- its key under the kiosk's key; deleting the row forgets everything
) STRICT;

CREATE TABLE drafts (
    id          BLOB    PRIMARY KEY REFERENCES keys (owner),
    procedure   TEXT    NOT NULL,
    sealed      BLOB    NOT NULL,
    saved_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE dossiers (
    id             BLOB    PRIMARY KEY,
    slip_number    TEXT    NOT NULL UNIQUE,
    procedure      TEXT    NOT NULL,
    sealed         BLOB,                    -- NULL once forgotten
    sealed_at_ms   INTEGER NOT NULL,
    file_count     INTEGER NOT NULL,        -- a dossier with fewer files than that is damaged, and not sent
    settled_at_ms  INTEGER,                 -- when the province or staff took it over
    code           TEXT,                    -- the province's, from its receipt
    province_state TEXT,
    received_on    TEXT,
    due_on         TEXT,
    as_of_ms       INTEGER                  -- when the province said so
) STRICT;
CREATE INDEX dossiers_by_code ON dossiers (code);

CREATE TABLE files (
    id          BLOB    PRIMARY KEY,
    owner       BLOB    NOT NULL REFERENCES keys (owner),
    kind        TEXT    NOT NULL CHECK (kind IN ('page', 'file')),
    part        TEXT    NOT NULL,
    ordinal     INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    sealed_meta BLOB    NOT NULL,           -- name, hash, what the scanner said
    upload_url  TEXT,
    UNIQUE (owner, kind, part, ordinal)
) STRICT;

CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id  BLOB    NOT NULL UNIQUE REFERENCES dossiers (id),
    request_key TEXT    NOT NULL UNIQUE,    -- makes a repeated send harmless
    attempts    INTEGER NOT NULL DEFAULT 0,
    due_at_ms   INTEGER NOT NULL,
    state       TEXT    NOT NULL DEFAULT 'waiting'
                CHECK (state IN ('waiting', 'received', 'with_staff', 'closed')),
    words       TEXT                        -- the province's, when it refused
) STRICT;
CREATE INDEX outbox_by_due ON outbox (state, due_at_ms);

CREATE TABLE print_jobs (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id  INTEGER REFERENCES tickets (id),
    dossier_id BLOB    REFERENCES dossiers (id),
    copy       INTEGER NOT NULL,            -- 0 is the first slip, more are marked as copies
    state      TEXT    NOT NULL DEFAULT 'printing'
               CHECK (state IN ('printing', 'printed', 'untouched', 'torn', 'unclear')),
    settled    TEXT    CHECK (settled IN ('proof', 'staff')),
    begun_at_ms INTEGER NOT NULL,
    CHECK ((ticket_id IS NULL) <> (dossier_id IS NULL))
) STRICT;
CREATE INDEX print_jobs_by_ticket ON print_jobs (ticket_id);
CREATE INDEX print_jobs_by_dossier ON print_jobs (dossier_id);

CREATE TABLE slip_numbers (
    day  TEXT    PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

CREATE TABLE catalogue (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    etag       TEXT    NOT NULL,
    body       BLOB    NOT NULL,
    kept_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE ratings (
    day   TEXT    NOT NULL,
    score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 5),
    count INTEGER NOT NULL,
    PRIMARY KEY (day, score)
) STRICT;

CREATE TABLE audit (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    what  TEXT    NOT NULL
) STRICT;

CREATE TABLE notices (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms   INTEGER NOT NULL,
    what    TEXT    NOT NULL,
    cleared INTEGER NOT NULL DEFAULT 0
) STRICT;
