-- Drafts put aside: sealed parcels, a file each, that the province is to keep or to drop. Their keys are not here.

CREATE TABLE asides (
    parcel     BLOB    PRIMARY KEY,         -- random: tells neither whose it is nor when it was made
    bytes      INTEGER NOT NULL,
    sha256     BLOB    NOT NULL,
    owed       TEXT    NOT NULL CHECK (owed IN ('keep', 'drop', 'drop-handed-in')),
    since_ms   INTEGER NOT NULL
) STRICT;
