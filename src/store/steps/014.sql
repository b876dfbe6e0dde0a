-- Who wrote an event of the shared log: a number of this kiosk that nobody got is found by it.
ALTER TABLE hall_copy ADD COLUMN kiosk TEXT NOT NULL DEFAULT '';

-- After which event of a day this database keeps the ticket of every number that the shared log gave here.
CREATE TABLE hall_days (
    day TEXT PRIMARY KEY,
    since INTEGER NOT NULL CHECK (since >= 0)
) STRICT, WITHOUT ROWID;

-- The log of which the copy is one: when its servers made it.
CREATE TABLE hall_log (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    made_ms INTEGER NOT NULL
) STRICT;
