package rest

import "strconv"

// subsetted marks a resource that is not shown whole (R4, 3.1.1.5.8).
const subsetted = `{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"subsetted"}`

// append writes what the mask shows of a stored resource, its meta complete and marked. The source is compact JSON that was checked
// when it was stored.
func (m *mask) append(dst, source []byte, version, updated string) []byte {
	dst = append(dst, '{')
	start, marked := len(dst), false
	for at := 1; at < len(source) && source[at] != '}'; {
		name, value, next := member(source, at)
		at = next
		switch {
		case string(name) == "meta":
			dst = appendMeta(comma(dst, start), value, version, updated)
			marked = true
		case m == nil || m.shows(name):
			dst = m.member(dst, start, name, value)
		}
	}
	if !marked {
		dst = appendMeta(comma(dst, start), nil, version, updated)
	}
	return append(dst, '}')
}

func (m *mask) shows(name []byte) bool {
	if len(name) > 0 && name[0] == '_' {
		name = name[1:]
	}
	_, listed := m.members[string(name)]
	return listed != m.except
}

// member writes a member that is shown; an object of which nothing is shown is left out.
func (m *mask) member(dst []byte, start int, name, value []byte) []byte {
	before := len(dst)
	dst = comma(dst, start)
	dst = append(append(append(dst, '"'), name...), '"', ':')
	var inner *mask
	if m != nil && !m.except && name[0] != '_' {
		inner = m.members[string(name)]
	}
	at := len(dst)
	if dst = inner.value(dst, value); len(dst) == at {
		return dst[:before]
	}
	return dst
}

// value writes what is shown of a value; nothing if that is nothing.
func (m *mask) value(dst, value []byte) []byte {
	if m == nil || value[0] != '{' && value[0] != '[' {
		return append(dst, value...)
	}
	before := len(dst)
	dst = append(dst, value[0])
	start := len(dst)
	if value[0] == '[' {
		for at := 1; value[at] != ']'; {
			end := skip(value, at)
			mark := len(dst)
			dst = comma(dst, start)
			filled := len(dst)
			if dst = m.value(dst, value[at:end]); len(dst) == filled {
				dst = dst[:mark]
			}
			if at = end; value[at] == ',' {
				at++
			}
		}
	} else {
		for at := 1; value[at] != '}'; {
			name, inner, next := member(value, at)
			if at = next; m.shows(name) {
				dst = m.member(dst, start, name, inner)
			}
		}
	}
	if len(dst) == start {
		return dst[:before]
	}
	return append(dst, value[0]+2) // the closing bracket of either
}

// appendMeta writes meta with the version, the time and the mark.
func appendMeta(dst, meta []byte, version, updated string) []byte {
	dst = append(dst, `"meta":{"versionId":`...)
	dst = strconv.AppendQuote(dst, version)
	dst = append(dst, `,"lastUpdated":`...)
	dst = strconv.AppendQuote(dst, updated)
	tags := []byte("[")
	for at := 1; at < len(meta) && meta[at] != '}'; {
		name, value, next := member(meta, at)
		at = next
		if string(name) == "tag" {
			tags = append(append(tags[:0], value[:len(value)-1]...), ',')
			if len(value) == 2 {
				tags = tags[:1]
			}
			continue
		}
		dst = append(append(append(dst, ',', '"'), name...), '"', ':')
		dst = append(dst, value...)
	}
	dst = append(dst, `,"tag":`...)
	dst = append(append(dst, tags...), subsetted...)
	return append(dst, "]}"...)
}

func comma(dst []byte, start int) []byte {
	if len(dst) > start {
		return append(dst, ',')
	}
	return dst
}

// member reads the member at a place: its name, its value, and where the next begins, or the bracket stands.
func member(b []byte, at int) (name, value []byte, next int) {
	end := skipString(b, at)
	name = b[at+1 : end-1]
	start := end + 1 // the colon
	end = skip(b, start)
	next = end
	if b[end] == ',' {
		next++
	}
	return name, b[start:end], next
}

// skip is the end of the value at a place.
func skip(b []byte, at int) int {
	switch b[at] {
	case '"':
		return skipString(b, at)
	case '{', '[':
		depth := 0
		for {
			switch b[at] {
			case '"':
				at = skipString(b, at)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			at++
			if depth == 0 {
				return at
			}
		}
	}
	for b[at] != ',' && b[at] != '}' && b[at] != ']' {
		at++
	}
	return at
}

func skipString(b []byte, at int) int {
	for at++; b[at] != '"'; at++ {
		if b[at] == '\\' {
			at++
		}
	}
	return at + 1
}
