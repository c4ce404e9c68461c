-- Messages on which curators try every draft before it is approved. They are written for that, so they stay until somebody takes
-- them out.
CREATE TABLE trial_messages (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    place  TEXT   NOT NULL, -- where it is from: slack:T0123, or slack:T0123/C0456; empty where it is meant for everybody
    text   TEXT   NOT NULL,
    author TEXT   NOT NULL,
    at     BIGINT NOT NULL, -- Unix seconds
    UNIQUE (place, text)
);
