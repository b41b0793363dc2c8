package sample

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Summary says what WriteNDJSON wrote.
type Summary struct {
	// Types is in order of their names.
	Types []TypeSummary
	Bytes int64
}

// TypeSummary counts one resource type.
type TypeSummary struct {
	Type string
	// Resources are different ids; Versions are lines, so at least as many.
	Resources, Versions int
}

// Resources is the number of resources of all types.
func (s Summary) Resources() int {
	n := 0
	for _, t := range s.Types {
		n += t.Resources
	}
	return n
}

// WriteNDJSON writes the population into the folder, which it makes if need be, as one file a resource type
// ("Patient.ndjson"), one resource a line, in the order of Generate: a later line with the same id is a later
// version. Every file is complete or absent: they are written under other names and renamed at the end, and a file
// of that name that was there before is replaced. Files of other names are left alone.
func WriteNDJSON(dir string, cfg Config) (Summary, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Summary{}, fmt.Errorf("sample: %w", err)
	}
	out := &folder{dir: dir, files: map[string]*file{}}
	err := out.fill(cfg)
	if err == nil {
		err = out.keep()
	}
	if err != nil {
		return Summary{}, fmt.Errorf("sample: %w", errors.Join(err, out.discard()))
	}
	return out.summary(), nil
}

// folder is an output folder with the files that are open in it.
type folder struct {
	dir   string
	files map[string]*file
}

type file struct {
	*os.File
	buffer *bufio.Writer
	counts TypeSummary
	bytes  int64
}

func (f *folder) fill(cfg Config) error {
	for r, err := range Generate(cfg) {
		if err != nil {
			return err
		}
		if err := f.add(r); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) add(r Resource) error {
	to := f.files[r.Type]
	if to == nil {
		opened, err := os.CreateTemp(f.dir, "."+r.Type+".ndjson.*")
		if err != nil {
			return err
		}
		to = &file{File: opened, buffer: bufio.NewWriterSize(opened, 64<<10), counts: TypeSummary{Type: r.Type}}
		f.files[r.Type] = to
	}
	if r.Version == 1 {
		to.counts.Resources++
	}
	to.counts.Versions++
	to.bytes += int64(len(r.JSON)) + 1
	if _, err := to.buffer.Write(r.JSON); err != nil {
		return err
	}
	return to.buffer.WriteByte('\n')
}

// keep makes the files durable and gives them their names.
func (f *folder) keep() error {
	for _, t := range f.types() {
		to := f.files[t]
		if err := errors.Join(to.buffer.Flush(), to.Chmod(0o644), to.Sync(), to.Close()); err != nil {
			return err
		}
	}
	for _, t := range f.types() {
		if err := os.Rename(f.files[t].Name(), filepath.Join(f.dir, t+".ndjson")); err != nil {
			return err
		}
	}
	return nil
}

// discard removes what was not renamed.
func (f *folder) discard() error {
	var errs []error
	for _, t := range f.types() {
		to := f.files[t]
		if err := to.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			errs = append(errs, err)
		}
		if err := os.Remove(to.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (f *folder) types() []string {
	var names []string
	for t := range f.files {
		names = append(names, t)
	}
	slices.SortFunc(names, strings.Compare)
	return names
}

func (f *folder) summary() Summary {
	var s Summary
	for _, t := range f.types() {
		s.Types = append(s.Types, f.files[t].counts)
		s.Bytes += f.files[t].bytes
	}
	return s
}
