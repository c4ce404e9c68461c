-- Unknown words that people met. Words and people are keyed hashes here; nobody's id and no message is kept.
CREATE TABLE gap_sightings (
    workspace TEXT    NOT NULL,
    word      TEXT    NOT NULL, -- a keyed hash of the word
    day       BIGINT  NOT NULL, -- days since the start of 1970
    person    TEXT    NOT NULL, -- a keyed hash of the person and the word, so that two words tell nothing about one person
    messages  BIGINT  NOT NULL,
    PRIMARY KEY (workspace, word, day, person)
);

CREATE INDEX gap_sightings_by_day ON gap_sightings (day);

-- The words themselves: written down only when enough people met them, and kept where somebody said that one is no term.
CREATE TABLE gap_words (
    workspace    TEXT NOT NULL,
    word         TEXT NOT NULL, -- the same hash
    term         TEXT NOT NULL, -- as it was written
    dismissed_by TEXT,
    dismissed_at BIGINT,        -- Unix seconds
    PRIMARY KEY (workspace, word)
);

-- How often each entry was met, by day. No people.
CREATE TABLE entry_uses (
    concept TEXT    NOT NULL,
    term    TEXT    NOT NULL, -- empty for the entry as a whole; else a deprecated term of it that was written
    day     BIGINT  NOT NULL, -- days since the start of 1970
    uses    BIGINT  NOT NULL,
    PRIMARY KEY (concept, term, day)
);

CREATE INDEX entry_uses_by_day ON entry_uses (day);
