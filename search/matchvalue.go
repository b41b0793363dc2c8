package search

import (
	"strings"

	"github.com/heliograph/heliograph/internal/fault"
)

// compare says whether one index value satisfies one value asked for.
type compare func(item *Item, q *Value, w World) (bool, error)

// comparison is how a parameter's values compare under a modifier (FHIR R4, 3.1.1.4.3 and the sections of the types).
func comparison(p *Param, m Modifier) (compare, error) {
	var c compare
	switch p.Type {
	case String:
		c = stringComparison(m)
	case Token:
		c = tokenComparison(m)
	case Reference:
		c = referenceComparison(m)
	case URI:
		c = uriComparison(m)
	case Composite:
		if m == Plain {
			return compositeComparison(p)
		}
	case Date, Number, Quantity:
		if m == Plain {
			c = orderedComparison(p.Type)
		}
	}
	if c == nil {
		return nil, noModifier(p, m)
	}
	return c, nil
}

func noModifier(p *Param, m Modifier) error {
	if m == Plain {
		return fault.New(fault.Unsupported, "%s.%s of type %s cannot be compared", p.Resource, p.Code, p.Type)
	}
	return fault.New(fault.Unsupported, "%s.%s:%s of type %s cannot be compared", p.Resource, p.Code, m, p.Type)
}

// plain is a comparison that needs no World and cannot fail.
func plain(f func(item *Item, q *Value) bool) compare {
	return func(item *Item, q *Value, _ World) (bool, error) { return f(item, q), nil }
}

// stringComparison (3.1.1.4.8): starts with, after normalising case, accents and white space; equal to the byte; or
// contains, is equal, ends with or compares, after normalising.
func stringComparison(m Modifier) compare {
	switch m {
	case Plain:
		return plain(func(i *Item, q *Value) bool { return strings.HasPrefix(i.Text, q.Text) })
	case Exact:
		return plain(func(i *Item, q *Value) bool { return i.Exact == q.Text })
	case Contains:
		return plain(func(i *Item, q *Value) bool { return strings.Contains(i.Text, q.Text) })
	case Equals:
		return plain(func(i *Item, q *Value) bool { return i.Text == q.Text })
	case EndsWith:
		return plain(func(i *Item, q *Value) bool { return strings.HasSuffix(i.Text, q.Text) })
	case Compared:
		return plain(matchOrdered)
	default:
		return nil
	}
}

// matchOrdered compares texts by their bytes, which is by code points (3.1.3.2).
func matchOrdered(i *Item, q *Value) bool {
	switch c := strings.Compare(i.Text, q.Text); q.Op {
	case Ne:
		return c != 0
	case Gt:
		return c > 0
	case Lt:
		return c < 0
	case Ge:
		return c >= 0
	case Le:
		return c <= 0
	default:
		return false
	}
}

// differs is the existential ne of `_filter` (3.1.3.2): an index value that does not match.
func differs(matches func(*Item, *Value) bool) compare {
	return plain(func(i *Item, q *Value) bool { return q.Op == Ne && !matches(i, q) })
}

// uriComparison (3.1.1.4.13): equal to the byte. Below is the value itself and what continues it after a slash, so that
// whole path segments count; Above is the reverse.
func uriComparison(m Modifier) compare {
	switch m {
	case Plain:
		return plain(func(i *Item, q *Value) bool { return i.Text == q.Text })
	case Below:
		return plain(func(i *Item, q *Value) bool { return below(i.Text, q.Text) })
	case Above:
		return plain(func(i *Item, q *Value) bool { return below(q.Text, i.Text) })
	case Compared:
		return differs(func(i *Item, q *Value) bool { return i.Text == q.Text })
	default:
		return nil
	}
}

func below(uri, ancestor string) bool {
	return uri == ancestor || strings.HasPrefix(uri, strings.TrimSuffix(ancestor, "/")+"/")
}

// compositeComparison (3.1.1.4.18) wants every part of one repetition to match.
func compositeComparison(p *Param) (compare, error) {
	parts := make([]compare, len(p.Parts))
	for i, part := range p.Parts {
		c, err := comparison(part, Plain)
		if err != nil {
			return nil, err
		}
		parts[i] = c
	}
	return func(item *Item, q *Value, w World) (bool, error) {
		if len(item.Parts) != len(parts) || len(q.Parts) != len(parts) {
			return false, nil
		}
		for i, c := range parts {
			if ok, err := c(&item.Parts[i], &q.Parts[i], w); err != nil || !ok {
				return false, err
			}
		}
		return true, nil
	}, nil
}
