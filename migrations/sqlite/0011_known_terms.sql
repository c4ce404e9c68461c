-- Which terms a person knows, by the ids of their concepts. One that was taken back stays for an hour, so that other instances
-- hear of it.
CREATE TABLE known_terms (
    workspace  TEXT    NOT NULL,
    person     TEXT    NOT NULL,
    concept    TEXT    NOT NULL,
    is_known   INTEGER NOT NULL, -- 1, or 0 when it was taken back
    updated_at INTEGER NOT NULL, -- Unix seconds
    PRIMARY KEY (workspace, person, concept)
) WITHOUT ROWID;

CREATE INDEX known_terms_by_time ON known_terms (updated_at);
