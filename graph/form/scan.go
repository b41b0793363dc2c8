package form

// The scanners below read JSON that the program has just written: it is valid, which they rely on.

func skipSpace(src []byte, i int) int {
	for src[i] == ' ' || src[i] == '\n' || src[i] == '\t' || src[i] == '\r' {
		i++
	}
	return i
}

// next goes from the end of a value to the next one of its list or object, or to what closes it.
func next(src []byte, i int) int {
	i = skipSpace(src, i)
	if src[i] == ',' {
		i = skipSpace(src, i+1)
	}
	return i
}

// member reads the name at i, without its quotes, and finds its value.
func member(src []byte, i int) (name []byte, at int) {
	end := skipString(src, i)
	at = skipSpace(src, end)
	return src[i+1 : end-1], skipSpace(src, at+1) // behind the colon
}

func skipString(src []byte, i int) int {
	for i++; src[i] != '"'; i++ {
		if src[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// skipValue gives where the value that starts at i ends.
func skipValue(src []byte, i int) int {
	switch src[i] {
	case '"':
		return skipString(src, i)
	case '{', '[':
		depth := 0
		for {
			switch src[i] {
			case '"':
				i = skipString(src, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for i < len(src) {
		switch src[i] {
		case ',', '}', ']', ' ', '\n', '\t', '\r':
			return i
		}
		i++
	}
	return i
}
