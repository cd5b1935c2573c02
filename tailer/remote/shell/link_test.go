package shell

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// slowWire lets a few MiB through in a second, and counts them.
type slowWire struct {
	io.Reader
	bytes atomic.Int64
}

const slowWireRate = 6 << 20

func (w *slowWire) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	w.bytes.Add(int64(n))
	time.Sleep(time.Duration(n) * time.Second / slowWireRate)
	return n, err
}

// TestSlowLink reads a file over a link on which it is worth to compress, with
// and without a gzip over there, and one in which there is nothing to compress.
func TestSlowLink(t *testing.T) {
	var text bytes.Buffer
	for i := 0; text.Len() < 9<<20; i++ {
		fmt.Fprintf(&text, "2026-11-21 14:30:05 INFO line %d of a log, like all others\n", i)
	}
	noise := make([]byte, 4<<20)
	_, _ = rand.NewChaCha8([32]byte{7}).Read(noise)
	for name, c := range map[string]struct {
		data   []byte
		gzip   string // instead of the right one
		packed bool
	}{
		"text":          {text.Bytes(), "", true},
		"noise":         {noise, "", false},
		"no gzip":       {text.Bytes()[:4<<20], "exit 127", false},
		"a broken gzip": {text.Bytes()[:4<<20], "exec head -c 1000", false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if c.gzip != "" {
				if err := os.WriteFile(filepath.Join(dir, "gzip"), []byte("#!/bin/sh\n"+c.gzip+"\n"), 0o755); err != nil {
					t.Fatal(err)
				}
				t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			}
			path := filepath.Join(dir, "f")
			if err := os.WriteFile(path, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			wire := &slowWire{}
			session, _ := startBehind(t, "sh", idle, func(s *Streams) {
				wire.Reader, s.Out = s.Out, wire
			})
			f, err := files(session).Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			var got []byte
			for {
				buf := make([]byte, 256<<10)
				n, err := f.ReadAt(buf, int64(len(got)))
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					break
				}
				got = append(got, buf[:n]...)
			}
			if !bytes.Equal(got, c.data) {
				t.Fatalf("%d bytes are read, or others than the %d of the file", len(got), len(c.data))
			}
			if n := wire.bytes.Load(); c.packed != (n < int64(len(c.data))/2) {
				t.Errorf("%d bytes over the wire for %d", n, len(c.data))
			}
		})
	}
}
