-- +goose Up
-- The newest versions of a type, and those since a time, are found by position without reading the others, nor their bodies.
CREATE INDEX resource_position ON resource (tid, rid, updated);
CREATE INDEX history_position ON history (tid, rid, updated);

-- +goose Down
SELECT raise(ABORT, 'a database is not taken back to an older version');
