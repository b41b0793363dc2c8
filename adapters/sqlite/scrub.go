package sqlite

import (
	"context"
	"encoding/binary"

	"github.com/heliograph/heliograph/internal/fault"
)

// The engine can overwrite what it deletes (secure_delete), but not the copies that rows leave behind when pages are split and
// rebuilt, nor what was deleted before. So scrub wipes what no row owns: the free part of each page of a tree, the pages of the
// freelist, and the ends of overflow chains. It reads and writes pages through the engine (sqlite_dbpage), in transactions like any
// other. The format is that of sqlite.org/fileformat2.html, sections 1.5 and 1.6.

// scrubStep is how many pages one transaction wipes, so that writers between wait some milliseconds.
const scrubStep = 512

// scrub wipes the free space of the whole file.
func (s *Store) scrub(ctx context.Context) error {
	for from, more := uint32(1), true; more; from += scrubStep {
		err := s.queue.do(ctx, &job{alone: func(ctx context.Context, g *group) (err error) {
			more, err = scrubRange(ctx, g.conn, from)
			return err
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// scrubber wipes pages in one transaction.
type scrubber struct {
	ctx    context.Context
	conn   *conn
	usable int             // bytes of a page
	count  uint32          // of pages
	free   map[uint32]bool // the leaves of the freelist
}

// lockByte is the offset of the page that the engine keeps for locks.
const lockByte = 1 << 30

// treePages bounds the file so that an overflow page, which begins with a page number, cannot look like a page of a tree: their first
// bytes are 2, 5, 10 and 13.
const treePages = 2 << 24

func scrubRange(ctx context.Context, c *conn, from uint32) (more bool, err error) {
	s := &scrubber{ctx: ctx, conn: c, free: map[uint32]bool{}}
	first, err := s.read(1)
	if err != nil {
		return false, err
	}
	if s.usable = len(first) - int(first[20]); s.usable < 480 {
		return false, s.damaged(1)
	}
	if _, err := c.one(ctx, "PRAGMA page_count", func(row []value) error {
		s.count = uint32(asInt(row[0]))
		return nil
	}); err != nil {
		return false, err
	}
	if s.count >= treePages {
		return false, fault.New(fault.Unsupported, "a database of more than %d pages is not scrubbed", treePages)
	}
	last := min(from+scrubStep-1, s.count)
	if err := s.freelist(binary.BigEndian.Uint32(first[32:]), from, last); err != nil {
		return false, err
	}
	for n := from; n <= last; n++ {
		if s.free[n] || (n-1) == lockByte/uint32(len(first)) {
			continue
		}
		if err := s.tree(n); err != nil {
			return false, err
		}
	}
	return last < s.count, nil
}

func (s *scrubber) damaged(n uint32) error {
	return fault.New(fault.StoreCorrupt, "page %d of the database is damaged: restore a backup", n)
}

func (s *scrubber) read(n uint32) (page []byte, err error) {
	if s.count != 0 && (n == 0 || n > s.count) {
		return nil, s.damaged(n)
	}
	_, err = s.conn.one(s.ctx, "SELECT data FROM sqlite_dbpage WHERE pgno=?", func(row []value) error {
		page = append(page, asBytes(row[0])...)
		return nil
	}, int64(n))
	if err == nil && len(page) < 512 {
		err = s.damaged(n)
	}
	return page, err
}

func (s *scrubber) write(n uint32, page []byte) error {
	_, err := s.conn.exec(s.ctx, "UPDATE sqlite_dbpage SET data=? WHERE pgno=?", page, int64(n))
	return err
}

// freelist wipes the pages of the freelist in a range, and notes which these are.
func (s *scrubber) freelist(trunk, from, last uint32) error {
	within := func(n uint32) bool { return n >= from && n <= last }
	for seen := uint32(0); trunk != 0; seen++ {
		page, err := s.read(trunk)
		if err != nil {
			return err
		}
		leaves := int(binary.BigEndian.Uint32(page[4:]))
		if seen > s.count || leaves > s.usable/4-2 {
			return s.damaged(trunk)
		}
		for i := range leaves {
			leaf := binary.BigEndian.Uint32(page[8+4*i:])
			if !within(leaf) {
				continue
			}
			s.free[leaf] = true
			if err := s.wipe(leaf, 0); err != nil {
				return err
			}
		}
		if within(trunk) {
			s.free[trunk] = true
			if err := s.wipe(trunk, 8+4*leaves); err != nil {
				return err
			}
		}
		trunk = binary.BigEndian.Uint32(page)
	}
	return nil
}

// wipe overwrites a page from an offset on.
func (s *scrubber) wipe(n uint32, from int) error {
	page, err := s.read(n)
	if err != nil {
		return err
	}
	if !zero(page[from:s.usable]) {
		return nil
	}
	return s.write(n, page)
}

// zero says whether there was something to overwrite.
func zero(b []byte) bool {
	for _, x := range b {
		if x != 0 {
			clear(b)
			return true
		}
	}
	return false
}

// tree wipes the free part of a page of a tree; other pages are left as they are.
func (s *scrubber) tree(n uint32) error {
	data, err := s.read(n)
	if err != nil {
		return err
	}
	p := treePage{data: data, usable: s.usable}
	if n == 1 {
		p.at = 100 // behind the file's header
	}
	if !p.parse() {
		return nil
	}
	changed, ok := p.wipe()
	if !ok {
		return s.damaged(n)
	}
	if changed {
		if err := s.write(n, data); err != nil {
			return err
		}
	}
	for i := range p.cells {
		c, ok := p.overflow(i)
		if !ok {
			return s.damaged(n)
		}
		if c.first == 0 {
			continue
		}
		if err := s.chain(c); err != nil {
			return err
		}
	}
	return nil
}

// chain wipes what is behind the end of a payload in the last page of its overflow chain.
func (s *scrubber) chain(c chain) error {
	each := s.usable - 4
	n := c.first
	for c.rest > each {
		page, err := s.read(n)
		if err != nil {
			return err
		}
		n = binary.BigEndian.Uint32(page)
		c.rest -= each
	}
	if n == 0 || n > s.count {
		return s.damaged(n)
	}
	return s.wipe(n, 4+c.rest)
}
