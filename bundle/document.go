package bundle

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxEntry is the greatest piece of a document that is held, in bytes: an entry, or another member.
const MaxEntry = 64 << 20

// ErrLarge is what becomes of a resource or an entry that is too large to be held.
var ErrLarge = fmt.Errorf("a value of more than %d MB", MaxEntry>>20)

// decoder reads a JSON document piece by piece. No piece is larger than MaxEntry. What is wrong within one is left to whoever takes
// it in, so that it is not the end of the others.
type decoder struct {
	*jsontext.Decoder
	in *bounded
}

// bounded fails when more than left bytes are read.
type bounded struct {
	io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, ErrLarge
	}
	n, err := b.Reader.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// members calls f for every member of a JSON object; f reads or skips the value. No two may have the same name.
func members(r io.Reader, f func(string, *decoder) error) error {
	in := &bounded{r, MaxEntry}
	d := &decoder{jsontext.NewDecoder(in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)), in}
	t, err := d.ReadToken()
	if err != nil {
		return early(err)
	}
	if t.Kind() != '{' {
		return errors.New("a JSON object is expected: a Bundle or a resource")
	}
	seen := map[string]bool{}
	for d.PeekKind() != '}' {
		t, err := d.ReadToken()
		if err != nil {
			return early(err)
		}
		name := t.String()
		if seen[name] {
			return errors.New("a member of the document is there twice")
		}
		seen[name], in.left = true, MaxEntry
		if err := f(name, d); err != nil {
			return early(err)
		}
	}
	if _, err = d.ReadToken(); err != nil {
		return early(err)
	}
	if _, err = d.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("there is more behind the JSON object; a resource a line goes into a file that ends in .ndjson")
	}
	return nil
}

// early says of a bare end what it means.
func early(err error) error {
	if errors.Is(err, ErrLarge) {
		return ErrLarge
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the document ends too early; nothing of it was loaded")
	}
	return err
}

// text reads a string; whatever else is there is none.
func (d *decoder) text(to *string) error {
	v, err := d.ReadValue()
	if err != nil {
		return err
	}
	if text, err := jsontext.AppendUnquote(nil, v); err == nil {
		*to = string(text)
	}
	return nil
}

// elements calls f for every element of a JSON array, counted from 1.
func (d *decoder) elements(f func(int, []byte) error) error {
	if d.PeekKind() != '[' {
		return errors.New("entry is not an array")
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for n := 1; d.PeekKind() != ']'; n++ {
		d.in.left = MaxEntry
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		if err := f(n, raw); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}
