-- Whether the explanation of an entry helped. People are keyed hashes here; nobody's id is kept.
CREATE TABLE entry_judgements (
    workspace TEXT    NOT NULL,
    concept   TEXT    NOT NULL,
    person    TEXT    NOT NULL, -- a keyed hash of the person and the entry, so that two entries tell nothing about one person
    helped    BIGINT  NOT NULL, -- 1 or 0, as the person said last
    day       BIGINT  NOT NULL, -- days since the start of 1970
    PRIMARY KEY (workspace, concept, person)
);

CREATE INDEX entry_judgements_by_day ON entry_judgements (day);
