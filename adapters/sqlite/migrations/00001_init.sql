-- +goose Up
-- Every key begins with a name: a small integer interned for tenant, type, parameter and (for tokens, references) system
-- or target type. So the tenant is the first part of every key.
CREATE TABLE names (
  id     INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  type   TEXT NOT NULL,
  code   TEXT NOT NULL,
  sub    TEXT NOT NULL,
  multi  INTEGER NOT NULL DEFAULT 0,
  chron  TEXT NOT NULL DEFAULT '',
  rows   INTEGER NOT NULL DEFAULT 0,
  sketch BLOB,
  UNIQUE (tenant, type, code, sub)
);
CREATE TABLE head (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  epoch    TEXT NOT NULL,
  position INTEGER NOT NULL,
  time     INTEGER NOT NULL,
  trimmed  INTEGER NOT NULL
);
-- rid is the position of the change that made the version. Tombstones stay, without body and vals. first and last are the
-- lowest start and the highest end of the type's chronological parameter.
CREATE TABLE resource (
  rid     INTEGER PRIMARY KEY,
  tid     INTEGER NOT NULL,
  id      TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  splice  INTEGER NOT NULL,
  first   INTEGER,
  last    INTEGER,
  vals    BLOB,
  body    BLOB
);
CREATE UNIQUE INDEX resource_key ON resource (tid, id);
CREATE INDEX resource_updated ON resource (tid, updated, id) WHERE deleted = 0;
CREATE TABLE history (
  rid     INTEGER PRIMARY KEY,
  tid     INTEGER NOT NULL,
  id      TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  splice  INTEGER NOT NULL,
  vals    BLOB,
  body    BLOB
);
CREATE UNIQUE INDEX history_key ON history (tid, id, version);
CREATE TABLE log (
  position INTEGER PRIMARY KEY,
  time     INTEGER NOT NULL,
  kind     INTEGER NOT NULL,
  tid      INTEGER NOT NULL,
  id       TEXT NOT NULL,
  version  INTEGER NOT NULL
);
CREATE TABLE live (tid INTEGER PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- Tokens, uris, identifiers by type and of references: sid is the name of parameter and system.
CREATE TABLE tx (
  sid INTEGER NOT NULL, code TEXT NOT NULL, id TEXT NOT NULL, system TEXT NOT NULL,
  PRIMARY KEY (sid, code, id, system)
) WITHOUT ROWID;
-- Strings: norm is the normalised text or its beginning, then rest holds all of it.
CREATE TABLE sx (
  pid INTEGER NOT NULL, norm TEXT NOT NULL, id TEXT NOT NULL, n INTEGER NOT NULL, exact TEXT, rest TEXT,
  PRIMARY KEY (pid, norm, id, n)
) WITHOUT ROWID;
CREATE TABLE dx (
  pid INTEGER NOT NULL, lo INTEGER NOT NULL, id TEXT NOT NULL, hi INTEGER NOT NULL,
  PRIMARY KEY (pid, lo, id, hi)
) WITHOUT ROWID;
CREATE INDEX dx_hi ON dx (pid, hi DESC, id);
-- Numbers and quantities.
CREATE TABLE qx (
  pid INTEGER NOT NULL, lo BLOB NOT NULL, id TEXT NOT NULL, n INTEGER NOT NULL,
  hi BLOB NOT NULL, system TEXT, code TEXT, unit TEXT,
  PRIMARY KEY (pid, lo, id, n)
) WITHOUT ROWID;
CREATE INDEX qx_hi ON qx (pid, hi);
-- References: sid is the name of parameter and target type; chron the end of the newest chronological value.
CREATE TABLE rx (
  sid INTEGER NOT NULL, target TEXT NOT NULL, chron INTEGER NOT NULL, id TEXT NOT NULL, version TEXT NOT NULL,
  PRIMARY KEY (sid, target, chron DESC, id, version)
) WITHOUT ROWID;
CREATE INDEX rx_source ON rx (sid, id);
-- Composites: a row an item, its parts flattened; k is the first part's text.
CREATE TABLE cx (
  pid INTEGER NOT NULL, k TEXT NOT NULL, id TEXT NOT NULL, n INTEGER NOT NULL,
  lo1 BLOB, hi1 BLOB, s1 TEXT, c1 TEXT, t1 TEXT,
  lo2 BLOB, hi2 BLOB, s2 TEXT, c2 TEXT, t2 TEXT,
  lo3 BLOB, hi3 BLOB, s3 TEXT, c3 TEXT, t3 TEXT,
  PRIMARY KEY (pid, k, id, n)
) WITHOUT ROWID;
-- Display texts that occurred with a token: distinct, a superset of what is current.
CREATE TABLE label (
  pid INTEGER NOT NULL, norm TEXT NOT NULL, sid INTEGER NOT NULL, code TEXT NOT NULL,
  PRIMARY KEY (pid, norm, sid, code)
) WITHOUT ROWID;
-- Our tokens, each prefixed with its type's name: rowid is resource.rid.
CREATE VIRTUAL TABLE fts USING fts5 (
  narrative, content, content='', contentless_delete=1, detail=column, tokenize="ascii tokenchars '_'"
);

-- +goose Down
SELECT raise(ABORT, 'the first version cannot be undone');
