package sqlite

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/heliograph/heliograph/search"
)

// table is an index table.
type table uint8

const (
	tokenTable table = iota
	stringTable
	dateTable
	quantityTable
	referenceTable
	compositeTable
	labelTable
	tableCount
)

// indexRow is one row of an index table, without the resource's id. Which fields count depends on the table; the fields that are
// the table's key decide whether two rows are the same.
type indexRow struct {
	table  table
	key    int64  // pid or sid
	text   string // code, norm, target, k
	lo, hi int64  // dates; a token's span; chron is in lo; a label's sid
	n      int64  // the item's place where equal keys are told apart by it
	nlo    string
	nhi    string
	a, b   string // system (token, quantity) or version; code (quantity, label), exact, rest
	c      string // unit
	param  *paramName
	sub    *subName
	parts  []search.Item
}

// maxKey bounds a text in a key: longer ones are cut there (strings, whose whole text stands beside) or end in a hash (all else).
const maxKey = 240

// boundKey is a text as a key: equal texts have equal keys and, as far as SHA-256 goes, different ones different keys. A key begins with
// the text's keyPrefix.
func boundKey(s string) string {
	if len(s) <= maxKey {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return keyPrefix(s) + "\x01" + hex.EncodeToString(sum[:16])
}

// keyPrefix is the beginning of a text, cut between characters: keys travel in JSON, which has no half ones.
func keyPrefix(s string) string {
	const most = maxKey - 40
	if len(s) <= most {
		return s
	}
	n := most
	for n > most-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func cutKey(s string) string { return s[:min(len(s), maxKey)] }

// builder makes the index rows of a resource.
type builder struct {
	names   *names
	typ     *typeName
	rows    []indexRow
	missing []wanted
	// first and last are the span of the chronological parameter.
	first, last int64
}

// build gives the rows of the values, sorted and distinct, or the names that are not there yet.
func (n *names) build(tenant string, v *search.Values) (*typeName, []indexRow, []wanted) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	b := &builder{names: n, typ: n.types[typeKey{tenant, v.Ref.Type}]}
	if b.typ == nil {
		b.typ = &typeName{key: typeKey{tenant, v.Ref.Type}}
		b.want("", "")
	}
	b.first, b.last = b.typ.span(v)
	for i := range v.Params {
		b.param(&v.Params[i])
	}
	slices.SortFunc(b.rows, compareRows)
	b.rows = slices.CompactFunc(b.rows, func(x, y indexRow) bool { return compareRows(x, y) == 0 })
	return b.typ, b.rows, b.missing
}

// span is the lowest start and the highest end of the chronological parameter; MaxTime and MinTime without one.
func (t *typeName) span(v *search.Values) (first, last int64) {
	first, last = search.MaxTime, search.MinTime
	if t.chron != "" {
		for _, item := range v.Of(t.chron) {
			first, last = min(first, item.Lo), max(last, item.Hi)
		}
	}
	return first, last
}

func (b *builder) want(code, sub string) {
	b.missing = append(b.missing, wanted{b.typ.key.tenant, b.typ.key.typ, code, sub})
}

func (b *builder) param(pv *search.ParamValues) {
	p := b.typ.params[pv.Code]
	if p == nil {
		b.want(pv.Code, "")
		p = &paramName{typ: b.typ, code: pv.Code}
	}
	if len(pv.Items) > 1 && !p.multi.Load() {
		b.want(pv.Code, subMulti)
	}
	for i := range pv.Items {
		b.item(p, pv.Type, &pv.Items[i], int64(i))
	}
}

// subMulti asks for a parameter's multi mark.
const subMulti = "!"

func (b *builder) add(r indexRow) { b.rows = append(b.rows, r) }

func (b *builder) item(p *paramName, t search.ParamType, it *search.Item, n int64) {
	switch t {
	case search.Token:
		b.token(p, it)
	case search.String:
		r := indexRow{table: stringTable, param: p, key: p.id, text: cutKey(it.Text), n: n, a: it.Exact}
		if len(it.Text) > maxKey {
			r.b = it.Text
		}
		b.add(r)
	case search.Date:
		b.add(indexRow{table: dateTable, param: p, key: p.id, lo: it.Lo, hi: it.Hi})
	case search.Number, search.Quantity:
		b.add(indexRow{table: quantityTable, param: p, key: p.id, n: n, nlo: it.NLo, nhi: it.NHi, a: it.System, b: it.Code, c: it.Text})
	case search.URI:
		b.coded(p, subSystem, "", it.Text)
	case search.Reference:
		b.reference(p, it)
	case search.Composite:
		b.composite(p, it, n)
	}
}

func (b *builder) token(p *paramName, it *search.Item) {
	kind := subSystem
	if it.System == "" && it.Code == "" {
		kind = subBare
	}
	s := b.coded(p, kind, it.System, it.Code)
	for _, t := range it.Types {
		b.coded(p, subOfType, t.System, t.Code+"|"+it.Code)
	}
	if it.Text != "" && s != nil {
		b.add(indexRow{table: labelTable, param: p, key: p.id, text: cutKey(it.Text), lo: s.id, b: boundKey(it.Code)})
	}
}

func (b *builder) coded(p *paramName, kind, system, code string) *subName {
	s := b.sub(p, kind+system)
	if s == nil {
		return nil
	}
	r := indexRow{table: tokenTable, param: p, sub: s, key: s.id, text: boundKey(code), lo: b.first, hi: b.last}
	if s.sub == kind+overflow {
		r.a = system
	}
	b.add(r)
	return s
}

// sub gives the name of a system or target type, or the one that the many share.
func (b *builder) sub(p *paramName, sub string) *subName {
	if s := p.subs[sub]; s != nil {
		return s
	}
	if sub[:1] != subTarget && (len(p.subs) >= maxSubs || len(sub) > maxKey || sub[1:] == overflow) {
		sub = sub[:1] + overflow
		if s := p.subs[sub]; s != nil {
			return s
		}
	}
	b.want(p.code, sub)
	return nil
}

func (b *builder) reference(p *paramName, it *search.Item) {
	sub, target := subTarget+it.Type, it.ID
	if it.ID == "" {
		sub, target = subTarget, it.URL
	}
	if target != "" {
		if s := b.sub(p, sub); s != nil {
			b.add(indexRow{table: referenceTable, param: p, sub: s, key: s.id, text: boundKey(target), lo: b.last, a: it.Version})
		}
	}
	if it.System != "" || it.Code != "" {
		b.coded(p, subIdentifier, it.System, it.Code)
	}
}

func (b *builder) composite(p *paramName, it *search.Item, n int64) {
	if len(it.Parts) == 0 || len(it.Parts) > maxParts {
		return
	}
	b.add(indexRow{table: compositeTable, param: p, key: p.id, text: boundKey(leading(&it.Parts[0])), n: n, parts: it.Parts})
}

// maxParts is how many parts a composite may have to be claimed.
const maxParts = 3

// leading is the text of a composite's first part that its rows are found by.
func leading(it *search.Item) string {
	switch {
	case it.ID != "":
		return it.ID
	case it.URL != "":
		return it.URL
	case it.Code != "":
		return it.Code
	default:
		return it.Text
	}
}

// compareRows orders rows by table and key; rows of one resource that compare equal are one row.
func compareRows(x, y indexRow) int {
	if c := cmp.Or(cmp.Compare(x.table, y.table), cmp.Compare(x.key, y.key)); c != 0 {
		return c
	}
	switch x.table {
	case dateTable:
		return cmp.Or(cmp.Compare(x.lo, y.lo), cmp.Compare(x.hi, y.hi))
	case quantityTable:
		return cmp.Or(cmp.Compare(x.nlo, y.nlo), cmp.Compare(x.n, y.n))
	case referenceTable:
		return cmp.Or(strings.Compare(x.text, y.text), cmp.Compare(y.lo, x.lo), strings.Compare(x.a, y.a))
	case labelTable:
		return cmp.Or(strings.Compare(x.text, y.text), cmp.Compare(x.lo, y.lo), strings.Compare(x.b, y.b))
	case tokenTable:
		return cmp.Or(strings.Compare(x.text, y.text), strings.Compare(x.a, y.a))
	default:
		return cmp.Or(strings.Compare(x.text, y.text), cmp.Compare(x.n, y.n))
	}
}

// sameRow says whether two rows with the same key hold the same.
func sameRow(x, y indexRow) bool {
	return x.lo == y.lo && x.hi == y.hi && x.nhi == y.nhi && x.a == y.a && x.b == y.b && x.c == y.c && len(x.parts) == 0 && len(y.parts) == 0
}

func sortSubs(s []*subName) {
	slices.SortFunc(s, func(x, y *subName) int { return cmp.Compare(x.id, y.id) })
}
