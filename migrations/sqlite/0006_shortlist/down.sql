DROP TABLE shortlist;
