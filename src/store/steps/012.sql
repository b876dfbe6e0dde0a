-- A hall of several kiosks: what this one has seen of the log that they share, and the numbers that it gave while it could
-- not reach it.
CREATE TABLE hall_copy (
    day TEXT NOT NULL,
    -- Where the shared log has it.
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    at_ms INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (day, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE hall_owed (
    day TEXT NOT NULL,
    series TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    -- The event that the shared log has not taken yet.
    body TEXT NOT NULL,
    PRIMARY KEY (day, series, number)
) STRICT, WITHOUT ROWID;
