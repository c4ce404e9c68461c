-- What was done beside entries: people and their roles, files that were taken in, trial messages. Never changed and never erased;
-- what was done with entries is in their revisions and comments.
CREATE TABLE audit_events (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL, -- Unix seconds
    place   TEXT    NOT NULL, -- the workspace whose affair it is: slack:T0123; empty where only who keeps the whole glossary sees it
    actor   TEXT    NOT NULL,
    kind    TEXT    NOT NULL, -- people, import, trial
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL, -- with whom or what
    detail  TEXT    NOT NULL
);
CREATE INDEX audit_events_by_time ON audit_events (at);
CREATE INDEX concept_revisions_by_time ON concept_revisions (at);
CREATE INDEX concept_comments_by_time ON concept_comments (at);
