-- What a person last looked at beside their conversation with the app, by the platform's own ids; empty where it was no message.
CREATE TABLE sights (
    platform  TEXT    NOT NULL,
    workspace TEXT    NOT NULL,
    person    TEXT    NOT NULL,
    channel   TEXT    NOT NULL,
    message   TEXT    NOT NULL,
    told_at   TEXT    NOT NULL, -- by the platform's clock, as it writes it
    noted_at  INTEGER NOT NULL, -- Unix seconds
    PRIMARY KEY (platform, workspace, person)
) WITHOUT ROWID;

CREATE INDEX sights_by_time ON sights (noted_at);

-- Up to when nothing more is wanted in a thread, because somebody pressed stop there.
CREATE TABLE stops (
    platform   TEXT    NOT NULL,
    workspace  TEXT    NOT NULL,
    channel    TEXT    NOT NULL,
    thread     TEXT    NOT NULL,
    stopped_at TEXT    NOT NULL, -- by the platform's clock, as it writes it
    noted_at   INTEGER NOT NULL, -- Unix seconds
    PRIMARY KEY (platform, workspace, channel, thread)
) WITHOUT ROWID;

CREATE INDEX stops_by_time ON stops (noted_at);
