-- A session that nobody uses ends before its time. Sessions from before this say nothing of it.
ALTER TABLE console_sessions ADD COLUMN idle_until INTEGER;
