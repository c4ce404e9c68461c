-- Which answers somebody has judged, so that one person counts once. The key is a digest: it names neither person nor answer.
CREATE TABLE judgements (
    key TEXT    NOT NULL PRIMARY KEY,
    at  INTEGER NOT NULL -- Unix seconds
) WITHOUT ROWID;
