-- How often the work or the call itself failed. The wait before another try grows with it, and not with the processes that ended meanwhile.
ALTER TABLE inbox ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
