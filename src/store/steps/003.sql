-- What comes after handing in: supplements and withdrawals are owed as dossiers are, a refused dossier comes again
-- as a new revision, and the last news of the province is kept.

ALTER TABLE dossiers ADD COLUMN kind TEXT NOT NULL DEFAULT 'dossier'
    CHECK (kind IN ('dossier', 'supplement', 'withdrawal'));
ALTER TABLE dossiers ADD COLUMN about TEXT;                 -- of a supplement or withdrawal: the code of the dossier
ALTER TABLE dossiers ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE dossiers ADD COLUMN replaces BLOB;              -- the refused dossier that this one took the place of
ALTER TABLE dossiers ADD COLUMN sealed_draft BLOB;          -- what it was made from, so that it can be mended; NULL once received
ALTER TABLE dossiers ADD COLUMN news TEXT;                  -- the province's last, without its free words
ALTER TABLE dossiers ADD COLUMN over INTEGER NOT NULL DEFAULT 0; -- nothing more will come of it
ALTER TABLE dossiers ADD COLUMN asked_at_ms INTEGER;        -- when the province was last asked, whatever it said
CREATE INDEX dossiers_by_about ON dossiers (about);
CREATE INDEX dossiers_by_replaced ON dossiers (replaces);
