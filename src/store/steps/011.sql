-- Browsers that were let in by a code: counters that call, boards that show.
CREATE TABLE browsers (
    id INTEGER PRIMARY KEY,
    -- SHA-256 of the token in the browser's cookie.
    token_sha256 BLOB NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
    kind TEXT NOT NULL CHECK (kind IN ('counter', 'board')),
    paired_at_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL
) STRICT;
