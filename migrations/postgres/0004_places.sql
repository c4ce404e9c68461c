-- Where the message behind an answer stands, so that the answer can be shared there: JSON, or empty when it is not known.
ALTER TABLE pending_sources ADD COLUMN place TEXT NOT NULL DEFAULT '';
