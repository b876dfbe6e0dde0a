-- Fees paid by phone. Nothing in it tells whose they are.

CREATE TABLE payments (
    key              TEXT    PRIMARY KEY,   -- the Idempotency-Key, on the disk before the province is asked
    dossier_code     TEXT    NOT NULL,      -- the province's
    begun_at_ms      INTEGER NOT NULL,
    state            TEXT    NOT NULL
                     CHECK (state IN ('asked', 'open', 'unclear', 'paid', 'failed', 'refused')),
    reference        TEXT,                  -- the province's, once it has answered
    amount_dong      INTEGER,
    address          TEXT,                  -- what the QR code says; NULL if it must not be shown
    expires_at_ms    INTEGER,
    transaction_code TEXT,
    paid_at_ms       INTEGER,
    words            TEXT,                  -- the province's, when it refused
    followed         TEXT    NOT NULL DEFAULT 'kiosk' CHECK (followed IN ('kiosk', 'staff', 'closed')),
    CHECK ((reference IS NULL) = (amount_dong IS NULL)),
    CHECK ((reference IS NULL) = (state IN ('asked', 'refused')))
) STRICT;
-- Of a dossier one payment counts, whatever else goes wrong.
CREATE UNIQUE INDEX payments_that_count ON payments (dossier_code)
    WHERE state IN ('asked', 'open', 'unclear', 'paid');
CREATE INDEX payments_by_dossier ON payments (dossier_code, begun_at_ms);
