package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// What the soak writes to each of its streams, and how often it rotates them.
const (
	soakStreams  = 2
	soakLine     = 400 // bytes
	soakRate     = 5000
	soakRotation = 5 * time.Second
	soakKept     = 12        // rotated files
	soakBuffer   = 256 << 10 // less than a few segments of loopback makes a system crawl
)

// TestSoak lets viewers of all kinds come, lag, stall and go for as long as
// TAILBEAM_SOAK says (10m), while lines come and files are rotated. Every line
// that a viewer gets must follow on the one before. At rest the server must hold
// afterwards what it held before, memory, goroutines and descriptors, and while
// it is busy no more late than early. `make soak` runs it.
func TestSoak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("TAILBEAM_SOAK"))
	if err != nil {
		t.Skip("it takes minutes: set TAILBEAM_SOAK to a time, or run make soak")
	}
	dir := t.TempDir()
	var files []*soakFile
	var sources []string
	for i := range soakStreams {
		f := &soakFile{path: filepath.Join(dir, fmt.Sprintf("s%d.log", i))}
		appendTo(t, f.path, f.line())
		files = append(files, f)
		sources = append(sources, fmt.Sprintf("s%d=%s", i, f.path))
	}
	p := start(t, append([]string{"--memory", "4MiB"}, sources...)...)
	s := &soak{t: t, host: p.host()}
	s.run(files, max(length/5, 15*time.Second)) // until pools, stacks and memory have their size
	before := s.rest(p)
	busy := s.watch(p)
	s.run(files, length)
	during := busy.end()
	after := s.rest(p)
	t.Logf("%v: %d connections, %d lines checked in %d rotations, %d demotions, %d skips",
		length, s.connections.Load(), s.lines.Load(), s.rotations.Load(), s.metric(p, "tailbeam_demotions_total"), s.metric(p, "tailbeam_skips_total"))
	t.Logf("at rest before and after: memory %.1f and %.1f MiB, goroutines %d and %d, descriptors %d and %d",
		mebibytes(before.anon), mebibytes(after.anon), before.goroutines, after.goroutines, before.descriptors, after.descriptors)
	t.Logf("memory in each tenth of the time, MiB: %s", during)
	if after.anon > more(before.anon) {
		t.Errorf("memory is not given back: %.1f MiB before, %.1f after", mebibytes(before.anon), mebibytes(after.anon))
	}
	if early, late := during.halves(); late > more(early) {
		t.Errorf("memory grows: %.1f MiB in the first half, %.1f in the second", mebibytes(early), mebibytes(late))
	}
	if after.goroutines > before.goroutines+8 || after.descriptors > before.descriptors+8 {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// soakFile is a log that is written and rotated.
type soakFile struct {
	path  string
	lines int
}

// line returns the next line, which begins with its number.
func (f *soakFile) line() string {
	f.lines++
	text := fmt.Sprintf("%d ", f.lines)
	return text + strings.Repeat("x", soakLine-1-len(text)) + "\n"
}

// soak is the load and what it counts.
type soak struct {
	t                             *testing.T
	host                          string
	stopped                       atomic.Bool
	connections, lines, rotations atomic.Int64
}

// kinds are the ways of viewers. Each has its time, from the moment it is
// connected.
var kinds = []struct {
	name   string
	count  int
	query  string
	follow func(*soak, *soakViewer)
}{
	{"steady", 4, "", (*soak).steady},
	{"hasty", 8, "n=10&", (*soak).hasty},
	{"stalling", 4, "", (*soak).stalling},
	{"slow", 4, "n=0&", (*soak).slow},
	{"skipping", 2, "n=0&lag=skip&", (*soak).stalling},
	{"looking back", 1, "n=20000&", (*soak).steady},
}

// run writes and watches for a time.
func (s *soak) run(files []*soakFile, length time.Duration) {
	var all sync.WaitGroup
	s.stopped.Store(false)
	for i, f := range files {
		all.Go(func() { s.write(f) })
		for _, kind := range kinds {
			for range kind.count {
				all.Go(func() {
					cursor, last := "", 0
					for !s.stopped.Load() {
						query := kind.query
						if cursor != "" {
							query = "from=" + cursor + "&"
						}
						v, err := s.connect(fmt.Sprintf("/ws?%sstream=s%d", query, i))
						if err != nil {
							s.t.Errorf("%s: %v", kind.name, err)
							return
						}
						v.skips = strings.Contains(kind.query, "lag=skip")
						if cursor != "" {
							v.last = last
						}
						kind.follow(s, v)
						v.conn.Close()
						if cursor, last = v.cursor, v.last; v.fault != nil {
							s.t.Errorf("%s: %v", kind.name, v.fault)
							return
						}
					}
				})
			}
		}
	}
	time.Sleep(length) // this is how long it takes, nothing is waited for
	s.stopped.Store(true)
	all.Wait()
}

// write appends lines at their pace and rotates the file.
func (s *soak) write(f *soakFile) {
	const lap = 10 * time.Millisecond
	out, err := os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	tick := time.NewTicker(lap)
	defer tick.Stop()
	for turned := time.Now(); !s.stopped.Load() && err == nil; <-tick.C {
		if time.Since(turned) > soakRotation {
			turned = time.Now()
			out.Close()
			for n := soakKept; n > 0 && err == nil; n-- {
				if from := f.name(n - 1); n == 1 || exists(from) {
					err = os.Rename(from, f.name(n))
				}
			}
			if err != nil {
				break
			}
			s.rotations.Add(1)
			if out, err = os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644); err != nil {
				break
			}
		}
		var text strings.Builder
		for range soakRate * int(lap) / int(time.Second) {
			text.WriteString(f.line())
		}
		_, err = out.WriteString(text.String())
	}
	if err != nil {
		s.t.Error(err)
		return
	}
	out.Close()
}

// name returns the n-th rotated name; the 0th is the file itself.
func (f *soakFile) name(n int) string {
	if n == 0 {
		return f.path
	}
	return f.path + "." + strconv.Itoa(n)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// steady reads for a while, says quit and leaves with a cursor.
func (s *soak) steady(v *soakViewer) {
	v.read(time.Duration(rand.IntN(4000)) * time.Millisecond)
	v.quit()
}

// hasty breaks off in the middle.
func (s *soak) hasty(v *soakViewer) {
	v.read(time.Duration(rand.IntN(500)) * time.Millisecond)
	v.conn.SetLinger(0)
	v.cursor = ""
}

// stalling stops reading for longer than memory and buffers last, and catches
// up.
func (s *soak) stalling(v *soakViewer) {
	v.conn.SetReadBuffer(soakBuffer)
	v.read(time.Second)
	time.Sleep(time.Duration(5000+rand.IntN(5000)) * time.Millisecond) // stalled
	v.read(2 * time.Second)
	v.quit()
}

// slow reads less than comes.
func (s *soak) slow(v *soakViewer) {
	v.conn.SetReadBuffer(soakBuffer)
	for range 50 {
		v.read(10 * time.Millisecond)
		time.Sleep(90 * time.Millisecond)
	}
	v.quit()
}

// soakViewer is one connection.
type soakViewer struct {
	s      *soak
	conn   *net.TCPConn
	in     *bufio.Reader
	last   int // number of the newest line
	skips  bool
	cursor string
	fault  error
}
