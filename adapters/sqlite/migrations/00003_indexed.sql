-- +goose Up
-- indexed is the position of the entry that gave the version its index values anew; 0 when they are those it was written with.
ALTER TABLE resource ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;

-- +goose Down
SELECT raise(ABORT, 'an index cannot be taken back');
