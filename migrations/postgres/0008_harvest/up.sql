-- Catalogues that are harvested: where they are, and how far the harvest has come.
CREATE TABLE harvest_source (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    format TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    mapping TEXT COLLATE "C",
    licence TEXT COLLATE "C",
    -- Seconds from the end of a run to the next; nothing where it runs when asked alone.
    every BIGINT,
    -- 1 where it may stand at a private address.
    allow_private BIGINT NOT NULL,
    -- 1 where it names everything it has each time, so that what it names no longer is gone.
    whole BIGINT NOT NULL,
    created TIMESTAMP NOT NULL,
    due TIMESTAMP,
    -- Whoever harvests it renews this; when it has passed, somebody else may go on.
    claimed_until TIMESTAMP,
    -- The number of the run under way, or of the last one.
    run BIGINT NOT NULL,
    started TIMESTAMP,
    finished TIMESTAMP,
    -- Where a run that was cut off goes on, as JSON.
    checkpoint TEXT COLLATE "C",
    -- What the run under way, or the last one, has done, as JSON.
    report TEXT COLLATE "C",
    problem TEXT COLLATE "C"
);

-- The documents of a source as they were last read whole, for conditional requests.
CREATE TABLE harvest_document (
    source_name TEXT COLLATE "C" NOT NULL REFERENCES harvest_source (name) ON DELETE CASCADE,
    address TEXT COLLATE "C" NOT NULL,
    etag TEXT COLLATE "C",
    modified TEXT COLLATE "C",
    -- The address of the page after it.
    next TEXT COLLATE "C",
    PRIMARY KEY (source_name, address)
);

-- What a source has told of, by its own identifiers.
CREATE TABLE harvest_item (
    source_name TEXT COLLATE "C" NOT NULL REFERENCES harvest_source (name) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL,
    item_id TEXT COLLATE "C" NOT NULL,
    -- The record it has become, or for an award the solution it is evidence for.
    record_id TEXT COLLATE "C" REFERENCES record (id) ON DELETE SET NULL,
    -- The document it was told in.
    address TEXT COLLATE "C" NOT NULL,
    -- A hash of what was told, so that the same is not written twice over what was changed here.
    digest TEXT COLLATE "C" NOT NULL,
    -- The source's own time of it: what is older does not replace what is newer.
    stamp TEXT COLLATE "C",
    -- The run that saw it last.
    seen BIGINT NOT NULL,
    -- When it was found to be gone, and archived.
    gone TIMESTAMP,
    -- An award as the deployment it is evidence of, in JSON.
    evidence TEXT COLLATE "C",
    PRIMARY KEY (source_name, kind, item_id)
);

CREATE INDEX harvest_item_by_document ON harvest_item (source_name, address);
CREATE INDEX harvest_item_by_record ON harvest_item (record_id);

-- Two solutions that may be one, for an operator to decide about.
CREATE TABLE duplicate (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- The one that would be kept.
    first_id TEXT COLLATE "C" NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    second_id TEXT COLLATE "C" NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    -- By what they were found: their address, their name and provider, their text.
    reason TEXT COLLATE "C" NOT NULL,
    proposed TIMESTAMP NOT NULL,
    -- What was decided: same or different.
    decision TEXT COLLATE "C",
    decided TIMESTAMP,
    UNIQUE (first_id, second_id)
);

CREATE INDEX duplicate_by_second ON duplicate (second_id);
