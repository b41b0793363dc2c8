package adaptertest

import (
	"slices"
	"strings"

	"github.com/heliograph/heliograph/search"
)

// asked is a value to search by, and the modifier it is for.
type asked struct {
	modifier search.Modifier
	value    search.Value
}

// ops are all operators of ordered values.
var ops = []search.Op{
	search.Eq, search.Ne, search.Gt, search.Lt, search.Ge, search.Le, search.Sa, search.Eb, search.Overlaps,
}

// around gives values to search a parameter by, made of an index value: some that it satisfies and some that it just does not.
func around(p *search.Param, i search.Item) []asked {
	switch p.Type {
	case search.String:
		return aroundString(i)
	case search.Token:
		return aroundToken(i)
	case search.Date:
		return ordered(datesAround(i))
	case search.Number:
		return ordered(numbersAround(i))
	case search.Quantity:
		return ordered(quantitiesAround(i))
	case search.Reference:
		return aroundReference(i)
	case search.URI:
		return aroundURI(i)
	case search.Composite:
		return aroundComposite(p, i)
	default:
		return nil
	}
}

func aroundString(i search.Item) []asked {
	out := []asked{
		{search.Plain, search.Value{Text: i.Text}},
		{search.Plain, search.Value{Text: runes(i.Text, 0, 3)}},
		{search.Plain, search.Value{Text: i.Text + "x"}},
		{search.Exact, search.Value{Text: i.Exact}},
		{search.Exact, search.Value{Text: i.Text}},
		{search.Contains, search.Value{Text: runes(i.Text, 1, 4)}},
		{search.Contains, search.Value{Text: runes(i.Text, 2, 100)}},
		{search.Contains, search.Value{Text: "%"}},
		{search.Equals, search.Value{Text: i.Text}},
		{search.Equals, search.Value{Text: runes(i.Text, 0, 3)}},
		{search.EndsWith, search.Value{Text: runes(i.Text, 1, 100)}},
		{search.EndsWith, search.Value{Text: runes(i.Text, 1, 3)}},
		{search.EndsWith, search.Value{Text: "x" + i.Text}},
		{search.Plain, search.Value{Text: "_"}},
	}
	for _, op := range ops[search.Ne : search.Le+1] {
		for _, text := range []string{i.Text, runes(i.Text, 0, 3), i.Text + "x"} {
			out = append(out, asked{search.Compared, search.Value{Op: op, Text: text}})
		}
	}
	return slices.DeleteFunc(out, func(a asked) bool { return a.value.Text == "" })
}

// runes are those of a string from one to before another.
func runes(s string, from, to int) string {
	r := []rune(s)
	return string(r[min(from, len(r)):min(to, len(r))])
}

func aroundToken(i search.Item) []asked {
	out := aroundCode(search.Plain, i)
	for _, a := range out[:len(out):len(out)] {
		a.modifier, a.value.Op = search.Compared, search.Ne
		out = append(out, a)
	}
	if i.Text != "" {
		_, tail, _ := strings.Cut(i.Text, " ")
		for _, text := range []string{i.Text, runes(i.Text, 0, 4), runes(tail, 0, 3), runes(i.Text, 1, 5)} {
			if text != "" {
				out = append(out, asked{search.TextOf, search.Value{Text: text}})
			}
		}
	}
	for _, t := range i.Types {
		out = append(out,
			asked{search.OfType, search.Value{System: t.System, HasSystem: true, Type: t.Code, Code: i.Code}},
			asked{search.OfType, search.Value{System: t.System, HasSystem: true, Type: t.Code, Code: i.Code + "x"}},
			asked{search.OfType, search.Value{System: t.System + "x", HasSystem: true, Type: t.Code, Code: i.Code}})
	}
	return out
}

func aroundCode(m search.Modifier, i search.Item) []asked {
	var out []asked
	if i.Code != "" {
		out = append(out,
			asked{m, search.Value{Code: i.Code}},
			asked{m, search.Value{Code: i.Code, System: i.System, HasSystem: true}},
			asked{m, search.Value{Code: i.Code, HasSystem: true}},
			asked{m, search.Value{Code: strings.ToUpper(i.Code)}},
			asked{m, search.Value{Code: i.Code + " "}},
			asked{m, search.Value{Code: i.Code, System: i.System + "/", HasSystem: true}})
	}
	if i.System != "" {
		out = append(out, asked{m, search.Value{System: i.System, HasSystem: true}})
	}
	return out
}

// ordered asks with every operator.
func ordered(values []search.Value) []asked {
	var out []asked
	for _, v := range values {
		for _, op := range ops {
			v.Op = op
			out = append(out, asked{search.Plain, v})
		}
	}
	return out
}

func datesAround(i search.Item) []search.Value {
	const day = 86_400_000_000
	lo, hi := i.Lo, i.Hi
	if lo == search.MinTime {
		lo = hi - day
	}
	if hi == search.MaxTime {
		hi = lo + day
	}
	return []search.Value{
		{Lo: lo, Hi: hi}, {Lo: lo - 1, Hi: hi + 1}, {Lo: lo, Hi: lo + 1}, {Lo: hi - 1, Hi: hi}, {Lo: hi, Hi: hi + day},
		{Lo: lo - day, Hi: lo},
	}
}

func numbersAround(i search.Item) []search.Value {
	at := i.NLo
	if at == search.MinNumber {
		at = i.NHi
	}
	if at == search.MaxNumber {
		return nil
	}
	// A key just below and just above, whatever the number is: no key is a prefix of another.
	under, over := at[:len(at)-1], at+"\xff"
	return []search.Value{
		{N: at, NLo: at, NHi: over}, {N: at, NLo: under, NHi: over}, {N: over, NLo: over, NHi: over + "\xff"},
		{N: under, NLo: under, NHi: at}, {N: at, NLo: at, NHi: at},
	}
}

func quantitiesAround(i search.Item) []search.Value {
	var out []search.Value
	for _, v := range numbersAround(i) {
		out = append(out, v)
		if i.System != "" {
			v.System, v.HasSystem = i.System, true
			out = append(out, v)
			v.Code = i.Code
			out = append(out, v)
			v.System, v.HasSystem = "", false
		}
		for _, unit := range []string{i.Code, i.Text} {
			if v.Code = unit; unit != "" {
				out = append(out, v)
			}
		}
	}
	return out
}

func aroundReference(i search.Item) []asked {
	var out []asked
	if i.ID != "" {
		for _, m := range []search.Modifier{search.Plain, search.Above, search.Below} {
			out = append(out,
				asked{m, search.Value{Type: i.Type, Code: i.ID}},
				asked{m, search.Value{Code: i.ID}},
				asked{m, search.Value{Type: "Basic", Code: i.ID}},
				asked{m, search.Value{Type: i.Type, Code: i.ID, Version: "2"}})
		}
	}
	if i.URL != "" {
		out = append(out,
			asked{search.Plain, search.Value{Text: i.URL}},
			asked{search.Plain, search.Value{Text: i.URL, Version: i.Version}},
			asked{search.Plain, search.Value{Text: i.URL, Version: "2.0"}},
			asked{search.Plain, search.Value{Text: i.URL + "x"}})
	}
	return append(out, aroundCode(search.Identifier, i)...)
}

func aroundURI(i search.Item) []asked {
	var out []asked
	for _, text := range []string{i.Text, i.Text + "/", i.Text + "/more", i.Text + "x", i.Text[:max(0, strings.LastIndexByte(i.Text, '/'))]} {
		if text == "" {
			continue
		}
		for _, m := range []search.Modifier{search.Plain, search.Above, search.Below} {
			out = append(out, asked{m, search.Value{Text: text}})
		}
		out = append(out, asked{search.Compared, search.Value{Op: search.Ne, Text: text}})
	}
	return out
}

// aroundComposite varies each part beside the first value of the others.
func aroundComposite(p *search.Param, i search.Item) []asked {
	if len(i.Parts) != len(p.Parts) {
		return nil
	}
	parts := make([][]search.Value, len(p.Parts))
	for n, part := range p.Parts {
		for _, a := range around(part, i.Parts[n]) {
			if a.modifier == search.Plain && len(parts[n]) < 12 {
				parts[n] = append(parts[n], a.value)
			}
		}
		if len(parts[n]) == 0 {
			return nil
		}
	}
	var out []asked
	for n := range parts {
		for _, v := range parts[n] {
			whole := search.Value{Parts: make([]search.Value, len(parts))}
			for m := range parts {
				whole.Parts[m] = parts[m][0]
			}
			whole.Parts[n] = v
			out = append(out, asked{search.Plain, whole})
		}
	}
	return out
}
