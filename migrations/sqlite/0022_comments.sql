-- What people say to each other about an entry. Comments are part of the record: none is changed and none erased.
CREATE TABLE concept_comments (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT    NOT NULL,
    id        TEXT    NOT NULL, -- the concept's
    revision  INTEGER NOT NULL, -- the latest one when it was written; 0 for what was never changed
    text      TEXT    NOT NULL,
    author    TEXT    NOT NULL,
    at        INTEGER NOT NULL  -- Unix seconds
);
CREATE INDEX concept_comments_by_concept ON concept_comments (workspace, id, number);
