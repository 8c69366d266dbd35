-- What has been computed or imported about texts and codes.

-- The embedding of a text under a model, by the hash of the text: little-endian 32-bit floats.
CREATE TABLE embedding (
    model TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    vector BYTEA NOT NULL,
    PRIMARY KEY (model, hash)
);

-- Labels of codes beyond the bundled ones.
CREATE TABLE vocabulary_label (
    scheme TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (scheme, code, language)
);
