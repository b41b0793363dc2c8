package graph

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strings"
	"sync"
)

// rendered is an answer about the schema that is kept: the whole response, compressed, and where it is not too large as it is.
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
	// running are those that are being made for whoever reads along.
	running map[string]*pressing
}

// maxRendered is how many answers are kept, maxRenderedBytes how large they are in all. Larger ones than maxRaw are kept compressed alone:
// those of the dialect, which are a thirtieth then.
const (
	maxRendered      = 8
	maxRenderedBytes = 32 << 20
	maxRaw           = maxIntrospection
)

func newSchemaCache() *schemaCache {
	return &schemaCache{kept: map[string]*rendered{}, running: map[string]*pressing{}}
}

// answer gives what is kept under a key, or makes it: one at a time, so that many who ask at once cost one rendering.
func (c *schemaCache) answer(key string, make func(io.Writer) error) (*rendered, error) {
	if r := c.find(key); r != nil {
		return r, nil
	}
	c.making.Lock()
	defer c.making.Unlock()
	if r := c.find(key); r != nil {
		return r, nil
	}
	return c.press(key, make, nil)
}

// press makes an answer and keeps it. The compressed one also goes to out, if there is one, while it is made.
func (c *schemaCache) press(key string, make func(io.Writer) error, out io.Writer) (*rendered, error) {
	p := newPress(out)
	if err := make(p); err != nil {
		return nil, err
	}
	r, err := p.rendered()
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

// press makes a rendered answer of what is written to it.
type press struct {
	raw    [][]byte // as long as it is not too large
	size   int
	zipped bytes.Buffer
	zip    *gzip.Writer
	sum    hash.Hash
}

func newPress(out io.Writer) *press {
	p := &press{sum: sha256.New()}
	if out == nil {
		out = io.Discard
	}
	p.zip = gzip.NewWriter(io.MultiWriter(&p.zipped, out))
	return p
}

// Write implements io.Writer.
func (p *press) Write(b []byte) (int, error) {
	p.sum.Write(b)
	if p.size += len(b); p.size <= maxRaw {
		p.raw = append(p.raw, bytes.Clone(b))
	} else {
		p.raw = nil
	}
	return p.zip.Write(b)
}

func (p *press) rendered() (*rendered, error) {
	if err := p.zip.Close(); err != nil {
		return nil, err
	}
	r := &rendered{gzipped: p.zipped.Bytes(), etag: `"` + hex.EncodeToString(p.sum.Sum(nil)[:12]) + `"`}
	if p.size <= maxRaw {
		r.raw = bytes.Join(p.raw, nil)
	}
	return r, nil
}

// queryKey is the key of a query about the schema; it cannot be one of the lists of types that schema.json is kept under.
func queryKey(text, name string) string { return strings.Join([]string{"query", name, text}, "\x00") }
