package sqlite_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"github.com/heliograph/heliograph/adapters/sqlite"
)

// TestMigrateSpans takes a database back to before token rows had spans, and opens it: the rows are what they were.
func TestMigrateSpans(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	random := rand.New(rand.NewPCG(1, 1))
	for i := range 50 {
		mustWrite(t, s, observation(t, random, fmt.Sprint(i)).Put())
	}
	mustWrite(t, s, person(t, "p", "A"))
	mustClose(t, s)
	before := tokenRows(t, dir, "")
	tokenRows(t, dir, `ALTER TABLE tx DROP COLUMN first; ALTER TABLE tx DROP COLUMN last; DROP INDEX resource_undated;
		ALTER TABLE resource DROP COLUMN indexed;
		DELETE FROM goose_db_version WHERE version_id >= 2`)
	mustClose(t, openStore(t, sqlite.Config{Dir: dir}))
	if d := cmp.Diff(before, tokenRows(t, dir, "")); d != "" {
		t.Error(d)
	}
}

// tokenRows runs a script on the closed database of a folder and gives the rows of its tokens.
func tokenRows(t *testing.T, dir, script string) (rows []string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "heliograph.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	if script != "" {
		return nil
	}
	found, err := db.QueryContext(t.Context(), "SELECT sid, code, id, first, last FROM tx ORDER BY 1, 2, 3")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var sid int64
		var code, id string
		var first, last sql.NullInt64
		if err := found.Scan(&sid, &code, &id, &first, &last); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, fmt.Sprint(sid, code, id, first, last))
	}
	if found.Err() != nil || len(rows) < 100 {
		t.Fatal(len(rows), found.Err())
	}
	return rows
}
