package sqlite_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"github.com/heliograph/heliograph/adapters/adaptertest"
	"github.com/heliograph/heliograph/adapters/sqlite"
	"github.com/heliograph/heliograph/search"
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
		DROP INDEX resource_position; DROP INDEX history_position;
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

// TestMigrateBare takes a database back to when text alone was a code without a system: what it finds is the same, also where there are
// more systems than have a name each.
func TestMigrateBare(t *testing.T) {
	t.Run("few systems", func(t *testing.T) { migrateBare(t, 0, "s") })
	t.Run("many systems", func(t *testing.T) { migrateBare(t, 300, "s+") })
}

func migrateBare(t *testing.T, systems int, shared string) {
	dir := t.TempDir()
	s := openStore(t, sqlite.Config{Dir: dir})
	write := func(id, code string) {
		mustWrite(t, s, adaptertest.Index(t, fmt.Appendf(nil, `{"resourceType":"Observation","id":%q,"status":"final","code":%s}`, id, code)).Put())
	}
	for i := range systems {
		write(fmt.Sprint("s", i), fmt.Sprintf(`{"coding":[{"system":"urn:%d","code":"y"}]}`, i))
	}
	for i := range 120 {
		write(fmt.Sprint(i), []string{`{"text":"Heart rate"}`, `{"coding":[{"code":"x"}],"text":"Heart"}`, `{"coding":[{"system":"urn:s","code":"x"}]}`, `{"coding":[{"system":"urn:s"}]}`}[i%4])
	}
	mustClose(t, s)
	before := tokenRows(t, dir, "")
	tokenRows(t, dir, `UPDATE label SET sid = (SELECT s.id FROM names b JOIN names s USING (tenant, type, code) WHERE s.sub = '`+shared+`' AND b.id = label.sid)
			WHERE sid IN (SELECT id FROM names WHERE sub IN ('b', 'b+'));
		UPDATE tx SET sid = (SELECT s.id FROM names b JOIN names s USING (tenant, type, code) WHERE s.sub = '`+shared+`' AND b.id = tx.sid)
			WHERE sid IN (SELECT id FROM names WHERE sub IN ('b', 'b+'));
		DELETE FROM names WHERE sub IN ('b', 'b+'); DELETE FROM goose_db_version WHERE version_id >= 4;
		DROP INDEX resource_position; DROP INDEX history_position`)
	s = openStore(t, sqlite.Config{Dir: dir})
	reader := search.NewReader(adaptertest.Parameters(t), search.ReaderConfig{})
	for query, want := range map[string]int{"code:text=heart": 60, "code:missing=true": 0, "code=x": 60, "code=|x": 30, "code=urn:s|": 60} {
		name, value, _ := strings.Cut(query, "=")
		e, err := reader.Clause("Observation", name, []string{value})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(hits(t, s, search.Request{Query: search.Query{Caller: caller, Type: "Observation", Where: e}})); got != want {
			t.Errorf("%s finds %d, want %d", query, got, want)
		}
	}
	write("0", `{"coding":[{"system":"urn:s","code":"x"}]}`)
	write("0", `{"text":"Heart rate"}`)
	mustClose(t, s)
	if after := tokenRows(t, dir, ""); len(after) != len(before) {
		t.Errorf("%d rows of tokens, want %d", len(after), len(before))
	}
}
