package bundle

import (
	"errors"
	"strings"

	"github.com/heliograph/heliograph/fhir"
)

// maxNames bounds the memory of the names of a Bundle's entries, in bytes.
const maxNames = 128 << 20

// Names are what the entries of a Bundle call their resources (fullUrl).
type Names struct {
	entries map[string]int
	size    int
}

// Add notes the name of an entry; "" is none. It fails when there are more names than can be held.
func (n *Names) Add(fullURL string, entry int) error {
	if fullURL == "" {
		return nil
	}
	if n.entries == nil {
		n.entries = map[string]int{}
	}
	const overhead = 64
	if n.size += len(fullURL) + overhead; n.size > maxNames {
		return errors.New("the Bundle has more entries than can be held; split it, or write a resource a line")
	}
	n.entries[fullURL] = entry
	return nil
}

// Entry gives the number of the entry that a link in the resource of another one means (R4, bundle.html#references): by its
// fullUrl, or by a relative reference below the server that the fullUrl of its own entry is of.
func (n *Names) Entry(l fhir.Link, own string) (int, bool) {
	if len(n.entries) == 0 {
		return 0, false
	}
	if e, ok := n.entries[l.Text]; ok && (l.Kind != fhir.LinkURI || placeholder(l.Text)) {
		return e, true
	}
	if l.Kind != fhir.LinkReference {
		return 0, false
	}
	ref, err := fhir.ParseReference(own, "")
	if err != nil || ref.Kind != fhir.ReferenceAbsolute || ref.ID == "" {
		return 0, false
	}
	base, ok := strings.CutSuffix(own, ref.Type+"/"+ref.ID)
	if !ok {
		return 0, false
	}
	e, ok := n.entries[base+l.Text]
	return e, ok
}

// placeholder says whether a URL is one that means something within its Bundle only.
func placeholder(s string) bool {
	return strings.HasPrefix(s, "urn:uuid:") || strings.HasPrefix(s, "urn:oid:")
}
