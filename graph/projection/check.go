package projection

// check returns the offset after the value that starts at src[i], which is checked fully, whatever it is.
func (r *Run) check(i int) int {
	var open brackets
	for {
		if i = space(r.src, i); i >= len(r.src) {
			return r.fail(Truncated, i)
		}
		switch c := r.src[i]; c {
		case '{', '[':
			if r.depth+open.depth >= MaxDepth {
				return r.fail(TooDeep, i)
			}
			open.push(c)
			i = space(r.src, i+1)
			if i < len(r.src) && r.src[i] == c+2 { // the closing bracket: an empty one
				break
			}
			if c == '{' {
				i = r.checkName(i)
			}
			if i < 0 {
				return stop
			}
			continue
		default:
			if i, _ = r.checkScalar(i); i < 0 {
				return stop
			}
		}
		if i = r.checkNext(i, &open); i < 0 || open.depth == 0 {
			return i
		}
	}
}

// checkNext goes from the end of a value, closing what ends with it, to the next value or, if there is none, to the end.
func (r *Run) checkNext(i int, open *brackets) int {
	for open.depth > 0 {
		if i = space(r.src, i); i >= len(r.src) {
			return r.fail(Truncated, i)
		}
		switch c, list := r.src[i], open.list(); {
		case c == ',' && list:
			return i + 1
		case c == ',':
			return r.checkName(space(r.src, i+1))
		case c == ']' && list, c == '}' && !list:
			open.depth--
			i++
		default:
			return r.fail(Syntax, i)
		}
	}
	return i
}

// checkName goes from the start of a member to after its colon.
func (r *Run) checkName(i int) int {
	if i >= len(r.src) || r.src[i] != '"' {
		return r.unexpected(i)
	}
	if i = r.checkString(i); i < 0 {
		return stop
	}
	return r.colon(i)
}

func (r *Run) colon(i int) int {
	i = space(r.src, i)
	if i >= len(r.src) || r.src[i] != ':' {
		return r.unexpected(i)
	}
	return i + 1
}

// checkScalar returns the offset after the string, number or literal that starts at src[i], and whether it is of type t for
// which of its bits 1<<t is set; null is of none.
func (r *Run) checkScalar(i int) (end int, types uint8) {
	switch c := r.src[i]; {
	case c == '"':
		return r.checkString(i), 1<<AnyScalar | 1<<String
	case c == '-' || '0' <= c && c <= '9':
		end, integer := r.checkNumber(i)
		if integer {
			return end, 1<<AnyScalar | 1<<Number | 1<<Integer
		}
		return end, 1<<AnyScalar | 1<<Number
	case c == 'n':
		return r.checkLiteral(i, "null"), 0
	case c == 't':
		return r.checkLiteral(i, "true"), 1<<AnyScalar | 1<<Boolean
	case c == 'f':
		return r.checkLiteral(i, "false"), 1<<AnyScalar | 1<<Boolean
	}
	return r.fail(Syntax, i), 0
}

const stop = -1

// fail notes what is wrong and answers stop, which every scanner hands on.
func (r *Run) fail(reason Reason, offset int) int {
	r.failed = Error{Offset: offset, Reason: reason}
	return stop
}

func (r *Run) unexpected(i int) int {
	if i >= len(r.src) {
		return r.fail(Truncated, len(r.src))
	}
	return r.fail(Syntax, i)
}
