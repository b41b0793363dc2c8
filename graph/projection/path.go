package projection

// PathAt is the response path of the value at offset at in the output doc, whose enclosing value starts at offset start (that of
// the row, say): keys as string, list indexes as int, outermost first. It reads doc as Append wrote it, before Stitch; it is
// meant for errors, and takes time in proportion to at-start.
func PathAt(doc []byte, start, at int) []any {
	var path []any
	key := false // the next string is a key
	for i := start; i < at; i++ {
		switch doc[i] {
		case '{':
			path, key = append(path, ""), true
		case '[':
			path = append(path, 0)
		case '}', ']':
			path, key = path[:max(len(path)-1, 0)], false
		case ',':
			key = !following(path)
		case '"':
			end := skipString(doc, i)
			if end == 0 {
				return path
			}
			if key && len(path) > 0 {
				path[len(path)-1], key = string(doc[i+1:end-1]), false
			}
			i = end - 1
		}
	}
	return path
}

// following counts the innermost index up after a comma; false if that is no list.
func following(path []any) bool {
	if len(path) == 0 {
		return false
	}
	n, list := path[len(path)-1].(int)
	if list {
		path[len(path)-1] = n + 1
	}
	return list
}
