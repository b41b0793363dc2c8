package sqlite_test

import (
	"database/sql/driver"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	engine "modernc.org/sqlite"
)

// bareTables are what a load writes, by insertion; a bare loop writes the rows of all of them, in the order of groups.
var bareTables = []string{"resource", "log", "tx", "sx", "dx", "qx", "rx", "cx", "label"}

// bareLoop writes the rows of a loaded database to a fresh one of the same schema with the driver alone: prepared INSERTs of one row,
// a transaction for as many rows as a group of the load has. It gives the time without reading the source.
func bareLoop(b *testing.B, file string, resources int) (took, used time.Duration, rows float64) {
	b.Helper()
	d := &engine.Driver{}
	from := bareOpen(b, d, file)
	to := bareOpen(b, d, filepath.Join(b.TempDir(), "bare.db"), "page_size(8192)", "journal_mode(WAL)", "synchronous(FULL)",
		"wal_autocheckpoint(4000)", "cache_size(-24000)", "mmap_size(268435456)")
	for _, text := range bareAll(b, from, "SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'fts_%' AND name NOT LIKE 'sqlite_%'") {
		bareExec(b, to, text[0].(string))
	}
	groups := (resources + groupSize - 1) / groupSize
	type share struct {
		stmt driver.Stmt
		rows [][]driver.Value
	}
	var shares []share
	for _, table := range bareTables {
		all := bareAll(b, from, "SELECT * FROM "+table)
		if len(all) == 0 {
			continue
		}
		rows += float64(len(all))
		st, err := to.Prepare("INSERT INTO " + table + " VALUES (?" + strings.Repeat(",?", len(all[0])-1) + ")")
		if err != nil {
			b.Fatal(err)
		}
		// Index rows arrive in the order of the resources, not in their own: deal them out.
		shares = append(shares, share{st, dealt(all, groups)})
	}
	words := bareWords(b)
	fts, err := to.Prepare("INSERT INTO fts (rowid, narrative, content) VALUES (?,?,?)")
	if err != nil {
		b.Fatal(err)
	}
	start, cpu0 := time.Now(), cpu()
	for g := range groups {
		bareExec(b, to, "BEGIN IMMEDIATE")
		for _, s := range shares {
			for i := len(s.rows) * g / groups; i < len(s.rows)*(g+1)/groups; i++ {
				bareRun(b, s.stmt, s.rows[i])
			}
		}
		for i := len(words) * g / groups; i < len(words)*(g+1)/groups; i++ {
			bareRun(b, fts, words[i])
		}
		bareExec(b, to, "COMMIT")
	}
	took, used = time.Since(start), cpu()-cpu0
	for _, s := range shares {
		bareClose(b, s.stmt)
	}
	bareClose(b, fts)
	bareClose(b, from)
	bareClose(b, to)
	return took, used, rows + float64(len(words))
}

// dealt orders sorted rows so that a group's share has rows from all over the keys, as resources that come in bring them.
func dealt(rows [][]driver.Value, groups int) [][]driver.Value {
	out := make([][]driver.Value, 0, len(rows))
	for g := range groups {
		for i := g; i < len(rows); i += groups {
			out = append(out, rows[i])
		}
	}
	return out
}

// bareWords are the full-text rows, from the records: a contentless index cannot be read back.
func bareWords(b *testing.B) [][]driver.Value {
	var out [][]driver.Value
	for i, r := range records(b) {
		out = append(out, []driver.Value{int64(i + 1), bareText(r.Values.Narrative), bareText(r.Values.Content)})
	}
	return out
}

func bareText(tokens []string) string {
	seen := map[string]bool{}
	var w strings.Builder
	for _, t := range tokens {
		if !seen[t] {
			seen[t] = true
			w.WriteString("k_" + t + " ")
		}
	}
	return w.String()
}

func bareOpen(b *testing.B, d *engine.Driver, file string, pragmas ...string) driver.Conn {
	b.Helper()
	c, err := d.Open("file:" + file)
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range pragmas { // (the driver would sort them)
		bareExec(b, c, "PRAGMA "+p)
	}
	return c
}

func bareExec(b *testing.B, c driver.Conn, text string) {
	b.Helper()
	s, err := c.Prepare(text)
	if err != nil {
		b.Fatal(err, text)
	}
	bareRun(b, s, nil)
	bareClose(b, s)
}

func bareRun(b *testing.B, s driver.Stmt, args []driver.Value) {
	//lint:ignore SA1019 the driver's plain form is the point
	if _, err := s.Exec(args); err != nil {
		b.Fatal(err)
	}
}

func bareClose(b *testing.B, c io.Closer) {
	if err := c.Close(); err != nil {
		b.Fatal(err)
	}
}

func bareAll(b *testing.B, c driver.Conn, text string) [][]driver.Value {
	b.Helper()
	s, err := c.Prepare(text)
	if err != nil {
		b.Fatal(err)
	}
	defer bareClose(b, s)
	//lint:ignore SA1019 as above
	rows, err := s.Query(nil)
	if err != nil {
		b.Fatal(err)
	}
	defer bareClose(b, rows)
	var out [][]driver.Value
	for {
		row := make([]driver.Value, len(rows.Columns()))
		if err := rows.Next(row); err == io.EOF {
			return out
		} else if err != nil {
			b.Fatal(err)
		}
		out = append(out, row)
	}
}
