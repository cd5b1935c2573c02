package unpack

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/zstd"

	"tailbeam/tailer/disk"
)

// text is n bytes of lines that tell where they are.
func text(n int) []byte { return lines()[:n:n] }

var lines = sync.OnceValue(func() []byte {
	const size = 24 * Block
	b := make([]byte, 0, size+100)
	for i := uint64(0); len(b) < size; i++ {
		b = append(b, "line "...)
		b = strconv.AppendUint(b, i, 10)
		b = append(b, ' ')
		b = strconv.AppendUint(b, i*0x9E3779B97F4A7C15>>32, 16)
		b = append(b, '\n')
	}
	return b
})

// usage returns how many bytes are kept, and how many decoders wait.
func (s *Store) usage() (held int64, waiting int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.recent.Front(); e != nil; e = e.Next() {
		held += int64(e.Value.(*block).n)
	}
	return held, len(s.waiting)
}

// gzipped makes one member of each part.
func gzipped(parts ...[]byte) []byte {
	var b bytes.Buffer
	for _, part := range parts {
		w, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		w.Write(part)
		w.Close()
	}
	return b.Bytes()
}

// zstandard makes one frame of each part.
func zstandard(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, part := range parts {
		w, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(part)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// packed is a compressed file that counts how often it is opened and how many
// bytes are read of it.
type packed struct {
	path  string
	opens atomic.Int64
	bytes atomic.Int64
}

func write(t testing.TB, data []byte) *packed {
	t.Helper()
	p := &packed{path: filepath.Join(t.TempDir(), "file")}
	if err := os.WriteFile(p.path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *packed) open() (disk.File, error) {
	p.opens.Add(1)
	f, err := disk.System{}.Open(p.path)
	return counted{f, p}, err
}

type counted struct {
	disk.File
	p *packed
}

func (c counted) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.File.ReadAt(b, off)
	c.p.bytes.Add(int64(n))
	return n, err
}

// in returns the content of p in a store.
func (p *packed) in(t testing.TB, s *Store) Content {
	t.Helper()
	f, err := disk.System{}.Open(p.path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var head [4]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return s.Content(Key{ID: info.ID, Size: info.Size, Modified: info.Modified}, Of(head[:]), p.open)
}

func newStore(t testing.TB, opt Options) *Store {
	t.Helper()
	if opt.Dir == "" {
		opt.Dir = t.TempDir()
	}
	s := NewStore(opt)
	t.Cleanup(s.Close)
	return s
}

// all reads c from off to its end.
func all(t testing.TB, c Content, off int64) []byte {
	t.Helper()
	var out []byte
	p := make([]byte, 100_000)
	for {
		n, err := c.ReadAt(context.Background(), p, off)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return out
		}
		out = append(out, p[:n]...)
		off += int64(n)
	}
}
