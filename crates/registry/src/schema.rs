//! The tables, as both sets of migrations make them; a test compares this with what the databases say.

diesel::table! {
    record (id) {
        id -> Text,
        kind -> Text,
        version -> BigInt,
        status -> Text,
        status_reason -> Nullable<Text>,
        organisation_id -> Nullable<Text>,
        source_name -> Nullable<Text>,
        source_id -> Nullable<Text>,
        content -> Text,
        created -> Timestamp,
        updated -> Timestamp,
    }
}

diesel::table! {
    facet (record_id, name, value) {
        record_id -> Text,
        kind -> Text,
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    change (seq) {
        seq -> BigInt,
        kind -> Text,
        record_id -> Text,
        version -> BigInt,
        action -> Text,
        at -> Timestamp,
        organisation_id -> Text,
        shown -> BigInt,
    }
}

diesel::table! {
    sequence (name) {
        name -> Text,
        value -> BigInt,
    }
}

diesel::table! {
    embedding (model, hash) {
        model -> Text,
        hash -> Text,
        vector -> Binary,
    }
}

diesel::table! {
    vocabulary_label (scheme, code, language) {
        scheme -> Text,
        code -> Text,
        language -> Text,
        label -> Text,
    }
}

diesel::table! {
    setting (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    feedback (id) {
        id -> Text,
        challenge_id -> Text,
        solution_id -> Text,
        subject -> Text,
        judgement -> Text,
        note -> Nullable<Text>,
        ranking_version -> Text,
        given -> Timestamp,
    }
}

diesel::table! {
    shortlist (challenge_id, solution_id) {
        challenge_id -> Text,
        solution_id -> Text,
        note -> Nullable<Text>,
        score -> Nullable<BigInt>,
        ranking_version -> Text,
        added -> Timestamp,
        updated -> Timestamp,
    }
}

diesel::table! {
    seen (person_id, record_id) {
        person_id -> Text,
        record_id -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    person (id) {
        id -> Text,
        email -> Text,
        email_key -> Text,
        email_confirmed -> Nullable<Timestamp>,
        name -> Text,
        language -> Text,
        service_role -> Text,
        password -> Nullable<Text>,
        password_changed -> Nullable<Timestamp>,
        suspended -> Nullable<Timestamp>,
        suspended_reason -> Nullable<Text>,
        signed_in -> Nullable<Timestamp>,
        created -> Timestamp,
    }
}

diesel::table! {
    membership (person_id, organisation_id) {
        person_id -> Text,
        organisation_id -> Text,
        role -> Text,
        since -> Timestamp,
    }
}

diesel::table! {
    invitation (id) {
        id -> Text,
        organisation_id -> Text,
        email -> Text,
        email_key -> Text,
        role -> Text,
        inviter_person_id -> Nullable<Text>,
        secret_hash -> Text,
        created -> Timestamp,
        expires -> Timestamp,
    }
}

diesel::table! {
    one_time_code (secret_hash) {
        secret_hash -> Text,
        person_id -> Text,
        purpose -> Text,
        email -> Text,
        created -> Timestamp,
        expires -> Timestamp,
    }
}

diesel::table! {
    session (id) {
        id -> Text,
        secret_hash -> Text,
        person_id -> Text,
        method -> Text,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        created -> Timestamp,
        seen -> Timestamp,
        expires -> Timestamp,
    }
}

diesel::table! {
    token_family (id) {
        id -> Text,
        person_id -> Text,
        method -> Text,
        address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        created -> Timestamp,
        seen -> Timestamp,
        expires -> Timestamp,
        revoked -> Nullable<Timestamp>,
    }
}

diesel::table! {
    refresh_token (secret_hash) {
        secret_hash -> Text,
        family_id -> Text,
        created -> Timestamp,
        expires -> Timestamp,
        used -> Nullable<Timestamp>,
    }
}

diesel::table! {
    revoked_token (jti) {
        jti -> Text,
        expires -> Timestamp,
    }
}

diesel::table! {
    api_client (id) {
        id -> Text,
        organisation_id -> Text,
        creator_person_id -> Nullable<Text>,
        name -> Text,
        scopes -> Text,
        secret_hash -> Text,
        created -> Timestamp,
        used -> Nullable<Timestamp>,
    }
}

diesel::table! {
    passkey (credential_id) {
        credential_id -> Text,
        person_id -> Text,
        name -> Text,
        credential -> Text,
        created -> Timestamp,
        used -> Nullable<Timestamp>,
    }
}

diesel::table! {
    identity (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        person_id -> Text,
        email -> Nullable<Text>,
        created -> Timestamp,
        used -> Nullable<Timestamp>,
    }
}

diesel::table! {
    ceremony (secret_hash) {
        secret_hash -> Text,
        kind -> Text,
        person_id -> Nullable<Text>,
        state -> Text,
        created -> Timestamp,
        expires -> Timestamp,
    }
}

diesel::table! {
    throttle (name) {
        name -> Text,
        failures -> BigInt,
        last -> Timestamp,
    }
}

diesel::table! {
    known_address (person_id, address_hash) {
        person_id -> Text,
        address_hash -> Text,
        seen -> Timestamp,
    }
}

diesel::table! {
    standing (organisation_id) {
        organisation_id -> Text,
        verified -> Nullable<Timestamp>,
        verified_by -> Nullable<Text>,
        verified_domain -> Nullable<Text>,
        suspended -> Nullable<Timestamp>,
        suspended_reason -> Nullable<Text>,
    }
}

diesel::table! {
    listing_suspension (record_id) {
        record_id -> Text,
        reason -> Text,
        since -> Timestamp,
    }
}

diesel::table! {
    review (id) {
        id -> Text,
        kind -> Text,
        record_id -> Text,
        record_kind -> Text,
        organisation_id -> Text,
        requester_person_id -> Nullable<Text>,
        created -> Timestamp,
        decision -> Nullable<Text>,
        reason -> Nullable<Text>,
        decider_person_id -> Nullable<Text>,
        decided -> Nullable<Timestamp>,
    }
}

diesel::table! {
    report (id) {
        id -> Text,
        record_id -> Text,
        record_kind -> Text,
        reporter_person_id -> Nullable<Text>,
        reason -> Text,
        note -> Nullable<Text>,
        created -> Timestamp,
        outcome -> Nullable<Text>,
        outcome_note -> Nullable<Text>,
        decider_person_id -> Nullable<Text>,
        decided -> Nullable<Timestamp>,
    }
}

diesel::table! {
    mail (id) {
        id -> Text,
        person_id -> Nullable<Text>,
        recipient -> Text,
        recipient_email_key -> Text,
        template -> Text,
        language -> Text,
        subject -> Nullable<Text>,
        body -> Nullable<Text>,
        html -> Nullable<Text>,
        state -> Text,
        attempts -> BigInt,
        problem -> Nullable<Text>,
        created -> Timestamp,
        due -> Timestamp,
        claimed_until -> Nullable<Timestamp>,
        sent -> Nullable<Timestamp>,
    }
}

diesel::table! {
    signing_key (kid) {
        kid -> Text,
        public_text -> Text,
        private_text -> Nullable<Text>,
        state -> Text,
        created -> Timestamp,
        expires -> Nullable<Timestamp>,
    }
}

diesel::table! {
    audit (seq) {
        seq -> BigInt,
        at -> Timestamp,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        on_behalf_of -> Nullable<Text>,
        action -> Text,
        target_kind -> Text,
        target_id -> Nullable<Text>,
        organisation_id -> Nullable<Text>,
        details_digest -> Nullable<Text>,
        previous -> Text,
        hash -> Text,
    }
}

diesel::table! {
    audit_address (seq) {
        seq -> BigInt,
        at -> Timestamp,
        address -> Nullable<Text>,
        network -> Text,
    }
}

diesel::table! {
    audit_detail (seq) {
        seq -> BigInt,
        person_id -> Nullable<Text>,
        salt -> Text,
        details -> Text,
    }
}

diesel::table! {
    idempotency (id) {
        id -> Text,
        person_id -> Nullable<Text>,
        client_id -> Nullable<Text>,
        fingerprint -> Text,
        started -> Timestamp,
        status -> Nullable<BigInt>,
        headers -> Nullable<Text>,
        body -> Nullable<Text>,
        expires -> Timestamp,
    }
}

diesel::table! {
    webhook (id) {
        id -> Text,
        organisation_id -> Text,
        address -> Text,
        description -> Nullable<Text>,
        events -> Text,
        secret -> Text,
        previous_secret -> Nullable<Text>,
        previous_until -> Nullable<Timestamp>,
        disabled -> Nullable<Text>,
        disabled_since -> Nullable<Timestamp>,
        failures -> BigInt,
        failing_since -> Nullable<Timestamp>,
        delivered -> Nullable<Timestamp>,
        created -> Timestamp,
        queued -> BigInt,
        next_due -> Nullable<Timestamp>,
        claim -> Nullable<Text>,
        claimed_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    webhook_event (seq) {
        seq -> BigInt,
        id -> Text,
        kind -> Text,
        at -> Timestamp,
        data -> Text,
    }
}

diesel::table! {
    webhook_delivery (webhook_id, seq) {
        webhook_id -> Text,
        seq -> BigInt,
        state -> Text,
        attempts -> BigInt,
        due -> Timestamp,
        tried -> Nullable<Timestamp>,
        status -> Nullable<BigInt>,
        body -> Nullable<Text>,
        problem -> Nullable<Text>,
        milliseconds -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_match (challenge_id, solution_id) {
        challenge_id -> Text,
        solution_id -> Text,
    }
}

diesel::table! {
    harvest_source (name) {
        name -> Text,
        format -> Text,
        address -> Text,
        mapping -> Nullable<Text>,
        licence -> Nullable<Text>,
        every -> Nullable<BigInt>,
        allow_private -> BigInt,
        whole -> BigInt,
        created -> Timestamp,
        due -> Nullable<Timestamp>,
        claimed_until -> Nullable<Timestamp>,
        run -> BigInt,
        started -> Nullable<Timestamp>,
        finished -> Nullable<Timestamp>,
        checkpoint -> Nullable<Text>,
        report -> Nullable<Text>,
        problem -> Nullable<Text>,
    }
}

diesel::table! {
    harvest_document (source_name, address) {
        source_name -> Text,
        address -> Text,
        etag -> Nullable<Text>,
        modified -> Nullable<Text>,
        next -> Nullable<Text>,
    }
}

diesel::table! {
    harvest_item (source_name, kind, item_id) {
        source_name -> Text,
        kind -> Text,
        item_id -> Text,
        record_id -> Nullable<Text>,
        address -> Text,
        digest -> Text,
        stamp -> Nullable<Text>,
        seen -> BigInt,
        gone -> Nullable<Timestamp>,
        evidence -> Nullable<Text>,
    }
}

diesel::table! {
    duplicate (id) {
        id -> Text,
        first_id -> Text,
        second_id -> Text,
        reason -> Text,
        proposed -> Timestamp,
        decision -> Nullable<Text>,
        decided -> Nullable<Timestamp>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    record,
    facet,
    person,
    membership,
    invitation,
    session,
    token_family,
    refresh_token,
    standing,
    listing_suspension,
    review,
    audit,
    audit_address,
    audit_detail,
    webhook,
    webhook_event,
    webhook_delivery,
);
