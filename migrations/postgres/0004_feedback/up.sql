-- What is thought of one solution for one challenge. It goes with either of them.
CREATE TABLE feedback (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    challenge_id TEXT COLLATE "C" NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    solution_id TEXT COLLATE "C" NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    -- The subject of a token.
    subject TEXT COLLATE "C" NOT NULL,
    -- "relevant", or the word of the reason why not.
    judgement TEXT COLLATE "C" NOT NULL,
    note TEXT,
    ranking_version TEXT COLLATE "C" NOT NULL,
    given TIMESTAMP NOT NULL,
    UNIQUE (challenge_id, solution_id, subject)
);

-- What keeps the deletion of a solution from reading the whole table; a challenge is found by the constraint above.
CREATE INDEX feedback_by_solution ON feedback (solution_id);
