-- A session of the administrator of the settings ends when the token there is replaced, so it says by which it was opened.
ALTER TABLE console_sessions ADD COLUMN opened_by TEXT NOT NULL DEFAULT '';
