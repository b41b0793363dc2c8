package search

import (
	"slices"
	"strings"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// tokenComparison (3.1.1.4.10). Codes and systems are compared to the byte: whether a code system is case-sensitive is
// not known here, and identifiers are.
func tokenComparison(m Modifier) compare {
	switch m {
	case Plain:
		return plain(matchCode)
	case TextOf:
		return plain(matchDisplay)
	case OfType:
		return plain(matchOfType)
	case Compared:
		return differs(matchCode)
	case In, Above, Below:
		return func(i *Item, q *Value, w World) (bool, error) { return matchSet(i, codeSet(m, q), w) }
	default:
		return nil
	}
}

// matchCode reads code, system|code, |code (no system) and system| (any code).
func matchCode(i *Item, q *Value) bool {
	if q.HasSystem && i.System != q.System {
		return false
	}
	return i.Code == q.Code || q.HasSystem && q.Code == ""
}

// matchDisplay looks for the words asked for, in their order, at the start of a word of the normalised display text: words are
// parted by single spaces.
func matchDisplay(i *Item, q *Value) bool {
	return i.Text != "" && strings.Contains(" "+i.Text, " "+q.Text)
}

func matchOfType(i *Item, q *Value) bool {
	return i.Code == q.Code && slices.Contains(i.Types, fhir.Code{System: q.System, Code: q.Type})
}

// matchSet leaves out values that are text alone: they are in no code set.
func matchSet(i *Item, set CodeSet, w World) (bool, error) {
	if i.Code == "" {
		return false, nil
	}
	return w.Contains(set, fhir.Code{System: i.System, Code: i.Code})
}

// referenceComparison (3.1.1.4.12).
func referenceComparison(m Modifier) compare {
	switch m {
	case Plain:
		return plain(matchReference)
	case Identifier:
		return plain(func(i *Item, q *Value) bool { return (i.System != "" || i.Code != "") && matchCode(i, q) })
	case Below, Above: // matchHierarchy, which looks at the whole clause
		return func(*Item, *Value, World) (bool, error) {
			return false, fault.New(fault.Internal, "a hierarchy of references is not compared value by value")
		}
	default:
		return nil
	}
}

// matchReference: an id of a type, an id of any type, or a URL or canonical to the byte. Without a version every version
// matches; with one only a reference to just that version.
func matchReference(i *Item, q *Value) bool {
	if q.Version != "" && i.Version != q.Version {
		return false
	}
	if q.Text != "" {
		return i.URL == q.Text
	}
	return i.ID != "" && i.ID == q.Code && (q.Type == "" || i.Type == q.Type)
}
