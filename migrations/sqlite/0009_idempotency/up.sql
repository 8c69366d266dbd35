-- Answers to requests that carried an Idempotency-Key, so that a request that is sent again is not done again. Each goes
-- with whoever asked.
CREATE TABLE idempotency (
    -- SHA-256 of who asked and the key; the key itself is not kept.
    id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT REFERENCES person (id) ON DELETE CASCADE,
    client_id TEXT REFERENCES api_client (id) ON DELETE CASCADE,
    -- Of the request under the key: it tells the same request from another and, without the key, tells nothing.
    fingerprint TEXT NOT NULL,
    -- When its turn began: who has taken a turn over is told from who had it before.
    started TIMESTAMP NOT NULL,
    -- Nothing while the request is under way.
    status BIGINT,
    -- A JSON array of pairs.
    headers TEXT,
    -- Nothing where the answer held a secret.
    body TEXT,
    -- Until when the answer is kept, or the turn lasts.
    expires TIMESTAMP NOT NULL
);

CREATE INDEX idempotency_by_person ON idempotency (person_id);
CREATE INDEX idempotency_by_client ON idempotency (client_id);
CREATE INDEX idempotency_by_end ON idempotency (expires);
