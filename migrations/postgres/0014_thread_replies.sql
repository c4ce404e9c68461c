-- The apps below whose posts in a channel the version for its reader is posted, who switched that on (and is told when it breaks), and
-- why the last reply was not taken; no reason while it works.
ALTER TABLE channels ADD COLUMN reply_sources TEXT NOT NULL DEFAULT '[]';
ALTER TABLE channels ADD COLUMN reply_by TEXT NOT NULL DEFAULT '';
ALTER TABLE channels ADD COLUMN reply_trouble TEXT;
