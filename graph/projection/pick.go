package projection

// Pick says which elements of a list of objects are in the answer: those that Keep keeps, and of these Count from Offset on.
type Pick struct {
	// Keep is called with the bytes of an object that is an element, checked to be JSON, in the order of the list, until Count is
	// reached; nil keeps all. Of a list with a Keep nulls are left out, and what is neither null nor an object is kept and a
	// [Fault]. An error ends the list: its place holds null, and a Fault has the error.
	Keep func(element []byte) (bool, error)
	// Offset is how many of those that are kept are left out first, Count how many follow at most; -1 is all.
	Offset, Count int
	// Err says that the pick cannot be made: its fields hold null and are a Fault in every object, whether they have a list or not.
	Err error
}

// over says whether nothing more is wanted once so many elements were kept.
func (p *Pick) over(kept int) bool { return p.Err != nil || p.Count >= 0 && kept-p.Offset >= p.Count }

// picked scans a list of objects into a chain of blocks, those elements that the slot's pick has. Others are skipped.
func (r *Run) picked(s *slot, i int) (e entry, end int) {
	p := &r.Picks[s.pick-1]
	var list chain
	var refused error
	kept := 0
	i, more := r.open(i)
	for more {
		keep, at := false, i
		if refused == nil && !p.over(kept) {
			if keep, refused = r.keeps(p, i); keep {
				kept++
			}
		}
		var block int
		switch {
		case r.failed.Reason != "":
			return e, stop
		case keep && kept > p.Offset:
			block, i = r.element(s, at)
		default:
			i = r.skip(at)
		}
		if i < 0 {
			return e, stop
		}
		if block > 0 {
			r.link(&list, block)
		}
		i, more = r.next(i)
	}
	if refused != nil && i >= 0 {
		return r.refuse(s.pick, refused), i
	}
	return list.entry(), i
}

// refuse notes the error of a pick.
func (r *Run) refuse(pick int32, err error) entry {
	r.refused = append(r.refused, refusal{err, pick})
	return entry{isRefused, int32(len(r.refused))}
}

// keeps asks the pick about the element that starts at src[i]. What it has to read for that counts as scanned again.
func (r *Run) keeps(p *Pick, i int) (bool, error) {
	switch c := r.src[i]; {
	case p.Keep == nil:
		return true, nil
	case c == 'n':
		return false, nil
	case c != '{':
		return true, nil
	}
	end := r.check(i)
	if end < 0 {
		return false, nil
	}
	if r.again += end - i; r.Again > 0 && r.again > r.Again {
		r.fail(TooOften, i)
		return false, nil
	}
	return p.Keep(r.src[i:end:end])
}
