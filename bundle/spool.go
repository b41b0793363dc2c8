package bundle

import (
	"bytes"
	"io"
	"os"
)

// spoolMemory is how much of a spool is kept in memory before it goes to disk: most Bundles are small.
const spoolMemory = 256 << 10

// spool keeps bytes that are written once, in a temporary file if they are many. It is of one writer at a time; reading follows
// writing.
type spool struct {
	dir    string
	memory []byte
	file   *os.File
	size   int64
}

// Write implements io.Writer.
func (s *spool) Write(p []byte) (n int, err error) {
	if s.file == nil && len(s.memory)+len(p) <= spoolMemory {
		s.memory = append(s.memory, p...)
		s.size += int64(len(p))
		return len(p), nil
	}
	if s.file == nil {
		if s.file, err = os.CreateTemp(s.dir, "bundle-*.json"); err != nil {
			return 0, err
		}
		_ = os.Remove(s.file.Name()) // it lasts as long as it is open, so that nothing is left when the process is killed
		if _, err := s.file.Write(s.memory); err != nil {
			return 0, err
		}
		s.memory = nil
	}
	n, err = s.file.Write(p)
	s.size += int64(n)
	return n, err
}

// section reads a part of what was written.
func (s *spool) section(from, size int64) *io.SectionReader {
	if s.file == nil {
		return io.NewSectionReader(bytes.NewReader(s.memory), from, size)
	}
	return io.NewSectionReader(s.file, from, size)
}

// Close frees what the spool holds. A system that keeps the names of open files lets go of it now; nothing is to be done about one
// that does not go away.
func (s *spool) Close() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
	}
	*s = spool{}
}
