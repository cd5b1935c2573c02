package history

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
)

// large writes a log of about n bytes.
func (w *world) large(name string, n int) int64 {
	w.Helper()
	var b bytes.Buffer
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, "2026-11-21T14:30:05.%06dZ info worker %d: request %x took %d ms, %d bytes were sent\n", i, i%7, i*7919, i%250, i*31)
	}
	f, err := os.Create(w.path(name))
	w.must(err)
	size := int64(0)
	for size < int64(n) {
		m, err := f.Write(b.Bytes())
		w.must(err)
		size += int64(m)
	}
	w.must(f.Close())
	return size
}

// BenchmarkForward reads a file of 1 GiB from the page cache, and compares with
// readers of blocks and of lines that know of nothing else.
func BenchmarkForward(b *testing.B) {
	w := newWorld(b)
	size := w.large("app.log", 1<<30)
	for _, buffer := range []int{64 << 10, 256 << 10, 1<<20 + 2} {
		name := fmt.Sprintf("buffer=%dKiB", buffer>>10)
		b.Run("blocks/"+name, func(b *testing.B) {
			b.SetBytes(size)
			buf := make([]byte, buffer)
			for b.Loop() {
				f, err := os.Open(w.path("app.log"))
				w.must(err)
				for {
					if _, err := f.Read(buf); err == io.EOF {
						break
					}
				}
				f.Close()
			}
		})
		b.Run("lines/"+name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				f, err := os.Open(w.path("app.log"))
				w.must(err)
				r := bufio.NewReaderSize(f, buffer)
				for {
					if _, err := r.ReadSlice('\n'); err == io.EOF {
						break
					}
				}
				f.Close()
			}
		})
		b.Run("history/"+name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			buf := make([]byte, buffer)
			r := w.open("app.log", Options{})
			for b.Loop() {
				p := r.start()
				lines := 0
				for {
					batch, err := r.Forward(context.Background(), p, buf)
					if err == io.EOF {
						break
					}
					w.must(err)
					lines += batch.Lines()
					p = batch.End()
				}
				if p.Off != size {
					b.Fatal(p, lines)
				}
			}
		})
	}
}

// BenchmarkBackward reads the same from its end.
func BenchmarkBackward(b *testing.B) {
	w := newWorld(b)
	size := w.large("app.log", 1<<30)
	for _, buffer := range []int{64 << 10, 256 << 10, 1<<20 + 2} {
		b.Run(fmt.Sprintf("buffer=%dKiB", buffer>>10), func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			buf := make([]byte, buffer)
			r := w.open("app.log", Options{})
			for b.Loop() {
				p := r.end()
				for {
					batch, err := r.Backward(context.Background(), p, buf)
					if err == io.EOF {
						break
					}
					w.must(err)
					p = batch.Pos
				}
				if p.Off != 0 {
					b.Fatal(p)
				}
			}
		})
	}
}

// BenchmarkPacked reads a compressed file for the first time, and again.
func BenchmarkPacked(b *testing.B) {
	for _, ending := range []string{".gz", ".zst"} {
		w := newWorld(b)
		size := w.large("app.log.1", 128<<20)
		w.compress("app.log.1", "app.log.1"+ending)
		w.write("app.log", "end\n")
		buf := make([]byte, 256<<10)
		read := func(b *testing.B, r *reading) {
			for p := r.start(); ; {
				batch, err := r.Forward(context.Background(), p, buf)
				if errors.Is(err, io.EOF) {
					return
				}
				w.must(err)
				p = batch.End()
			}
		}
		b.Run("first"+ending, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				read(b, w.open("app.log", Options{}))
			}
		})
		b.Run("again"+ending, func(b *testing.B) {
			b.SetBytes(size)
			r := w.open("app.log", Options{})
			read(b, r)
			for b.Loop() {
				read(b, r)
			}
		})
	}
}
