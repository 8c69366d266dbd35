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

diesel::allow_tables_to_appear_in_same_query!(record, facet);
