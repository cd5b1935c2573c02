package subsystem

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
)

// A Memory tells files of one name apart that begin in the same way. It belongs
// to a host and outlives connections.
type Memory struct {
	mu    sync.Mutex
	later map[string]int // how many files of a path were told apart from those before
}

func (m *Memory) count(path string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.later[path]
}

func (m *Memory) another(path string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.later == nil {
		m.later = map[string]int{}
	}
	m.later[path]++
}

// headSize is how many bytes a file is known by.
const headSize = 1 << 10

// errBegun says that a file cannot be known yet.
var errBegun = errors.New("no such file, or none with a whole line in it yet")

// begins returns a number for how a file begins.
func begins(f io.ReaderAt, path string) (uint64, error) {
	var head [headSize]byte
	n, err := f.ReadAt(head[:], 0)
	if err != nil && err != io.EOF {
		return 0, err
	}
	data := head[:n]
	packed := strings.HasSuffix(path, ".gz") || strings.HasSuffix(path, ".zst")
	if end := bytes.IndexByte(data, '\n'); !packed && end >= 0 {
		data = data[:end+1]
	} else if !packed && n < headSize {
		return 0, errBegun
	}
	h := fnv.New64a()
	h.Write(data)
	return h.Sum64(), nil
}

// open describes an open file.
func (l *loop) open(h *held) ([]byte, error) {
	info, err := h.Stat()
	if err != nil {
		return nil, err
	}
	ino, err := begins(h, h.path)
	if err != nil {
		return nil, err
	}
	return describe(info, ino, h.number), nil
}

// stat describes what a name leads to.
func (l *loop) stat(name string) ([]byte, error) {
	info, err := l.client.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return describe(info, hash(name), 0), nil
	}
	f, err := l.client.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, err
	}
	ino, err := begins(f, name)
	if err != nil {
		return nil, err
	}
	if l.replaced(name, info, ino) {
		l.memory.another(name)
	}
	return describe(info, ino, l.memory.count(name)), nil
}

// replaced reports whether the file that a name leads to is another than the one
// that is held under it although both begin in the same way: the one that is
// held does not change while it is looked at, and is not like the other.
func (l *loop) replaced(name string, info fs.FileInfo, ino uint64) bool {
	for _, h := range l.held {
		if h.path != name || h.lost {
			continue
		}
		before, err := h.Stat()
		if err != nil || alike(before, info) {
			return false
		}
		if same, err := begins(h, name); err != nil || same != ino {
			return false
		}
		now, err := l.client.Stat(name)
		if err != nil {
			return false
		}
		after, err := h.Stat()
		return err == nil && alike(before, after) && !alike(after, now) && h.lose()
	}
	return false
}

// lose notes that a file is not the one any more that its name leads to.
func (h *held) lose() bool {
	h.lost = true
	return true
}

func alike(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// lstat describes a name itself.
func (l *loop) lstat(name string) ([]byte, error) {
	info, err := l.client.Lstat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode().IsRegular() {
		return l.stat(name)
	}
	return describe(info, hash(name), 0), nil
}

func hash(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}

// describe writes what is known of a file as stat(1) does for package shell.
func describe(info os.FileInfo, ino uint64, later int) []byte {
	mode := uint32(0)
	switch m := info.Mode(); {
	case m.IsRegular():
		mode = 0o100000
	case m.IsDir():
		mode = 0o040000
	case m&fs.ModeNamedPipe != 0:
		mode = 0o010000
	case m&fs.ModeSymlink != 0:
		mode = 0o120000
	}
	return fmt.Appendf(nil, "%d %d 0 %d %d %x 1\n", later, ino, info.Size(), info.ModTime().Unix(), mode)
}
