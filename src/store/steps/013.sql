-- Managers look at the day in a browser of their own.
CREATE TABLE browsers_13 (
    id INTEGER PRIMARY KEY,
    -- SHA-256 of the token in the browser's cookie.
    token_sha256 BLOB NOT NULL UNIQUE CHECK (length(token_sha256) = 32),
    kind TEXT NOT NULL CHECK (kind IN ('counter', 'board', 'manager')),
    paired_at_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO browsers_13 (id, token_sha256, kind, paired_at_ms, seen_at_ms)
SELECT id, token_sha256, kind, paired_at_ms, seen_at_ms FROM browsers;
DROP TABLE browsers;
ALTER TABLE browsers_13 RENAME TO browsers;
