package sqlite

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/search"
)

// codesArg stands for the codes of a set, as a JSON array of [sid, code, system] for one parameter.
type codesArg struct {
	set  search.CodeSet
	name *paramName
}

// codeKey is where a code of a system stands in the index; system is "" where the sid says it.
type codeKey struct {
	sid          *subName
	code, system string
}

// codeKeys are the keys of a code set's codes for one parameter, and their text once it has been made.
type codeKeys struct {
	keys []codeKey
	text string
	made bool
}

// keysOf gives the keys of codes. Codes of systems that never occurred are left out.
func (s *Store) keysOf(name *paramName, codes []fhir.Code) *codeKeys {
	out := &codeKeys{}
	for _, c := range codes {
		if c.Code == "" {
			continue
		}
		if own := s.names.sub(name, subSystem+c.System); own != nil && c.System != overflow {
			out.keys = append(out.keys, codeKey{sid: own, code: boundKey(c.Code)})
		} else if shared := s.names.sub(name, subSystem+overflow); shared != nil {
			out.keys = append(out.keys, codeKey{sid: shared, code: boundKey(c.Code), system: c.System})
		}
	}
	return out
}

// list is the text of the keys.
func (k *codeKeys) list(ctx context.Context, c *conn) (string, error) {
	if k.made {
		return k.text, nil
	}
	if err := k.reduce(ctx, c); err != nil {
		return "", err
	}
	out := make([][3]any, len(k.keys))
	for i, key := range k.keys {
		out[i] = [3]any{key.sid.id, key.code, key.system}
	}
	b, err := json.Marshal(out)
	k.text, k.made = string(b), err == nil
	return k.text, err
}

// oneByOne is how many codes are looked up one by one, whatever else there is.
const oneByOne = 200

// reduce leaves out codes that do not occur: where a system has far fewer that occur than the set has, these are read, which costs a
// step in the index each, and the others need not be looked up.
func (k *codeKeys) reduce(ctx context.Context, c *conn) error {
	count := map[*subName]int64{}
	for _, key := range k.keys {
		if key.system == "" {
			count[key.sid]++
		}
	}
	for sid, n := range count {
		if n < oneByOne || sid.distinct.Load() > n/2 {
			continue
		}
		there, err := occurring(ctx, c, sid)
		if err != nil {
			return err
		}
		k.keys = slices.DeleteFunc(k.keys, func(key codeKey) bool { return key.sid == sid && !there[key.code] })
	}
	return nil
}

// occurring are the codes of a system that a parameter has.
func occurring(ctx context.Context, c *conn, sid *subName) (map[string]bool, error) {
	const text = "WITH RECURSIVE d(code) AS (SELECT min(code) FROM tx WHERE sid = ?1 UNION ALL " +
		"SELECT (SELECT min(code) FROM tx WHERE sid = ?1 AND code > d.code) FROM d WHERE d.code IS NOT NULL) SELECT code FROM d WHERE code IS NOT NULL"
	there := map[string]bool{}
	err := c.each(ctx, text, []value{sid.id}, func(row []value) (bool, error) {
		there[asText(row[0])] = true
		return true, nil
	})
	return there, err
}
