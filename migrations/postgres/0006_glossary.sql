-- Changes of the glossary that were made live. All times are Unix seconds.

-- Where each changed concept stands. The workspace is empty where a concept is meant for the whole organisation.
CREATE TABLE concepts (
    workspace     TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    revision      BIGINT NOT NULL, -- the latest one
    status        TEXT    NOT NULL CHECK (status IN ('draft', 'in_review', 'approved', 'retired', 'withdrawn')),
    live_revision BIGINT,          -- the one that answers are made with; none: whatever lies below
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (workspace, id)
);

-- Every change of a concept, never edited and never deleted: its history and its audit.
CREATE TABLE concept_revisions (
    workspace TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    revision  BIGINT NOT NULL, -- from 1
    status    TEXT    NOT NULL, -- the concept's from here on
    action    TEXT    NOT NULL, -- what was done
    body      TEXT    NOT NULL, -- JSON: the whole concept
    author    TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (workspace, id, revision)
);

-- Grows with every change that readers see, so that each process notices what others published.
CREATE TABLE glossary_revisions (
    workspace TEXT    NOT NULL PRIMARY KEY,
    revision  BIGINT NOT NULL
);

-- Who may look after the glossary, beside the administrator of the settings. Of a token only its hash is kept.
CREATE TABLE curators (
    name       TEXT    NOT NULL PRIMARY KEY,
    role       TEXT    NOT NULL CHECK (role IN ('reader', 'author', 'curator', 'admin')),
    token_hash TEXT    NOT NULL UNIQUE,
    created_by TEXT    NOT NULL,
    created_at BIGINT NOT NULL
);

-- Who is signed in to the console.
CREATE TABLE console_sessions (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    expires_at BIGINT NOT NULL
);
