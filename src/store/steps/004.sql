-- Who is before whom among those that wait: a dossier that had its turn and is not done goes behind the others.

ALTER TABLE outbox ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET place = id;
CREATE INDEX outbox_by_place ON outbox (place);
