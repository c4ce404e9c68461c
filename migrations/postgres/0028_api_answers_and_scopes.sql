-- What a token may be used for, parted by blanks; empty for everything.
ALTER TABLE curators ADD COLUMN scopes TEXT NOT NULL DEFAULT '';

-- Answers of the API to requests that carry a key, for a day.
CREATE TABLE api_answers (
    owner   TEXT    NOT NULL, -- a hash of the token
    key     TEXT    NOT NULL, -- a hash of the key
    request TEXT    NOT NULL, -- a hash of the request
    answer  BYTEA,            -- encrypted under the token; none while the request is worked on
    at      BIGINT  NOT NULL, -- Unix seconds
    PRIMARY KEY (owner, key)
);

CREATE INDEX api_answers_by_time ON api_answers (at);
