-- What a person asked about lately, for that person's own page: ids and names of our own, no text of anybody's.
CREATE TABLE asked (
    workspace TEXT    NOT NULL,
    person    TEXT    NOT NULL,
    subject   TEXT    NOT NULL, -- 'entry', 'message', or 'cleared' for the moment up to which the list was emptied
    about     TEXT    NOT NULL, -- of an entry its id, of a message the id under which its text was kept for a while
    kind      TEXT    NOT NULL, -- of a message its kind, such as incident; else empty
    readers   TEXT    NOT NULL, -- ids of readers with commas between them
    asked_at  INTEGER NOT NULL, -- Unix seconds
    PRIMARY KEY (workspace, person, subject, about)
) WITHOUT ROWID;

CREATE INDEX asked_by_time ON asked (asked_at);

-- How deliveries of a platform were received, in stretches of ten minutes, so that a wrong secret is told from a wrong clock.
CREATE TABLE receptions (
    platform TEXT    NOT NULL,
    outcome  TEXT    NOT NULL,
    stretch  INTEGER NOT NULL, -- ten minutes each, since the start of 1970
    count    INTEGER NOT NULL,
    PRIMARY KEY (platform, outcome, stretch)
) WITHOUT ROWID;
