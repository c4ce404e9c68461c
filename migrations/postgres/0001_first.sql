-- Which reader a person wants answers for.
CREATE TABLE preferences (
    workspace  TEXT    NOT NULL,
    person     TEXT    NOT NULL,
    audience   TEXT    NOT NULL,
    updated_at BIGINT NOT NULL, -- Unix seconds
    PRIMARY KEY (workspace, person)
);

-- Text behind an answer that is still on somebody's screen, so that its menus work without carrying the text.
-- Rows belong to one person and are erased when the dialog closes, and after an hour in any case.
CREATE TABLE pending_sources (
    id         TEXT    NOT NULL PRIMARY KEY,
    workspace  TEXT    NOT NULL,
    person     TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    expires_at BIGINT NOT NULL -- Unix seconds
);

CREATE INDEX pending_sources_by_expiry ON pending_sources (expires_at);
