DROP TABLE vocabulary_label;
DROP TABLE embedding;
