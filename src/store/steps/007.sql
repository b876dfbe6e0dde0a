-- Slips that only their visit knows, such as a check-list: nothing else of them is kept, and they are printed once.

CREATE TABLE print_jobs_with_visits (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id   INTEGER REFERENCES tickets (id),
    dossier_id  BLOB    REFERENCES dossiers (id),
    visit_id    BLOB,                       -- of the slip, not of a person; new for each
    copy        INTEGER NOT NULL,           -- 0 is the first slip, more are marked as copies
    state       TEXT    NOT NULL DEFAULT 'printing'
                CHECK (state IN ('printing', 'printed', 'untouched', 'torn', 'unclear')),
    settled     TEXT    CHECK (settled IN ('proof', 'staff')),
    begun_at_ms INTEGER NOT NULL,
    CHECK ((ticket_id IS NOT NULL) + (dossier_id IS NOT NULL) + (visit_id IS NOT NULL) = 1)
) STRICT;
INSERT INTO print_jobs_with_visits (id, ticket_id, dossier_id, copy, state, settled, begun_at_ms)
    SELECT id, ticket_id, dossier_id, copy, state, settled, begun_at_ms FROM print_jobs;
-- Ids go on where they were: a printer may still hold a slip of an earlier one.
DELETE FROM sqlite_sequence WHERE name = 'print_jobs_with_visits';
INSERT INTO sqlite_sequence (name, seq) SELECT 'print_jobs_with_visits', seq FROM sqlite_sequence WHERE name = 'print_jobs';
DROP TABLE print_jobs;
ALTER TABLE print_jobs_with_visits RENAME TO print_jobs;
CREATE INDEX print_jobs_by_ticket ON print_jobs (ticket_id);
CREATE INDEX print_jobs_by_dossier ON print_jobs (dossier_id);
CREATE INDEX print_jobs_by_visit ON print_jobs (visit_id);
