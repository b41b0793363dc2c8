package fhir

// Ref names a resource of one tenant: its type and its logical id.
type Ref struct{ Type, ID string }

// String is the relative reference, "Patient/1".
func (r Ref) String() string { return r.Type + "/" + r.ID }

// Compare orders by type and then id, bytewise: the tie-break of every sort (GRAPHQL: "ties by Type/id").
func (r Ref) Compare(o Ref) int {
	if r.Type != o.Type {
		if r.Type < o.Type {
			return -1
		}
		return 1
	}
	if r.ID < o.ID {
		return -1
	}
	if r.ID > o.ID {
		return 1
	}
	return 0
}
