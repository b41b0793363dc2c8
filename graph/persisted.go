package graph

import (
	"bytes"
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sync"

	"github.com/heliograph/heliograph/internal/fault"
)

// codeNotPersisted and its message are what Apollo's clients look for: they then send the query itself.
const (
	codeNotPersisted    = fault.Code("PERSISTED_QUERY_NOT_FOUND")
	messageNotPersisted = "PersistedQueryNotFound"
)

// persistedQuery is what a request says of automatic persisted queries: the hash of its query, which may be left out where it is known.
type persistedQuery struct {
	asked bool
	sum   [sha256.Size]byte
}

// readExtensions reads what is known of a request's extensions.
func (c *call) readExtensions(extensions map[string]json.RawMessage) error {
	text := extensions["persistedQuery"]
	if len(text) == 0 || bytes.Equal(text, []byte("null")) {
		return nil
	}
	var p struct {
		Version json.Number `json:"version"`
		Hash    string      `json:"sha256Hash"`
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return fault.New(fault.BadUserInput, "extensions.persistedQuery is {version: 1, sha256Hash: …}")
	}
	if p.Version != "1" {
		return fault.New(fault.BadUserInput, "Unsupported persisted query version: this server has version 1")
	}
	sum, err := hex.DecodeString(p.Hash)
	if err != nil || len(sum) != sha256.Size {
		return fault.New(fault.BadUserInput, "extensions.persistedQuery.sha256Hash is a SHA-256 in 64 hexadecimal digits")
	}
	c.persisted = persistedQuery{asked: true, sum: [sha256.Size]byte(sum)}
	return nil
}

// recall finds the query of a request that names it by its hash alone, or holds the query that came against the hash.
func (h *Handler) recall(c *call) error {
	switch {
	case !c.persisted.asked:
		return nil
	case c.query == "":
		text, ok := h.persisted.find(persistedKey{c.caller.Tenant, c.persisted.sum})
		if !ok {
			return fault.New(codeNotPersisted, messageNotPersisted)
		}
		c.query = text
		return nil
	case sha256.Sum256([]byte(c.query)) != c.persisted.sum:
		return fault.New(fault.BadUserInput, "provided sha does not match query")
	}
	return nil
}

// persist keeps the query of a valid request under its hash.
func (h *Handler) persist(c *call) {
	if c.persisted.asked {
		h.persisted.keep(persistedKey{c.caller.Tenant, c.persisted.sum}, c.query)
	}
}

// persisted keeps the queries that were used last under their hashes, within a number and a size. A hash finds what its own tenant sent:
// whether another one has asked for something is not to be found out by guessing what.
type persisted struct {
	mu     sync.Mutex
	most   int
	bytes  int
	recent *list.List // of *persistedText, the latest first
	byKey  map[persistedKey]*list.Element
}

type persistedKey struct {
	tenant string
	sum    [sha256.Size]byte
}

type persistedText struct {
	key  persistedKey
	text string
}

// maxPersisted is the size of all texts that are kept; one of them has an eighth of it at most.
const maxPersisted = 8 << 20

func newPersisted(most int) *persisted {
	return &persisted{most: most, recent: list.New(), byKey: map[persistedKey]*list.Element{}}
}

func (p *persisted) find(key persistedKey) (text string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.byKey[key]
	if e == nil {
		return "", false
	}
	p.recent.MoveToFront(e)
	return e.Value.(*persistedText).text, true
}

func (p *persisted) keep(key persistedKey, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byKey[key] != nil || len(text) > maxPersisted/8 {
		return
	}
	p.byKey[key] = p.recent.PushFront(&persistedText{key, text})
	p.bytes += len(text)
	for p.recent.Len() > p.most || p.bytes > maxPersisted {
		old := p.recent.Remove(p.recent.Back()).(*persistedText)
		delete(p.byKey, old.key)
		p.bytes -= len(old.text)
	}
}
