package search

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/heliograph/heliograph/fhir"
	"github.com/heliograph/heliograph/internal/fault"
)

// maxDepth bounds how deep composites may nest in the binary form; FHIR has one level.
const maxDepth = 4

// DecodeValues reads the binary form that AppendBinary makes. Whatever the bytes, it returns values that AppendBinary
// writes to these same bytes, or a fault.StoreCorrupt that says where they cease to make sense. The strings of the result
// share one copy of b.
func DecodeValues(b []byte) (*Values, error) {
	if len(b) < 9 || b[0] != codecVersion {
		return nil, fault.New(fault.StoreCorrupt, "index values: not of version %d", codecVersion)
	}
	d := decoder{s: string(b), at: 9}
	v := &Values{LastUpdated: int64(binary.LittleEndian.Uint64(b[1:]))}
	v.Ref = fhir.Ref{Type: d.string(), ID: d.string()}
	d.left = d.count(3)
	n := d.count(3)
	v.Params = make([]ParamValues, 0, min(n, slabItems))
	for ; n > 0 && d.err == nil; n-- {
		p := ParamValues{Code: d.string(), Type: ParamType(d.byte())}
		p.Items = d.items(0)
		switch {
		case d.err != nil:
		case len(p.Items) == 0 || p.Type < String || p.Type > Special:
			d.fail("a parameter without items or of an unknown type")
		case len(v.Params) > 0 && v.Params[len(v.Params)-1].Code >= p.Code:
			d.fail("parameters out of order")
		}
		v.Params = append(v.Params, p)
	}
	if d.err == nil && d.left != 0 {
		d.fail("fewer items than it says")
	}
	if d.err == nil && d.at != len(d.s) {
		d.fail("bytes behind the end")
	}
	if d.err != nil {
		return nil, &fault.Error{Code: fault.StoreCorrupt, Message: "index values", Err: d.err}
	}
	return v, nil
}

type decoder struct {
	s   string
	at  int
	err error
	// left is how many items are still to come; slab has zero items for some of them.
	left int
	slab []Item
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = errors.New(what)
		d.at = len(d.s)
	}
}

func (d *decoder) byte() byte {
	if d.at >= len(d.s) {
		d.fail("it ends too early")
		return 0
	}
	d.at++
	return d.s[d.at-1]
}

// uvarint reads a number in its shortest form only.
func (d *decoder) uvarint() uint64 {
	var x uint64
	for shift := uint(0); ; shift += 7 {
		c := d.byte()
		if shift > 63 || shift == 63 && c > 1 || c == 0 && shift > 0 {
			d.fail("a number is too large or padded")
			return 0
		}
		x |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return x
		}
	}
}

func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (d *decoder) string() string {
	n := d.uvarint()
	if n > uint64(len(d.s)-d.at) {
		d.fail("a string is longer than what is left")
		return ""
	}
	start := d.at
	d.at += int(n)
	return d.s[start:d.at]
}

// count reads how many things follow, each of at least size bytes.
func (d *decoder) count(size int) int {
	n := d.uvarint()
	if n > uint64((len(d.s)-d.at)/size) {
		d.fail("a number of things exceeds what is left")
		return 0
	}
	return int(n)
}

// slabItems bounds how many items are allocated before they have been read.
const slabItems = 128

func (d *decoder) items(depth int) []Item {
	n := d.count(3)
	if depth > maxDepth {
		d.fail("parts nest too deep")
	}
	if d.left -= n; d.left < 0 {
		d.fail("more items than it says")
	}
	if n == 0 || d.err != nil {
		return nil
	}
	var items []Item
	if n <= slabItems {
		if len(d.slab) < n {
			d.slab = make([]Item, min(slabItems, n+d.left))
		}
		items, d.slab = d.slab[:0:n], d.slab[n:]
	}
	for ; n > 0 && d.err == nil; n-- {
		items = append(items, Item{})
		d.item(&items[len(items)-1], depth)
	}
	return slices.Clip(items)
}

// item reads one item. A field that the mask names must hold something, so that there is one binary form of an item.
func (d *decoder) item(it *Item, depth int) {
	m := d.uvarint()
	if m == 0 || m >= maskLimit {
		d.fail("an item has no field, or an unknown one")
		return
	}
	mask := int(m)
	for bit, s := range it.strings() {
		switch {
		case mask&(1<<bit) == 0:
		case bit == hasTimesBit:
			it.Lo, it.Hi = d.varint(), d.varint()
			d.demand(it.Lo != 0 || it.Hi != 0)
		default:
			*s = d.string()
			d.demand(*s != "")
		}
	}
	if mask&exactIsText != 0 {
		it.Exact = it.Text
		d.demand(mask&(hasText|hasExact) == hasText)
	} else if mask&hasExact != 0 {
		d.demand(it.Exact != it.Text)
	}
	if mask&hasTypes != 0 {
		for n := d.count(2); n > 0 && d.err == nil; n-- {
			it.Types = append(it.Types, fhir.Code{System: d.string(), Code: d.string()})
		}
		d.demand(len(it.Types) > 0)
	}
	if mask&hasParts != 0 {
		it.Parts = d.items(depth + 1)
		d.demand(len(it.Parts) > 0)
	}
}

func (d *decoder) demand(holds bool) {
	if !holds {
		d.fail("an item names a field that it does not have")
	}
}
