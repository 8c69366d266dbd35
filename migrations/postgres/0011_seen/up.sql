-- When a person last looked at what matches a record of their organisation: what has come since is new to them. It goes
-- with either of them.
CREATE TABLE seen (
    person_id TEXT COLLATE "C" NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    record_id TEXT COLLATE "C" NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (person_id, record_id)
);

-- What keeps the deletion of a record from reading the whole table.
CREATE INDEX seen_by_record ON seen (record_id);
