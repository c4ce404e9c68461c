-- How conversations are reached in which nobody may have asked anything lately.
CREATE TABLE conversation_references (
    platform     TEXT    NOT NULL,
    workspace    TEXT    NOT NULL,
    conversation TEXT    NOT NULL,
    team         TEXT    NOT NULL, -- of which it is a channel; empty where it is none
    person       TEXT    NOT NULL, -- who is alone in it with the app; empty where others are
    added_by     TEXT    NOT NULL, -- who added the app there; empty where that was not told
    sealed       BYTEA   NOT NULL, -- the server's address, the accounts there, the language: encrypted
    noted_at     BIGINT  NOT NULL, -- Unix seconds
    PRIMARY KEY (platform, workspace, conversation)
);

CREATE INDEX conversation_references_by_person ON conversation_references (platform, workspace, person, noted_at);
CREATE INDEX conversation_references_by_team ON conversation_references (platform, workspace, team);
CREATE INDEX conversation_references_by_time ON conversation_references (noted_at);
