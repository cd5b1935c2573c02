package local

import (
	"sync/atomic"
	"time"

	"tailbeam/tailer/charset"
	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// A generation is one file in the life of a stream, open for reading.
type generation struct {
	file disk.File
	id   disk.ID // the read task sets it, under Stream.mu
	// modified is when it was last written to, in nanoseconds since 1970, and
	// length its size, as they were when it was opened.
	modified int64
	length   int64
	birth    origin
	first    int64 // offset of the first byte of content; a hole lies before it
	missing

	// Guarded by Stream.mu: when the name led elsewhere, or zero.
	retired time.Time
	// Guarded by Stream.mu as well, and as it was after the last turn.
	left delivered

	// The rest belongs to the read task.
	announced bool
	examined  bool // whether it is the file of another generation
	unproven  bool // it may be a copy of what was delivered
	ofOpen    bool // it is a copy of one that is still read
	copied    bool // what was in the file before it was copied and truncated
	// fresh is when copies were last looked for, of a file of which nothing was
	// read: it may have been truncated since. Zero otherwise.
	fresh     time.Time
	whole     bool // a copy that nobody writes to: over when its end is reached
	recovered bool // file is the copy that was made before the truncation
	ident     line.Generation
	head      disk.Head
	twin      int
	off       int64  // of the next line to give out
	held      []byte // what follows in the file and was read: an unfinished line
	mark      mark
	trail     trail
	cut       charset.Cutter
	sniffed   bool      // the encoding in cut is the right one
	grew      time.Time // when it last had something new
	growth    growth
	checked   time.Time // when it was last seen to be what it was
	blank     int64     // from where on content was not found yet behind a row of NULs
	failed    time.Time // since when it cannot be read, or zero

	// read is how far the file was read, size the largest that was seen.
	read atomic.Int64
	size atomic.Int64
}

// origin is how a generation came to follow another.
type origin uint8

const (
	found     origin = iota // the first, or after nothing was there
	rotated                 // the name leads to another file
	truncated               // the file was cut
)

// missing is what is known of bytes that were lost before a generation. No
// reason means none.
type missing struct {
	reason string
	bytes  int64
}

var lossless missing

// position returns the place of the next line.
func (g *generation) position() line.Position {
	return line.Position{Gen: g.ident, Off: g.off}
}

// hold keeps an unfinished line for the next read.
func (g *generation) hold(rest []byte) {
	const small = 4 << 10
	if len(rest) == 0 && cap(g.held) > small {
		g.held = nil
		return
	}
	g.held = append(g.held[:0], rest...)
}

// seen notes a size that the file was seen to have.
func (g *generation) seen(size int64) {
	if size > g.size.Load() {
		g.size.Store(size)
	}
}

// delivered is what histories need to know of a generation.
type delivered struct {
	ident line.Generation
	head  disk.Head
	first int64
	read  int64
	mark  mark
}

func (g *generation) delivered() delivered {
	return delivered{ident: g.ident, head: g.head, first: g.first, read: g.read.Load(), mark: g.mark}
}

// past is what is remembered of a generation that was closed: enough to go on
// where it ended should its file come back under the name, and to know a copy
// of it.
type past struct {
	id      disk.ID
	ident   line.Generation
	head    disk.Head
	twin    int
	first   int64
	off     int64
	read    int64
	mark    mark
	trail   trail
	cut     charset.Cutter
	sniffed bool
	closed  time.Time
}

// maxPast is how many closed generations a stream remembers, and mostPast how
// many where they were closed just now: they may turn up under another name, or
// compressed.
const (
	maxPast  = 16
	mostPast = 512
)

func (g *generation) past() past {
	return past{
		id: g.id, ident: g.ident, head: g.head, twin: g.twin, first: g.first,
		off: g.off, read: g.read.Load(), mark: g.mark, trail: g.trail, cut: g.cut, sniffed: g.sniffed, closed: time.Now(),
	}
}

// again makes a generation of the same file that goes on where p ended.
func (p *past) again(g *generation) {
	g.ident, g.head, g.twin, g.first = p.ident, p.head, p.twin, p.first
	g.off, g.mark, g.trail, g.cut, g.sniffed = p.off, p.mark, p.trail, p.cut, p.sniffed
	g.read.Store(p.read)
}

// identify finds the identity of g as far as it can be known by now, given the
// first bytes of its content or nothing.
func (s *Stream) identify(g *generation, content []byte) {
	if g.head != 0 {
		return
	}
	head := disk.HeadOf(content)
	if head == 0 && g.read.Load() > g.first {
		head, _ = disk.HeadAt(g.file, g.first) // without it the file system's half has to do
	}
	if head == 0 && g.ident != 0 {
		return
	}
	g.head, g.twin = head, s.twins(g, head)
	g.ident = disk.Generation(g.id, head, g.twin)
	s.mu.Lock()
	g.left = g.delivered() // before anyone can have seen a line of it
	s.mu.Unlock()
}

// twins counts the generations before g that were the same file and began the
// same way.
func (s *Stream) twins(g *generation, head disk.Head) int {
	if head == 0 {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, other := range s.gens {
		if other != g && other.id == g.id && other.head == head {
			n = max(n, other.twin+1)
		}
	}
	for i := range s.past {
		if s.past[i].id == g.id && s.past[i].head == head {
			n = max(n, s.past[i].twin+1)
		}
	}
	return n
}
