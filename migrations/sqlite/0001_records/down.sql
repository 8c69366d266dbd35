DROP TABLE sequence;
DROP TABLE change;
DROP TABLE facet;
DROP TABLE record;
