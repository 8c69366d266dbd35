-- The solutions that a public body looks at more closely for one challenge. It goes with either of them.
CREATE TABLE shortlist (
    challenge_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    solution_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    note TEXT,
    -- The score it was suggested with, in ten-thousandths; nothing where it was not suggested.
    score BIGINT,
    ranking_version TEXT NOT NULL,
    added TIMESTAMP NOT NULL,
    updated TIMESTAMP NOT NULL,
    PRIMARY KEY (challenge_id, solution_id)
);

-- What keeps the deletion of a solution from reading the whole table.
CREATE INDEX shortlist_by_solution ON shortlist (solution_id);
