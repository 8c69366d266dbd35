-- People, organisations' members, the ways to sign in, moderation, mail, keys, and the audit log.
--
-- A column that names a person ends in person_id and is a foreign key: what is a person's goes with them (CASCADE),
-- what is an organisation's stays and forgets them (SET NULL). Secrets stand here as the SHA-256 of what was given out.

CREATE TABLE person (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    -- In lower case, for comparing.
    email_key TEXT NOT NULL UNIQUE,
    email_confirmed TIMESTAMP,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    service_role TEXT NOT NULL,
    -- A PHC string; absent where the person signs in otherwise.
    password TEXT,
    password_changed TIMESTAMP,
    suspended TIMESTAMP,
    suspended_reason TEXT,
    signed_in TIMESTAMP,
    created TIMESTAMP NOT NULL
);

CREATE TABLE membership (
    person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    organisation_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    since TIMESTAMP NOT NULL,
    PRIMARY KEY (person_id, organisation_id)
) WITHOUT ROWID;

CREATE INDEX membership_by_organisation ON membership (organisation_id, role);

-- One open invitation for each organisation and address.
CREATE TABLE invitation (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    role TEXT NOT NULL,
    inviter_person_id TEXT REFERENCES person (id) ON DELETE SET NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    created TIMESTAMP NOT NULL,
    expires TIMESTAMP NOT NULL,
    UNIQUE (organisation_id, email_key)
);

CREATE INDEX invitation_by_inviter ON invitation (inviter_person_id);
CREATE INDEX invitation_by_email ON invitation (email_key);

CREATE TABLE one_time_code (
    secret_hash TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    -- The address that it was sent to.
    email TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    expires TIMESTAMP NOT NULL
) WITHOUT ROWID;

CREATE INDEX one_time_code_by_person ON one_time_code (person_id, purpose);

CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    address TEXT,
    user_agent TEXT,
    created TIMESTAMP NOT NULL,
    seen TIMESTAMP NOT NULL,
    expires TIMESTAMP NOT NULL
);

CREATE INDEX session_by_person ON session (person_id);
CREATE INDEX session_by_end ON session (expires);

CREATE TABLE token_family (
    id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    address TEXT,
    user_agent TEXT,
    created TIMESTAMP NOT NULL,
    seen TIMESTAMP NOT NULL,
    expires TIMESTAMP NOT NULL,
    revoked TIMESTAMP
);

CREATE INDEX token_family_by_person ON token_family (person_id);
CREATE INDEX token_family_by_end ON token_family (expires);

-- A used token stays as long as its family, so that its second use is seen.
CREATE TABLE refresh_token (
    secret_hash TEXT NOT NULL PRIMARY KEY,
    family_id TEXT NOT NULL REFERENCES token_family (id) ON DELETE CASCADE,
    created TIMESTAMP NOT NULL,
    expires TIMESTAMP NOT NULL,
    used TIMESTAMP
) WITHOUT ROWID;

CREATE INDEX refresh_token_by_family ON refresh_token (family_id);

-- Access tokens that were taken back before their end.
CREATE TABLE revoked_token (
    jti TEXT NOT NULL PRIMARY KEY,
    expires TIMESTAMP NOT NULL
) WITHOUT ROWID;

CREATE TABLE api_client (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    creator_person_id TEXT REFERENCES person (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    -- Parted by spaces (RFC 6749, section 3.3).
    scopes TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    used TIMESTAMP
);

CREATE INDEX api_client_by_organisation ON api_client (organisation_id, id);
CREATE INDEX api_client_by_creator ON api_client (creator_person_id);

CREATE TABLE passkey (
    credential_id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- What the verifying library keeps, as JSON.
    credential TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    used TIMESTAMP
);

CREATE INDEX passkey_by_person ON passkey (person_id);

CREATE TABLE identity (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    email TEXT,
    created TIMESTAMP NOT NULL,
    used TIMESTAMP,
    PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;

CREATE INDEX identity_by_person ON identity (person_id);

-- What is remembered between the steps of a sign-in at an identity provider or with a passkey.
CREATE TABLE ceremony (
    secret_hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    person_id TEXT REFERENCES person (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    expires TIMESTAMP NOT NULL
) WITHOUT ROWID;

CREATE INDEX ceremony_by_person ON ceremony (person_id);

-- Failures by the hash of what failed: an account from an address, or an address.
CREATE TABLE throttle (
    name TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last TIMESTAMP NOT NULL
) WITHOUT ROWID;

-- Addresses, hashed, from which a person has signed in: what others do elsewhere does not slow these down.
CREATE TABLE known_address (
    person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    address_hash TEXT NOT NULL,
    seen TIMESTAMP NOT NULL,
    PRIMARY KEY (person_id, address_hash)
) WITHOUT ROWID;

-- How an organisation stands with the service; no row where there is nothing to say.
CREATE TABLE standing (
    organisation_id TEXT NOT NULL PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
    verified TIMESTAMP,
    verified_by TEXT,
    verified_domain TEXT,
    suspended TIMESTAMP,
    suspended_reason TEXT
);

CREATE TABLE listing_suspension (
    record_id TEXT NOT NULL PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    since TIMESTAMP NOT NULL
);

CREATE TABLE review (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    record_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    record_kind TEXT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    requester_person_id TEXT REFERENCES person (id) ON DELETE SET NULL,
    created TIMESTAMP NOT NULL,
    decision TEXT,
    reason TEXT,
    decider_person_id TEXT REFERENCES person (id) ON DELETE SET NULL,
    decided TIMESTAMP
);

-- Nothing waits twice for the same decision.
CREATE UNIQUE INDEX review_open ON review (record_id, kind) WHERE decided IS NULL;
CREATE INDEX review_by_organisation ON review (organisation_id, id);
CREATE INDEX review_by_requester ON review (requester_person_id);
CREATE INDEX review_by_decider ON review (decider_person_id);

CREATE TABLE report (
    id TEXT NOT NULL PRIMARY KEY,
    record_id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    record_kind TEXT NOT NULL,
    reporter_person_id TEXT REFERENCES person (id) ON DELETE SET NULL,
    reason TEXT NOT NULL,
    note TEXT,
    created TIMESTAMP NOT NULL,
    outcome TEXT,
    outcome_note TEXT,
    decider_person_id TEXT REFERENCES person (id) ON DELETE SET NULL,
    decided TIMESTAMP
);

CREATE INDEX report_by_record ON report (record_id);
CREATE INDEX report_by_reporter ON report (reporter_person_id);
CREATE INDEX report_by_decider ON report (decider_person_id);

CREATE TABLE mail (
    id TEXT NOT NULL PRIMARY KEY,
    person_id TEXT REFERENCES person (id) ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    recipient_email_key TEXT NOT NULL,
    template TEXT NOT NULL,
    language TEXT NOT NULL,
    -- Gone when it is sent.
    subject TEXT,
    body TEXT,
    html TEXT,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    problem TEXT,
    created TIMESTAMP NOT NULL,
    due TIMESTAMP NOT NULL,
    claimed_until TIMESTAMP,
    sent TIMESTAMP
);

CREATE INDEX mail_by_state ON mail (state, due);
CREATE INDEX mail_by_person ON mail (person_id);
CREATE INDEX mail_by_recipient ON mail (recipient_email_key);

CREATE TABLE signing_key (
    kid TEXT NOT NULL PRIMARY KEY,
    public_text TEXT NOT NULL,
    -- Gone when the key is retired.
    private_text TEXT,
    state TEXT NOT NULL,
    created TIMESTAMP NOT NULL,
    expires TIMESTAMP
);

-- One key signs, and one is next.
CREATE UNIQUE INDEX signing_key_by_state ON signing_key (state) WHERE state <> 'retired';

-- The audit log. No foreign keys: it outlives what it tells of.
CREATE TABLE audit (
    seq BIGINT NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    on_behalf_of TEXT,
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT,
    organisation_id TEXT,
    details_digest TEXT,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX audit_by_organisation ON audit (organisation_id, seq);
CREATE INDEX audit_by_beneficiary ON audit (on_behalf_of, seq);
CREATE INDEX audit_by_actor ON audit (actor_id, seq);
CREATE INDEX audit_by_target ON audit (target_id, seq);

-- No protection from whoever owns the database, which is what the chain of hashes is for, but from faults in the code.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END;

-- From where; the address goes after a while and its network stays.
CREATE TABLE audit_address (
    seq BIGINT NOT NULL PRIMARY KEY REFERENCES audit (seq) ON DELETE CASCADE,
    at TIMESTAMP NOT NULL,
    address TEXT,
    network TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX audit_address_whole ON audit_address (at) WHERE address IS NOT NULL;

-- Before and after. Apart from the log, which holds only their salted digest, so that they can be erased.
CREATE TABLE audit_detail (
    seq BIGINT NOT NULL PRIMARY KEY REFERENCES audit (seq) ON DELETE CASCADE,
    -- Whom they tell of.
    person_id TEXT REFERENCES person (id) ON DELETE CASCADE,
    salt TEXT NOT NULL,
    details TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX audit_detail_by_person ON audit_detail (person_id);

-- A person's feedback is theirs too: it is given to them, and erased with them.
CREATE INDEX feedback_by_subject ON feedback (subject);

INSERT INTO sequence (name, value) VALUES ('audit', 0);
