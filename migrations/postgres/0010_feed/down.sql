DROP INDEX change_by_record;
ALTER TABLE change DROP COLUMN shown;
ALTER TABLE change DROP COLUMN organisation_id;
