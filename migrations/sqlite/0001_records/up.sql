-- Records of every kind, what they are found by, and the feed of their changes.

CREATE TABLE record (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    organisation_id TEXT REFERENCES record (id) ON DELETE RESTRICT,
    source_name TEXT,
    source_id TEXT,
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
    record_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (record_id, name, value)
) WITHOUT ROWID;

-- The record stands in the index too, so that a filter is answered from the index alone.
CREATE INDEX facet_by_value ON facet (kind, name, value, record_id);

-- No foreign key to record: the change that tells of a deletion outlives the record.
CREATE TABLE change (
    seq BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('write', 'delete')),
    at TIMESTAMP NOT NULL
) WITHOUT ROWID;

CREATE TABLE sequence (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO sequence (name, value) VALUES ('change', 0);
