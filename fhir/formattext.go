package fhir

func stringProblem(b []byte) string {
	if len(b) > maxString {
		return "is longer than 1 MB"
	}
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' {
			return "has a control character"
		}
	}
	return ""
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func hasSpace(b []byte) bool {
	for _, c := range b {
		if isSpace(c) {
			return true
		}
	}
	return false
}

func validCode(b []byte) bool {
	space := true
	for _, c := range b {
		if isSpace(c) && space {
			return false
		}
		space = isSpace(c)
	}
	return !space
}

func validOID(b []byte) bool {
	const scheme = "urn:oid:"
	if len(b) < len(scheme)+3 || string(b[:len(scheme)]) != scheme {
		return false
	}
	b = b[len(scheme):]
	if b[0] < '0' || b[0] > '2' {
		return false
	}
	for b = b[1:]; len(b) > 0; {
		if b[0] != '.' {
			return false
		}
		n := 1
		for n < len(b) && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		if n == 1 || n > 2 && b[1] == '0' {
			return false
		}
		b = b[n:]
	}
	return true
}

func validUUID(b []byte) bool {
	const scheme = "urn:uuid:"
	if len(b) != len(scheme)+36 || string(b[:len(scheme)]) != scheme {
		return false
	}
	for i, c := range b[len(scheme):] {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}

func validBase64(b []byte) bool {
	n, padding := 0, 0
	for _, c := range b {
		switch {
		case isSpace(c):
			continue
		case c == '=':
			padding++
		case padding > 0, !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/'):
			return false
		}
		n++
	}
	return n > 0 && n%4 == 0 && padding <= 2
}
