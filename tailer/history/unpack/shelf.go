package unpack

import (
	"io"
	"os"
	"sync"
)

// A shelf has slots of the size of a block: in an unlinked temporary file, or
// in memory where none can be made or written to. Its slots are guarded by
// Store.mu, what lies in them is not.
type shelf struct {
	medium medium
	limit  int64 // slots at most
	made   int64 // slots so far
	free   []int64
}

// medium is where bytes lie.
type medium interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// maxMemory is how many bytes are kept where there is no temporary file.
const maxMemory = 16 << 20

func newShelf(dir string, size int64) *shelf {
	file, err := temporary(dir)
	if err != nil {
		return newMemory(size)
	}
	return &shelf{medium: file, limit: max(1, size/Block)}
}

func newMemory(size int64) *shelf {
	return &shelf{medium: new(memory), limit: max(1, min(size, maxMemory)/Block)}
}

// take returns a slot that is not used.
func (s *shelf) take() (slot int64, ok bool) {
	if n := len(s.free); n > 0 {
		slot, s.free = s.free[n-1], s.free[:n-1]
		return slot, true
	}
	if s.made == s.limit {
		return 0, false
	}
	s.made++
	return s.made - 1, true
}

func (s *shelf) read(slot int64, p []byte, from int64) error {
	_, err := s.medium.ReadAt(p, slot*Block+from)
	return err
}

func (s *shelf) write(slot int64, data []byte) error {
	_, err := s.medium.WriteAt(data, slot*Block)
	return err
}

// close gives the space back. Nil is a shelf that takes none.
func (s *shelf) close() {
	if s != nil {
		_ = s.medium.Close() // nothing in it is wanted any more
	}
}

// temporary makes a file that nobody else finds and that is gone with us.
func temporary(dir string) (*os.File, error) {
	file, err := os.CreateTemp(dir, "tailbeam-unpacked-*")
	if err != nil {
		return nil, err
	}
	return unlinked(file)
}

// memory is a file that does not exist.
type memory struct {
	mu    sync.Mutex
	slots map[int64][]byte
}

// ReadAt implements medium.
func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	slot := m.slots[off/Block]
	if from := off % Block; from+int64(len(p)) <= int64(len(slot)) {
		return copy(p, slot[from:]), nil
	}
	return 0, io.ErrUnexpectedEOF
}

// WriteAt implements medium.
func (m *memory) WriteAt(p []byte, off int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.slots == nil {
		m.slots = map[int64][]byte{}
	}
	m.slots[off/Block] = append([]byte(nil), p...)
	return len(p), nil
}

// Close implements medium.
func (m *memory) Close() error { return nil }
