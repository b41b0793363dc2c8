-- +goose Up
-- A token's row carries the span of its resource's chronological parameter (resource.first and last), so that "this code, newest
-- first" and "this code, in these years" read token rows alone.
ALTER TABLE tx ADD COLUMN first INTEGER;
ALTER TABLE tx ADD COLUMN last INTEGER;
UPDATE tx SET (first, last) = (
  SELECT r.first, r.last FROM resource r WHERE r.id = tx.id AND r.tid = (
    SELECT t.id FROM names s CROSS JOIN names t ON t.tenant = s.tenant AND t.type = s.type AND t.code = '' AND t.sub = '' WHERE s.id = tx.sid));
-- What has no time comes after all that has one: few of those that are dated at all, and found without reading the others.
CREATE INDEX resource_undated ON resource (tid, id) WHERE deleted = 0 AND last IS NULL;

-- +goose Down
SELECT raise(ABORT, 'a database is not taken back to an older version');
