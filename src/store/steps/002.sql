-- What a machine read on a page, until the pages are bound into files.

ALTER TABLE files ADD COLUMN sealed_reading BLOB;
