-- Webhooks: addresses of organisations that are told what happens, what has happened, and how the telling goes.

CREATE TABLE webhook (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    description TEXT,
    -- Parted by spaces.
    events TEXT NOT NULL,
    -- As they were given out: signing needs them whole.
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until TIMESTAMP,
    disabled TEXT,
    disabled_since TIMESTAMP,
    failures BIGINT NOT NULL,
    failing_since TIMESTAMP,
    delivered TIMESTAMP,
    created TIMESTAMP NOT NULL,
    -- Events that were put into its queue, ever.
    queued BIGINT NOT NULL,
    -- When the first that waits is to be tried; nothing where none waits.
    next_due TIMESTAMP,
    -- Who delivers to it now: one process at a time keeps the order.
    claim TEXT,
    claimed_until TIMESTAMP
);

CREATE INDEX webhook_by_organisation ON webhook (organisation_id, id);
CREATE INDEX webhook_by_due ON webhook (next_due);

CREATE TABLE webhook_event (
    seq BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    data TEXT NOT NULL
);

CREATE INDEX webhook_event_by_time ON webhook_event (at);

CREATE TABLE webhook_delivery (
    webhook_id TEXT NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    seq BIGINT NOT NULL REFERENCES webhook_event (seq) ON DELETE CASCADE,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due TIMESTAMP NOT NULL,
    tried TIMESTAMP,
    status BIGINT,
    body TEXT,
    problem TEXT,
    milliseconds BIGINT,
    PRIMARY KEY (webhook_id, seq)
) WITHOUT ROWID;

CREATE INDEX webhook_delivery_by_state ON webhook_delivery (webhook_id, state, seq);
CREATE INDEX webhook_delivery_by_event ON webhook_delivery (seq);

-- The pairs that somebody was told of: each is told once.
CREATE TABLE webhook_match (
    challenge_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    solution_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    PRIMARY KEY (challenge_id, solution_id)
) WITHOUT ROWID;

CREATE INDEX webhook_match_by_solution ON webhook_match (solution_id);

-- The number of the last event, and up to which change matches were looked for: what is here already is no news.
INSERT INTO sequence (name, value) VALUES ('webhook-event', 0);
INSERT INTO sequence (name, value) SELECT 'webhook-match', value FROM sequence WHERE name = 'change';
