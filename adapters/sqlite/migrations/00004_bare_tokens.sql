-- +goose Up
-- A coding that is text alone has a name of its own: beside it, few parameters have codes without a system, and a search for a code
-- need not look among those that have none.
INSERT INTO names (tenant, type, code, sub) SELECT tenant, type, code, 'b' FROM names n
  WHERE sub = 's' AND EXISTS (SELECT 1 FROM tx WHERE sid = n.id AND code = '');
UPDATE label SET sid = (SELECT b.id FROM names s CROSS JOIN names b ON b.tenant = s.tenant AND b.type = s.type AND b.code = s.code AND b.sub = 'b'
    WHERE s.id = label.sid)
  WHERE code = '' AND sid IN (SELECT id FROM names WHERE sub = 's');
UPDATE tx SET sid = (SELECT b.id FROM names s CROSS JOIN names b ON b.tenant = s.tenant AND b.type = s.type AND b.code = s.code AND b.sub = 'b'
    WHERE s.id = tx.sid)
  WHERE code = '' AND sid IN (SELECT id FROM names WHERE sub = 's');

-- +goose Down
SELECT raise(ABORT, 'a database is not taken back to an older version');
