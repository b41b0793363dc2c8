package fhir

import "bytes"

// object reads an object and takes out of a resource and its meta what is not stored.
func (s *scanner) object(role objectRole) error {
	if s.depth++; s.depth > s.max {
		return s.fail("objects and arrays nest too deep")
	}
	s.pos++
	s.out = append(s.out, '{')
	if s.skip() == '}' {
		return s.end('}')
	}
	first := len(s.keys)
	var seen map[string]struct{}
	for {
		if s.skip() != '"' {
			return s.fail("a member of an object begins with its name")
		}
		start := len(s.out)
		if s.out[start-1] != '{' {
			s.out = append(s.out, ',')
		}
		at := s.pos
		name, err := s.text()
		if err != nil {
			return err
		}
		after := s.pos
		s.pos = at // where a name that is there twice is reported
		if seen, err = s.unique(first, name, seen); err != nil {
			return err
		}
		s.pos = after
		if s.skip() != ':' {
			return s.fail("a colon follows the name of a member")
		}
		s.pos++
		s.out = append(s.out, ':')
		s.skip()
		if err := s.member(role, name, start); err != nil {
			return err
		}
		switch s.skip() {
		case '}':
			s.keys = s.keys[:first]
			return s.end('}')
		case ',':
			s.pos++
		default:
			return s.fail("an object goes on with a comma or ends with a brace")
		}
	}
}

// unique refuses a name that the open object, whose names begin at first, has already.
func (s *scanner) unique(first int, name []byte, seen map[string]struct{}) (map[string]struct{}, error) {
	open := s.keys[first:]
	switch {
	case seen != nil:
		if _, twice := seen[string(name)]; twice {
			return seen, s.fail("a member is given twice")
		}
		seen[string(name)] = struct{}{}
	case len(open) < manyKeys:
		for _, key := range open {
			if bytes.Equal(key, name) {
				return seen, s.fail("a member is given twice")
			}
		}
	default:
		seen = make(map[string]struct{}, 2*manyKeys)
		for _, key := range open {
			seen[string(key)] = struct{}{}
		}
		return s.unique(first, name, seen)
	}
	s.keys = append(s.keys, name)
	return seen, nil
}

// member reads the value of a member whose text begins at start in out.
func (s *scanner) member(role objectRole, name []byte, start int) error {
	switch {
	case role == rolePlain:
		return s.value()
	case role == roleMeta && string(name) == "versionId":
		return s.take(&s.meta.VersionID, start)
	case role == roleMeta && string(name) == "lastUpdated":
		return s.take(&s.meta.LastUpdated, start)
	case role == roleMeta:
		return s.value()
	case string(name) == "resourceType":
		err := s.identity(&s.meta.Type)
		s.afterType = len(s.out)
		return err
	case string(name) == "id":
		s.beforeID = start
		if s.out[start] == ',' {
			s.beforeID++
		}
		err := s.identity(&s.meta.ID)
		s.afterID = len(s.out)
		return err
	case string(name) == "meta":
		return s.metaObject(start)
	}
	return s.value()
}

// identity reads a string that stays and keeps it.
func (s *scanner) identity(to *string) error {
	if s.pos >= len(s.in) || s.in[s.pos] != '"' {
		return s.fail("resourceType, id, meta.versionId and meta.lastUpdated are strings")
	}
	text, err := s.text()
	*to = string(text)
	return err
}

// take reads a string and removes its member.
func (s *scanner) take(to *string, start int) error {
	err := s.identity(to)
	if !s.keepMeta {
		s.out = s.out[:start]
	}
	return err
}

func (s *scanner) metaObject(start int) error {
	if s.pos >= len(s.in) || s.in[s.pos] != '{' {
		return s.fail("meta is an object")
	}
	at := len(s.out) + 1
	if err := s.object(roleMeta); err != nil {
		return err
	}
	if emptied := s.meta.VersionID != "" || s.meta.LastUpdated != ""; emptied && len(s.out) == at+1 {
		s.out = s.out[:start]
		return nil
	}
	s.inMeta = at
	return nil
}
