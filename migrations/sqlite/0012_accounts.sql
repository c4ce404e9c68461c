-- People may look after the glossary with their account on a chat platform instead of a token. A table whose column was NOT
-- NULL is made anew, because SQLite changes no column.
CREATE TABLE curators_with_accounts (
    name       TEXT    NOT NULL PRIMARY KEY,
    role       TEXT    NOT NULL CHECK (role IN ('reader', 'author', 'curator', 'admin')),
    token_hash TEXT    UNIQUE, -- none: they sign in with their account
    platform   TEXT,           -- these three are all there or none of them
    workspace  TEXT,
    person     TEXT,
    created_by TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (platform, workspace, person)
) WITHOUT ROWID;
INSERT INTO curators_with_accounts (name, role, token_hash, created_by, created_at)
    SELECT name, role, token_hash, created_by, created_at FROM curators;
DROP TABLE curators;
ALTER TABLE curators_with_accounts RENAME TO curators;

-- A session that was opened with an account ends with its workspace, so it says which. Empty for others.
ALTER TABLE console_sessions ADD COLUMN platform TEXT NOT NULL DEFAULT '';
ALTER TABLE console_sessions ADD COLUMN workspace TEXT NOT NULL DEFAULT '';
ALTER TABLE console_sessions ADD COLUMN organisation TEXT NOT NULL DEFAULT '';

-- Ways back from a platform that were used, until they would be too old anyway. Of each only a hash is kept.
CREATE TABLE used_ways (
    hash       TEXT    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
