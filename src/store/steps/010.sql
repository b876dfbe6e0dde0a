-- Codes of bank transfers that were shown while the province could not be asked: on the disk before the screen.

CREATE TABLE transfers (
    dossier_id   BLOB    PRIMARY KEY REFERENCES dossiers (id),
    shown_at_ms  INTEGER NOT NULL,
    amount_dong  INTEGER NOT NULL CHECK (amount_dong > 0),
    bank         TEXT    NOT NULL,          -- the account as the province's data named it then
    account      TEXT    NOT NULL,
    account_name TEXT    NOT NULL,
    note         TEXT    NOT NULL,          -- the slip number, as banks take it
    settled      INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)) -- the province, or staff, know what became of it
) STRICT;
