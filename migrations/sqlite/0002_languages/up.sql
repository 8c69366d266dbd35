-- What has been computed or imported about texts and codes.

-- The embedding of a text under a model, by the hash of the text: little-endian 32-bit floats.
CREATE TABLE embedding (
    model TEXT NOT NULL,
    hash TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (model, hash)
);

-- Labels of codes beyond the bundled ones.
CREATE TABLE vocabulary_label (
    scheme TEXT NOT NULL,
    code TEXT NOT NULL,
    language TEXT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (scheme, code, language)
) WITHOUT ROWID;
