package local

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/nxadm/tail"

	"tailbeam/tailer/line"
	"tailbeam/tailer/notify"
)

// benchBytes is the size of the file that is read: TAILBEAM_BENCH_BYTES, or
// else small enough for every day.
func benchBytes(b *testing.B) int64 {
	text := os.Getenv("TAILBEAM_BENCH_BYTES")
	if text == "" {
		return 64 << 20
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// benchFile makes a file of lines of 120 bytes.
func benchFile(b *testing.B) (path string, lines int) {
	path = filepath.Join(b.TempDir(), "big.log")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	var text []byte
	for size := int64(0); size < benchBytes(b); size += int64(len(text)) {
		text = strconv.AppendInt(text[:0], int64(lines)+1e12, 10)
		text = append(text, bytes.Repeat([]byte("x"), 119-len(text))...)
		text = append(text, '\n')
		w.Write(text)
		lines++
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return path, lines
}

// A counter is a sink that waits for a number of lines.
type counter struct {
	mu    sync.Mutex
	lines int
	want  int
	done  chan struct{}
}

func (c *counter) Append(b *line.Batch) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines += b.Lines()
	if c.lines == c.want {
		close(c.done)
	}
}
func (c *counter) Notice(line.Notice) {}
func (c *counter) Gap(line.Gap)       {}

// BenchmarkRead reads a whole file of lines of 120 bytes in three ways.
func BenchmarkRead(b *testing.B) {
	path, lines := benchFile(b)
	run := func(name string, read func(*testing.B)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(lines) * 120)
			b.ReportAllocs()
			for b.Loop() {
				read(b)
			}
			b.ReportMetric(float64(b.N)*float64(lines)/b.Elapsed().Seconds()/1e3, "klines/s")
		})
	}
	run("reader=ReadSlice", func(b *testing.B) {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		r, n := bufio.NewReaderSize(f, 256<<10), 0
		for {
			if _, err := r.ReadSlice('\n'); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != lines {
			b.Fatalf("read %d lines of %d", n, lines)
		}
	})
	n := notify.Open()
	defer n.Close()
	f := New(Config{Notifier: n})
	defer f.Close()
	run("reader=tailer", func(b *testing.B) {
		c := &counter{want: lines, done: make(chan struct{})}
		s := f.Follow(Target{Path: path, Preload: Whole, Sink: c})
		<-c.done
		s.Close()
	})
	run("reader=nxadm", func(b *testing.B) {
		t, err := tail.TailFile(path, tail.Config{Logger: tail.DiscardingLogger})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for range t.Lines {
			n++
		}
		if n != lines {
			b.Fatalf("read %d lines of %d", n, lines)
		}
	})
}

// A stopwatch is a sink that notes when each line came.
type stopwatch struct{ came chan time.Time }

func (s *stopwatch) Append(b *line.Batch) {
	now := time.Now()
	for range b.Lines() {
		s.came <- now
	}
}
func (s *stopwatch) Notice(line.Notice) {}
func (s *stopwatch) Gap(line.Gap)       {}

// BenchmarkLatency measures from before the write of a line to the sink, one
// line every 2ms, so that everything is asleep in between; and to the channel
// of nxadm/tail.
func BenchmarkLatency(b *testing.B) {
	for name, open := range map[string]func() notify.Notifier{"open": notify.Open, "shared": notify.Shared} {
		b.Run("by="+name, func(b *testing.B) {
			n := open()
			defer n.Close()
			f := New(Config{Notifier: n})
			defer f.Close()
			s := &stopwatch{came: make(chan time.Time, 1)}
			latency(b, func(path string) { f.Follow(Target{Path: path, Sink: s, Preload: Whole}) },
				func() time.Time { return <-s.came })
		})
	}
	b.Run("by=nxadm", func(b *testing.B) {
		var t *tail.Tail
		latency(b, func(path string) {
			var err error
			if t, err = tail.TailFile(path, tail.Config{Follow: true, ReOpen: true, Logger: tail.DiscardingLogger}); err != nil {
				b.Fatal(err)
			}
		}, func() time.Time {
			<-t.Lines
			return time.Now()
		})
		t.Stop()
	})
}

// latency writes lines to a file that somebody follows, and waits for each.
func latency(b *testing.B, follow func(path string), came func() time.Time) {
	path := filepath.Join(b.TempDir(), "app.log")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	follow(path)
	text := []byte("a line of a log, as it might be\n")
	pace := time.NewTicker(2 * time.Millisecond)
	defer pace.Stop()
	var all []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		<-pace.C
		began := time.Now()
		if _, err := file.Write(text); err != nil {
			b.Fatal(err)
		}
		all = append(all, came().Sub(began))
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
}
