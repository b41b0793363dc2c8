-- +goose Up
-- A coding that is text alone has a name of its own: beside it, few parameters have codes without a system, and a search for a code
-- need not look among those that have none.
INSERT INTO names (tenant, type, code, sub) SELECT DISTINCT tenant, type, code, 'b' FROM names n
  WHERE sub IN ('s', 's+') AND EXISTS (SELECT 1 FROM tx WHERE sid = n.id AND code = '' AND system = '');
CREATE TEMP TABLE bare AS SELECT s.id AS old, b.id AS new FROM names s
  JOIN names b ON b.tenant = s.tenant AND b.type = s.type AND b.code = s.code AND b.sub = 'b' WHERE s.sub IN ('s', 's+');
-- Displays of the name that many systems share may be of codings with a system, too: they stay besides.
INSERT OR IGNORE INTO label (pid, norm, sid, code) SELECT l.pid, l.norm, b.new, l.code FROM label l JOIN bare b ON b.old = l.sid WHERE l.code = '';
UPDATE tx SET sid = (SELECT new FROM bare WHERE old = tx.sid) WHERE code = '' AND system = '' AND sid IN (SELECT old FROM bare);
DROP TABLE bare;

-- +goose Down
SELECT raise(ABORT, 'a database is not taken back to an older version');
