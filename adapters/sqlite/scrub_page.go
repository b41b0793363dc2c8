package sqlite

import "encoding/binary"

// treePage is a page of a tree, read and wiped with no trust in its bytes.
type treePage struct {
	data   []byte
	usable int
	at     int // of the header
	kind   byte
	head   int // the header's length
	cells  int
}

// The kinds of pages of a tree.
const (
	indexInterior = 2
	tableInterior = 5
	indexLeaf     = 10
	tableLeaf     = 13
)

func (p *treePage) word(at int) int { return int(binary.BigEndian.Uint16(p.data[at:])) }

// parse reads the header; false if this is no page of a tree.
func (p *treePage) parse() bool {
	p.kind = p.data[p.at]
	switch p.kind {
	case indexInterior, tableInterior:
		p.head = 12
	case indexLeaf, tableLeaf:
		p.head = 8
	default:
		return false
	}
	p.cells = p.word(p.at + 3)
	return true
}

// wipe overwrites what belongs to no cell: the gap behind the cell pointers and the free blocks. ok is false, and nothing is changed, if
// the page is damaged.
func (p *treePage) wipe() (changed, ok bool) {
	low := p.at + p.head + 2*p.cells
	content := p.word(p.at + 5)
	if content == 0 {
		content = 1 << 16
	}
	if low > content || content > p.usable {
		return false, false
	}
	var blocks [][]byte
	for block, least := p.word(p.at+1), content; block != 0; {
		if block < least || block+4 > p.usable {
			return false, false
		}
		next, size := p.word(block), p.word(block+2)
		if size < 4 || block+size > p.usable {
			return false, false
		}
		blocks = append(blocks, p.data[block+4:block+size])
		block, least = next, block+size
	}
	changed = zero(p.data[low:content])
	for _, b := range blocks {
		changed = zero(b) || changed
	}
	return changed, true
}

// chain is the part of a payload that stands in overflow pages: its first page, 0 if there is none, and its length.
type chain struct {
	first uint32
	rest  int
}

// overflow reads where the payload of a cell goes on.
func (p *treePage) overflow(i int) (c chain, ok bool) {
	at := p.word(p.at + p.head + 2*i)
	if p.kind == tableInterior {
		return c, true
	}
	if p.kind == indexInterior {
		at += 4 // the child
	}
	size, n := varint(p.data, at, p.usable)
	at += n
	most := (p.usable-12)*64/255 - 23
	if p.kind == tableLeaf {
		most = p.usable - 35
		_, id := varint(p.data, at, p.usable)
		if id == 0 {
			return c, false
		}
		at += id
	}
	if n == 0 || size > 1<<31 {
		return c, false
	}
	payload := int(size)
	if payload <= most {
		return c, true
	}
	least := (p.usable-12)*32/255 - 23
	local := least + (payload-least)%(p.usable-4)
	if local > most {
		local = least
	}
	if at+local+4 > p.usable {
		return c, false
	}
	return chain{binary.BigEndian.Uint32(p.data[at+local:]), payload - local}, true
}

// varint reads one of the engine's variable-length integers and gives its length; 0 if it does not end before limit.
func varint(b []byte, at, limit int) (v uint64, n int) {
	for n = 1; n <= 9 && at+n <= limit; n++ {
		x := b[at+n-1]
		if n == 9 {
			return v<<8 | uint64(x), n
		}
		v = v<<7 | uint64(x&0x7f)
		if x < 0x80 {
			return v, n
		}
	}
	return 0, 0
}
