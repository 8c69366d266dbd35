-- What a follower from outside needs of a change: whose record it was, and whether everyone could see it up to then.
-- Both outlive the record, so that a deletion is told to those who may have a copy, and to nobody else.

ALTER TABLE change ADD COLUMN organisation_id TEXT NOT NULL DEFAULT '';
-- 1 or 0.
ALTER TABLE change ADD COLUMN shown BIGINT NOT NULL DEFAULT 0;

-- Nobody has followed so far, so what was deleted or is a draft again is in nobody's copy.
UPDATE change SET organisation_id = coalesce(
    (SELECT coalesce(record.organisation_id, record.id) FROM record WHERE record.id = change.record_id), ''
);
UPDATE change SET shown = 1 WHERE record_id IN (SELECT id FROM record WHERE status <> 'draft');

-- What came before of a record: for its next change, and for the pruning of what is superseded.
CREATE INDEX change_by_record ON change (record_id, seq);
