-- Who switched a channel's bridge on (and is told when it breaks), whether they agreed that a private channel's posts are read
-- in a public one, and why the last post was not taken there; no reason while it works.
ALTER TABLE channels ADD COLUMN bridge_by TEXT NOT NULL DEFAULT '';
ALTER TABLE channels ADD COLUMN bridge_confirmed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN bridge_trouble TEXT;
