-- Audiences and templates that were changed live: every revision of each file, never edited and never deleted. The latest counts.
CREATE TABLE content_files (
    workspace TEXT    NOT NULL, -- empty where it is meant for the whole organisation
    path      TEXT    NOT NULL, -- as the program names it: prompts/audiences/sales.yaml
    revision  INTEGER NOT NULL, -- from 1
    body      TEXT,             -- the whole file; none: taken back, and what lies below counts again
    action    TEXT    NOT NULL, -- what was done
    author    TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    at        INTEGER NOT NULL, -- Unix seconds
    PRIMARY KEY (workspace, path, revision)
) WITHOUT ROWID;
