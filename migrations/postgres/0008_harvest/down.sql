DROP TABLE duplicate;
DROP TABLE harvest_item;
DROP TABLE harvest_document;
DROP TABLE harvest_source;
