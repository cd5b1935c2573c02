package remote

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/dial"
	"tailbeam/tailer/remote/sshd"
)

// counter is a sink that counts bytes.
type counter struct {
	bytes atomic.Int64
	grown chan struct{}
}

func (c *counter) Append(b *line.Batch) {
	c.bytes.Add(int64(len(b.Data)))
	select {
	case c.grown <- struct{}{}:
	default:
	}
}

func (c *counter) Notice(line.Notice) {}
func (c *counter) Gap(line.Gap)       {}

func (c *counter) until(n int64) {
	for c.bytes.Load() < n {
		<-c.grown
	}
}

// BenchmarkWholeFile reads a file from one end to the other.
func BenchmarkWholeFile(b *testing.B) {
	server := sshd.Start(b)
	text := bytes.Repeat([]byte("2026-11-21 14:30:05.123 INFO a line of a hundred bytes or so, as many logs have them, is written here\n"), 1<<20)
	path := filepath.Join(b.TempDir(), "app.log")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		hs := Open(Config{Dial: server.Options()})
		c := &counter{grown: make(chan struct{}, 1)}
		hs.Host(server.Target()).Stream(path).Follow(c, local.Whole)
		c.until(int64(len(text)))
		hs.Close()
	}
}

// BenchmarkLatency appends a line every so often and tells when it is there.
func BenchmarkLatency(b *testing.B) {
	for _, pause := range []time.Duration{30 * time.Millisecond, 300 * time.Millisecond} {
		b.Run(fmt.Sprintf("every=%s", pause), func(b *testing.B) {
			server := sshd.Start(b)
			path := filepath.Join(b.TempDir(), "app.log")
			w, err := os.Create(path)
			if err != nil {
				b.Fatal(err)
			}
			defer w.Close()
			hs := Open(Config{Dial: server.Options()})
			defer hs.Close()
			c := &counter{grown: make(chan struct{}, 1)}
			hs.Host(server.Target()).Stream(path).Follow(c, local.Whole)
			var took []time.Duration
			n := int64(0)
			add := func() {
				began := time.Now()
				if _, err := w.WriteString("a line\n"); err != nil {
					b.Fatal(err)
				}
				n += 7
				c.until(n)
				took = append(took, time.Since(began))
			}
			add()
			took = took[:0]
			for b.Loop() {
				time.Sleep(pause)
				add()
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// BenchmarkFloor has cat(1) write the same file into a session, and throws it
// away.
func BenchmarkFloor(b *testing.B) {
	server := sshd.Start(b)
	path := filepath.Join(b.TempDir(), "app.log")
	if err := os.WriteFile(path, make([]byte, 100<<20), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(100 << 20)
	for b.Loop() {
		client, err := dial.Connect(b.Context(), server.Target(), server.Options())
		if err != nil {
			b.Fatal(err)
		}
		s, err := client.NewSession()
		if err != nil {
			b.Fatal(err)
		}
		s.Stdout = io.Discard
		if err := s.Run("cat " + path); err != nil {
			b.Fatal(err)
		}
		client.Close()
	}
}
