package sqlite

// Here is what the compiler (the files sql*.go) writes that only SQLite reads. All else that it writes is plain SQL with ? for arguments.
// A second SQL store needs each of these in its own words, and besides: text compared bytewise (SQLite's default), CROSS JOIN, which here
// only fixes the order of a join, and LIMIT -1, which keeps a subquery from being flattened into one that would call a function once more.

// listed selects the texts of a JSON array that is one argument (elsewhere: = ANY).
func listed(list any) *writer { return sqlf("SELECT value FROM json_each(?)", list) }

// element is a member of an array in a row of a JSON array of arrays.
func element(row string, n string) string { return row + ".value ->> " + n }

// contains is true where a column has a text in it.
func contains(column, text string) *writer { return sqlf("instr("+column+", ?) > 0", text) }

// endsWith is true where a column ends with a text: by bytes, as everything is compared.
func endsWith(column, text string) *writer {
	return sqlf("substr(CAST("+column+" AS BLOB), ?) = ?", int64(-len(text)), []byte(text))
}

// bytesOf is the length of a text in bytes.
func bytesOf(column string) string { return "length(CAST(" + column + " AS BLOB))" }

// worded selects the resources whose words satisfy a query of FTS5.
func worded(query string) *writer { return sqlf("SELECT rowid FROM fts WHERE fts MATCH ?", query) }

// matched is search.Match on the stored values of a row; ordered is the order key.
func matched(s scope, p *program) *writer {
	return sqlf("hg_match(?, "+s.id+", "+s.alias+".vals)", p)
}

func ordered(s scope, p *program) *writer {
	return sqlf("hg_order(?, "+s.id+", "+s.alias+".vals)", p)
}

// by has the engine take an index that it would not choose by itself; it has no statistics on purpose, so that plans do not change.
func by(index string) string {
	if index == "" {
		return ""
	}
	return " INDEXED BY " + index
}

// never is a condition that holds for no row. A plain 0 would be folded into the conditions beside it, and an index over a part of a
// table that these lead to could not be taken.
const never = "+0"
