// Package spool holds what pipes delivered: the history of streams that have
// no file behind them.
//
// # What is kept
//
// The bytes of a pipe, from the first one of this run on, make one generation;
// positions in it are offsets in that stream of bytes. A Spool keeps the newest
// of them in a temporary file without a name that is used as a ring, so that it
// never grows beyond its limit. What is kept begins and ends with a whole
// entry. A position that is older gives a line.GoneError with the exact count
// of bytes in between. A generation is random: cursors do not outlive the
// server.
//
// When the file cannot be written, what it held is given up, which is said in
// the log once, and keeping begins anew with the next bytes.
//
// # Who calls what
//
// One goroutine at a time appends. Any number may read meanwhile: a reader
// holds no lock while it reads, and looks afterwards whether the place was used
// again. There are no goroutines in here.
package spool

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"tailbeam/tailer/line"
)

// Config says what a Spool keeps. Zero values are replaced by the defaults,
// but for Limit.
type Config struct {
	Limit int64  // bytes, at most; 0 keeps nothing
	Dir   string // where the file is made; default as Dir says
	// Stamp returns the time that a line carries, as stamp.Reader.Time does;
	// the default finds none.
	Stamp  func(text []byte, ref time.Time) (time.Time, bool)
	Logger *slog.Logger // default slog.Default
}

// A Spool is the history of one pipe.
type Spool struct {
	cfg     Config
	gen     line.Generation
	file    file  // nil where nothing is kept
	spacing int64 // bytes between two marks, at the least
	broken  bool  // the last write was in vain; belongs to the appender

	mu      sync.Mutex
	floor   int64 // where what is kept begins
	head    int64 // where the stream ends
	marks   []mark
	cuts    []cut
	longest int       // bytes of the longest entry
	last    time.Time // of the last append
}

// file is the part of an os.File that a Spool uses.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
}

// mark is a place where an entry begins.
type mark struct {
	off int64
	at  time.Time // when it came
}

// cut is a place where one entry ends and another begins though no newline lies
// before it, or where something is missing. Batches do not reach across.
// It does not change.
type cut struct {
	off  int64
	kind kind
	gap  *line.Gap // of a hole
}

// kind tells the cuts apart.
type kind uint8

const (
	ended  kind = iota // the line ends without a newline
	midway             // the line goes on
	hole               // one byte lies here that is no text
)

const (
	// maxMarks is about how many places are remembered where what is kept may
	// begin.
	maxMarks = 4096
	// maxCuts is how many cuts there are at the most; beyond, the older half of
	// what is kept is given up.
	maxCuts = 1 << 18
)

// Open makes a Spool. With a Limit of 0 it does not fail.
func Open(cfg Config) (*Spool, error) {
	cfg.Logger = cmp.Or(cfg.Logger, slog.Default())
	if cfg.Stamp == nil {
		cfg.Stamp = func([]byte, time.Time) (time.Time, bool) { return time.Time{}, false }
	}
	s := &Spool{cfg: cfg, gen: generation(), spacing: max(1, cfg.Limit/maxMarks)}
	if cfg.Limit <= 0 {
		return s, nil
	}
	f, err := nameless(cmp.Or(cfg.Dir, Dir()))
	if err != nil {
		return nil, fmt.Errorf("make a temporary file for what pipes deliver: %w", err)
	}
	s.file = f
	return s, nil
}

// Dir returns where temporary files of some size belong: what the environment
// says, else /var/tmp, since /tmp is often kept in memory.
func Dir() string {
	if dir := os.Getenv("TMPDIR"); dir != "" {
		return dir
	}
	return tempDir()
}

// generation returns one that no other run has.
func generation() line.Generation {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return line.Generation(binary.LittleEndian.Uint64(b[:]) | 1)
}

// History returns the Spool as the history of its stream, and nil where nothing
// is kept.
func (s *Spool) History() line.History {
	if s.file == nil {
		return nil
	}
	return s
}

// Append keeps a batch, whose position it does not look at, and returns the
// position of its first byte. The bytes are copied.
func (s *Spool) Append(b *line.Batch) line.Position {
	pos := line.Position{Gen: s.gen, Off: s.head}
	for first, start := 0, 0; first < len(b.Ends); {
		behind := first + 1
		for behind < len(b.Ends) && int64(b.Ends[behind])-int64(start) <= s.cfg.Limit {
			behind++
		}
		end := int(b.Ends[behind-1])
		s.append(b, first, behind, start)
		first, start = behind, end
	}
	return pos
}

// append keeps the entries of b from first to before behind, the first of which
// begins at start.
func (s *Spool) append(b *line.Batch, first, behind, start int) {
	kept := s.put(b.Data[start:b.Ends[behind-1]])
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.head - int64(start) // of b.Data[0]
	s.head = at + int64(b.Ends[behind-1])
	s.last = time.Now()
	if !kept {
		s.forgetLocked()
		if behind == len(b.Ends) && b.Flags&line.Unfinished != 0 {
			s.cuts = append(s.cuts, cut{off: s.head, kind: midway})
		}
		return
	}
	for i := first; i < behind; i++ {
		end := int(b.Ends[i])
		s.longest = max(s.longest, end-start)
		s.markLocked(at + int64(start))
		switch {
		case i == len(b.Ends)-1 && b.Flags&line.Unfinished != 0:
			s.cuts = append(s.cuts, cut{off: at + int64(end), kind: midway})
		case b.Data[end-1] != '\n':
			s.cuts = append(s.cuts, cut{off: at + int64(end), kind: ended})
		}
		start = end
	}
	if len(s.cuts) > maxCuts {
		s.raiseLocked(s.cuts[maxCuts/2].off)
	}
}

// Gap notes that something is missing behind what was appended so far, and
// returns the gap with its positions. A hole of one byte stands for it, so that
// the positions before and behind it differ.
func (s *Spool) Gap(g line.Gap) line.Gap {
	kept := s.put([]byte{'\n'})
	s.mu.Lock()
	defer s.mu.Unlock()
	g.From = line.Position{Gen: s.gen, Off: s.head}
	s.head++
	g.To = line.Position{Gen: s.gen, Off: s.head}
	if !kept || s.floor == g.From.Off {
		s.forgetLocked()
		return g
	}
	if n := len(s.cuts); n > 0 && s.cuts[n-1].off == g.From.Off {
		s.cuts = s.cuts[: n-1 : n-1]
	}
	s.cuts = append(s.cuts, cut{off: g.From.Off, kind: hole, gap: &g})
	return g
}

// here returns the position of what comes next.
func (s *Spool) here() line.Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	return line.Position{Gen: s.gen, Off: s.head}
}

// put writes data to where it belongs, after it gave up what lies there. It
// reports whether it is kept.
func (s *Spool) put(data []byte) bool {
	if s.file == nil || int64(len(data)) > s.cfg.Limit {
		return false
	}
	s.mu.Lock()
	s.raiseLocked(s.head + int64(len(data)) - s.cfg.Limit)
	s.mu.Unlock()
	at := s.head % s.cfg.Limit
	n := min(int64(len(data)), s.cfg.Limit-at)
	_, err := s.file.WriteAt(data[:n], at)
	if err == nil && n < int64(len(data)) {
		_, err = s.file.WriteAt(data[n:], 0)
	}
	if err != nil {
		s.fail(err)
		return false
	}
	s.broken = false
	return true
}

// fail gives up what was kept, and the room that it took.
func (s *Spool) fail(err error) {
	s.mu.Lock()
	s.forgetLocked()
	s.mu.Unlock()
	if !s.broken {
		s.cfg.Logger.Warn("what a pipe delivered cannot be kept, viewers get it live only", "err", err)
	}
	s.broken = true
	_ = s.file.Truncate(0)
}

// forgetLocked gives up everything.
func (s *Spool) forgetLocked() {
	s.floor, s.marks, s.cuts = s.head, nil, nil
}

// raiseLocked gives up what begins before least.
func (s *Spool) raiseLocked(least int64) {
	if least <= s.floor {
		return
	}
	i := 0
	for i < len(s.marks) && s.marks[i].off < least {
		i++
	}
	s.marks = s.marks[i:]
	s.floor = s.head
	if len(s.marks) > 0 {
		s.floor = s.marks[0].off
	}
	i = 0
	for i < len(s.cuts) && s.cuts[i].off < s.floor {
		i++
	}
	s.cuts = s.cuts[i:]
}

// markLocked marks an entry unless there is a mark close before it.
func (s *Spool) markLocked(off int64) {
	if n := len(s.marks); n == 0 || off >= s.marks[n-1].off+s.spacing {
		s.marks = append(s.marks, mark{off: off, at: s.last})
	}
}

// Close gives the file back. Reading is an error from then on.
func (s *Spool) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
