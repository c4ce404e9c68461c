-- People may look after the glossary with their account on a chat platform instead of a token.
ALTER TABLE curators ALTER COLUMN token_hash DROP NOT NULL; -- none: they sign in with their account
ALTER TABLE curators ADD COLUMN platform TEXT;              -- these three are all there or none of them
ALTER TABLE curators ADD COLUMN workspace TEXT;
ALTER TABLE curators ADD COLUMN person TEXT;
ALTER TABLE curators ADD UNIQUE (platform, workspace, person);

-- A session that was opened with an account ends with its workspace, so it says which. Empty for others.
ALTER TABLE console_sessions ADD COLUMN platform TEXT NOT NULL DEFAULT '';
ALTER TABLE console_sessions ADD COLUMN workspace TEXT NOT NULL DEFAULT '';
ALTER TABLE console_sessions ADD COLUMN organisation TEXT NOT NULL DEFAULT '';

-- Ways back from a platform that were used, until they would be too old anyway. Of each only a hash is kept.
CREATE TABLE used_ways (
    hash       TEXT   NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
