-- Times below are Unix milliseconds where a wait can be shorter than a second, and Unix seconds elsewhere (as said).

-- Where a platform's app is installed. A workspace or organisation that does not apply is an empty text.
CREATE TABLE installations (
    platform     TEXT    NOT NULL,
    organisation TEXT    NOT NULL,
    workspace    TEXT    NOT NULL,
    sealed       BYTEA   NOT NULL, -- tokens, encrypted and bound to this row
    details      TEXT    NOT NULL, -- JSON: names, scopes, ids; no secrets
    version      BIGINT NOT NULL, -- grows with every change of the tokens
    refreshing   BIGINT NOT NULL DEFAULT 0, -- milliseconds: until then one worker alone renews the tokens
    disabled     BIGINT NOT NULL DEFAULT 0,
    updated_at   BIGINT NOT NULL, -- Unix seconds
    PRIMARY KEY (platform, organisation, workspace)
);

-- What somebody with the right has chosen for a channel. No row: everything is off.
CREATE TABLE channels (
    platform   TEXT    NOT NULL,
    workspace  TEXT    NOT NULL,
    channel    TEXT    NOT NULL,
    audience   TEXT,
    quiet      BIGINT NOT NULL,
    sources    TEXT    NOT NULL, -- JSON list: whose posts get an answer without being asked
    bridge     TEXT,             -- the channel that gets chosen posts in its own words
    updated_at BIGINT NOT NULL, -- Unix seconds
    PRIMARY KEY (platform, workspace, channel)
);

-- Verified deliveries of platforms: worked once, remembered without their text for as long as a platform repeats itself.
CREATE TABLE inbox (
    number      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform    TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    workspace   TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'working', 'done', 'dead')),
    payload     TEXT    NOT NULL, -- empty once done or dead
    attempts    BIGINT NOT NULL DEFAULT 0,
    due_at      BIGINT NOT NULL, -- milliseconds: nobody else touches the row before
    received_at BIGINT NOT NULL, -- milliseconds
    error       TEXT,
    UNIQUE (platform, id)
);
CREATE INDEX inbox_by_due ON inbox (due_at) WHERE state IN ('waiting', 'working');
CREATE INDEX inbox_by_age ON inbox (received_at);

-- What is owed to a platform. Delivered rows are deleted; those that cannot be delivered stay a week, without their text.
CREATE TABLE outbox (
    number     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    platform   TEXT    NOT NULL,
    workspace  TEXT    NOT NULL,
    lane       TEXT    NOT NULL, -- rows of one lane go out one after another, in their order
    lane_ms    BIGINT NOT NULL, -- between two rows of the lane
    method     TEXT    NOT NULL, -- what shares a rate
    method_ms  BIGINT NOT NULL, -- between two rows of the rate, in the long run
    burst_ms   BIGINT NOT NULL, -- how far a burst may run ahead of it
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'sending', 'expired', 'dead')),
    payload    TEXT    NOT NULL, -- empty once expired or dead
    attempts   BIGINT NOT NULL DEFAULT 0,
    in_doubt   BIGINT NOT NULL DEFAULT 0, -- an earlier attempt may have arrived
    due_at     BIGINT NOT NULL, -- milliseconds: nobody else touches the row before
    expires_at BIGINT NOT NULL, -- milliseconds: too late afterwards
    error      TEXT
);
CREATE INDEX outbox_by_due ON outbox (due_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_by_lane ON outbox (lane, number) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_by_expiry ON outbox (expires_at);

-- When a lane or a rate may be used again.
CREATE TABLE paces (
    name       TEXT    NOT NULL PRIMARY KEY,
    arrival    BIGINT NOT NULL, -- milliseconds: when the next one would be due if all came evenly
    not_before BIGINT NOT NULL  -- milliseconds
);

CREATE TABLE counters (
    name  TEXT    NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

-- Who asked for which definition: one row for each person, so that a person is told and counted once.
CREATE TABLE definition_requests (
    workspace TEXT    NOT NULL,
    term_key  TEXT    NOT NULL, -- the term in lower case
    person    TEXT    NOT NULL,
    term      TEXT    NOT NULL,
    asked_at  BIGINT NOT NULL, -- Unix seconds
    PRIMARY KEY (workspace, term_key, person)
);
