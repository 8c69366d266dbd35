-- Records of every kind, what they are found by, and the feed of their changes.

-- Text that is compared, ordered or searched by its beginning is collated "C": by code point, as SQLite does, and
-- whatever language the database was created for.
CREATE TABLE record (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    status_reason TEXT,
    organisation_id TEXT COLLATE "C" REFERENCES record (id) ON DELETE RESTRICT,
    source_name TEXT COLLATE "C",
    source_id TEXT COLLATE "C",
    content TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    updated TIMESTAMP NOT NULL,
    UNIQUE (kind, source_name, source_id)
);

-- The lists of a kind, newest first; all of them, or those in one state.
CREATE INDEX record_by_kind ON record (kind, id);
CREATE INDEX record_by_status ON record (kind, status, id);
CREATE INDEX record_by_update ON record (kind, updated);
-- Also what keeps the check of ON DELETE RESTRICT from reading the whole table.
CREATE INDEX record_by_organisation ON record (organisation_id, kind, id);

CREATE TABLE facet (
    record_id TEXT COLLATE "C" NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (record_id, name, value)
);

-- The record stands in the index too, so that a filter is answered from the index alone.
CREATE INDEX facet_by_value ON facet (kind, name, value, record_id);

-- No foreign key to record: the change that tells of a deletion outlives the record.
CREATE TABLE change (
    seq BIGINT NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    record_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    action TEXT COLLATE "C" NOT NULL CHECK (action IN ('write', 'delete')),
    at TIMESTAMP NOT NULL
);

-- A row, not a SEQUENCE: a PostgreSQL sequence leaves gaps and gives numbers out in another order than
-- the transactions commit in.
CREATE TABLE sequence (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO sequence (name, value) VALUES ('change', 0);
