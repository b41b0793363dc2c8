package graph

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
)

// rendered is an answer about the schema that is kept: the whole response, and compressed.
type rendered struct {
	raw, gzipped []byte
	etag         string
}

// schemaCache keeps the last few answers about the schema: each costs tenths of a second and megabytes.
type schemaCache struct {
	making sync.Mutex // held while one is made; what is kept is given meanwhile

	mu    sync.Mutex
	order []string // least recently used first
	kept  map[string]*rendered
}

// maxRendered is how many answers are kept, maxRenderedBytes how large they are in all.
const (
	maxRendered      = 8
	maxRenderedBytes = 32 << 20
)

func newSchemaCache() *schemaCache { return &schemaCache{kept: map[string]*rendered{}} }

// answer gives what is kept under a key, or makes it: one at a time, so that many who ask at once cost one rendering.
func (c *schemaCache) answer(key string, make func() ([]byte, error)) (*rendered, error) {
	if r := c.find(key); r != nil {
		return r, nil
	}
	c.making.Lock()
	defer c.making.Unlock()
	if r := c.find(key); r != nil {
		return r, nil
	}
	raw, err := make()
	if err != nil {
		return nil, err
	}
	r, err := render(raw)
	if err != nil {
		return nil, err
	}
	c.keep(key, r)
	return r, nil
}

func (c *schemaCache) find(key string) *rendered {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.kept[key]
	if r != nil {
		c.touch(key)
	}
	return r
}

func (c *schemaCache) keep(key string, r *rendered) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept[key] = r
	c.order = append(c.order, key)
	for len(c.order) > 1 && (len(c.order) > maxRendered || c.bytes() > maxRenderedBytes) {
		delete(c.kept, c.order[0])
		c.order = c.order[1:]
	}
}

func (c *schemaCache) touch(key string) {
	for i, k := range c.order {
		if k == key {
			c.order = append(append(c.order[:i:i], c.order[i+1:]...), key)
			return
		}
	}
}

func (c *schemaCache) bytes() (n int) {
	for _, r := range c.kept {
		n += len(r.raw) + len(r.gzipped)
	}
	return n
}

func render(raw []byte) (*rendered, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(raw); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	return &rendered{raw: bytes.Clone(raw), gzipped: b.Bytes(), etag: `"` + hex.EncodeToString(sum[:12]) + `"`}, nil
}

// queryKey is the key of a query about the schema; it cannot be one of the lists of types that schema.json is kept under.
func queryKey(text, name string) string { return strings.Join([]string{"query", name, text}, "\x00") }
