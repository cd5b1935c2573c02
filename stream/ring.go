package stream

import (
	"math"
	"slices"
	"sync"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// ring is a bounded, append-only run of segments. One goroutine at a time
// appends; any number look at views.
//
// # Publishing
//
// The appender fills bytes behind the published end without a lock and then
// publishes them under it. Published bytes and entries never change, so a view
// is read without a lock.
//
// # Eviction
//
// The oldest segments go when the ring holds more than its bound. Before that
// the appender waits until every loop has offered them to its viewers: a file
// can wait, and a viewer that keeps reading is never overtaken. Viewers whose
// sockets are full are not waited for.
type ring struct {
	max     int64 // bytes of segments to hold
	budget  *budget
	framing framing

	mu      sync.Mutex
	waiting int32
	retired bool // held counts for no budget any more
	ended   bool
	apart   bool       // the appender's own: the next entry does not follow on the one before
	swept   *sync.Cond // a loop offered something while waiting > 0; nil until an appender waits
	segs    []*segment // replaced when the oldest go, never changed in place
	start   uint64
	end     uint64
	held    int64
	// keep is an offset from which on nothing is dropped: feeds are made of it.
	keep  uint64
	marks []mark
	stop  stop   // where a viewer at the end stands
	taps  []*tap // replaced, never changed in place

	// packed is the same ring in compressed form, while somebody wants it.
	packed   *packed
	*derived // nil for a log: there may be ten thousand

	// The appender's own.
	cur    *segment
	fresh  []*segment
	newPos line.Position
	older  wire.Place // of the next run
	lines  uint64     // that began
	noted  uint64     // entries
}

// derived is what a ring has that is made of others.
type derived struct {
	// Of a feed, where a viewer at the end stands in each log. Of a ring that
	// was broken off, where a viewer at the end before stood.
	ends []wire.Place
	lost []wire.Place
	// plain is what a compressed form is made of.
	plain *ring
	made  func() bool // see complete
}

func (r *ring) init(max int64) { r.max, r.keep = max, math.MaxUint64 }

// derive is init for a ring that is made of others.
func (r *ring) derive(max int64) {
	r.init(max)
	r.derived = new(derived)
}

// endsLocked returns where a viewer at the end stands in each log, and nothing
// for a log itself.
func (r *ring) endsLocked() []wire.Place {
	if r.derived == nil {
		return nil
	}
	return slices.Clone(r.ends)
}

// madeOf returns what a compressed form is made of, or nil.
func (r *ring) madeOf() *ring {
	if r.derived == nil {
		return nil
	}
	return r.plain
}

// view returns the ring as it is now.
func (r *ring) view() view {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.viewLocked()
}

func (r *ring) viewLocked() view {
	v := view{framing: r.framing, segs: r.segs, start: r.start, end: r.end, marks: r.marks, stop: r.stop, ended: r.ended, packed: r.packed}
	if n := len(r.segs); n > 0 {
		v.entries, v.runs = r.segs[n-1].entries, r.segs[n-1].runs
	}
	return v
}

// frame returns room for a frame of n bytes, to be filled by appending.
func (r *ring) frame(n int) []byte {
	seg := r.cur
	if seg == nil || len(seg.buf)-seg.fill < n {
		seg = r.grow(n)
	}
	at := seg.fill
	seg.fill += n
	return seg.buf[at:at:seg.fill]
}

// grow begins a segment that has room for n bytes.
func (r *ring) grow(n int) *segment {
	size, base, entries := minSegment, r.end, 0
	if r.cur != nil {
		size = min(2*len(r.cur.buf), maxSegment)
		entries = len(r.cur.nextEntries) * size / len(r.cur.buf)
		base = r.cur.base + uint64(r.cur.fill)
	}
	r.budget.reserve(max(size, n))
	seg := &segment{base: base, lines: r.lines, entriesBefore: r.noted, buf: make([]byte, max(size, n))}
	seg.nextEntries = make([]entry, 0, entries+entries/8+1) // lines like those before
	r.cur = seg
	r.fresh = append(r.fresh, seg)
	return seg
}

// note adds an entry for the frame that was filled last. log is the index of
// the log that it is from, pos is where its bytes begin in the file and end
// the offset behind them; older is of the run that it begins.
func (r *ring) note(frameLen, log int, pos line.Position, older wire.Place, end int64, flags uint32) {
	seg := r.cur
	if r.apart || pos != r.newPos || !seg.continues(log, end) {
		seg.nextRuns = append(seg.nextRuns, run{first: len(seg.nextEntries), log: log, pos: pos, older: older})
	}
	r.noted++
	if flags&entryContinues == 0 {
		r.lines++
	}
	start := seg.nextRuns[len(seg.nextRuns)-1].pos.Off
	seg.nextEntries = append(seg.nextEntries, entry{
		frame:  uint32(seg.fill-frameLen) | flags,
		rawEnd: uint32(end - start),
	})
	r.newPos, r.apart = line.Position{Gen: pos.Gen, Off: end}, false
}

// continues reports whether an entry of a log that ends at an offset can go
// into the newest run.
func (s *segment) continues(log int, end int64) bool {
	if len(s.nextRuns) == 0 {
		return false
	}
	newest := s.nextRuns[len(s.nextRuns)-1]
	return newest.log == log && end-newest.pos.Off <= math.MaxUint32
}

// publish shows what was filled. It returns the taps to wake.
func (r *ring) publish() []*tap {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.publishLocked()
}

func (r *ring) publishLocked() []*tap {
	if n := len(r.segs); n > 0 {
		r.segs[n-1].show()
	}
	for _, seg := range r.fresh {
		seg.show()
		r.holdLocked(len(seg.buf))
		r.segs = append(r.segs, seg)
	}
	clear(r.fresh)
	r.fresh = r.fresh[:0]
	if r.cur != nil {
		r.end = r.cur.base + uint64(r.cur.fill)
	}
	if !r.newPos.IsZero() {
		r.stop = stop{r.older, r.newPos}
	}
	r.evictLocked()
	return r.taps
}

// show publishes the entries of a segment.
func (s *segment) show() { s.entries, s.runs = s.nextEntries, s.nextRuns }

// holdLocked counts segments that come, or go where bytes is negative.
func (r *ring) holdLocked(bytes int) {
	r.held += int64(bytes)
	if r.budget != nil && !r.retired {
		r.budget.held.Add(int64(bytes))
	}
}

// evictLocked drops the oldest segments until the bound is kept, but not the
// newest.
func (r *ring) evictLocked() {
	for r.held > r.max && len(r.segs) > 1 && r.segs[1].base <= r.keep {
		next := r.segs[1].base
		r.awaitLocked(next)
		if r.segs[0].base < next { // nobody else dropped it meanwhile
			r.dropLocked()
		}
	}
}

// dropLocked drops the oldest segment.
func (r *ring) dropLocked() {
	r.holdLocked(-len(r.segs[0].buf))
	r.segs = append([]*segment(nil), r.segs[1:]...)
	r.start = r.segs[0].base
	gone := 0
	for gone < len(r.marks) && r.marks[gone].off < r.start {
		gone++
	}
	if gone > 0 {
		r.marks = append([]mark(nil), r.marks[gone:]...)
	}
}

// awaitLocked waits until every loop has offered all bytes before off.
func (r *ring) awaitLocked(off uint64) {
	for r.awaitedLocked(off) {
		for _, t := range r.taps {
			t.wake()
		}
		if r.swept == nil {
			r.swept = sync.NewCond(&r.mu)
		}
		r.waiting++
		r.swept.Wait()
		r.waiting--
	}
}

// awaitedLocked reports whether a loop has not offered all bytes before off.
func (r *ring) awaitedLocked(off uint64) bool {
	for _, t := range r.taps {
		if t.offered.Load() < off {
			return true
		}
	}
	return false
}

// oldest returns the offset of the first line that is held.
func (r *ring) oldest() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.start
}

// offered tells the appender that a loop went over its viewers.
func (r *ring) offered() {
	r.mu.Lock()
	if r.waiting > 0 {
		r.swept.Broadcast()
	}
	r.mu.Unlock()
}

// markLocked sets a gap between what is published and what comes next. It
// takes one offset of its own, so that a viewer's offset tells whether the gap
// lies before it.
func (r *ring) markLocked(g line.Gap) {
	r.marks = append(r.marks[:len(r.marks):len(r.marks)], mark{off: r.end, gap: g})
	r.end++
	r.cur = nil
	r.moveLocked(g.To)
}

// clearLocked drops everything that was published of a derived ring. Who stood
// at the end before stands before the start now.
func (r *ring) clearLocked() {
	r.lost = slices.Clone(r.ends)
	r.holdLocked(int(-r.held))
	r.segs, r.marks, r.cur = nil, nil, nil
	r.end++
	r.start = r.end
	r.older, r.apart = nil, true
}

// filled returns the offset behind what was filled, published or not.
func (r *ring) filled() uint64 {
	if r.cur == nil {
		return r.end
	}
	return r.cur.base + uint64(r.cur.fill)
}

// complete reports whether nothing of what was appended is still on its way
// into the ring.
func (r *ring) complete() bool { return r.derived == nil || r.made == nil || r.made() }

// places returns where a viewer at an offset stands in each log, or nothing
// where that is no longer known.
func (r *ring) places(off uint64) []wire.Place {
	var plain uint64
	var there []wire.Place // where a viewer at the end of the plain form stands
	made := false
	of := r.madeOf()
	if of != nil {
		plain = of.view().end
		there, made = of.places(plain), r.made()
	}
	r.mu.Lock()
	v, ends := r.viewLocked(), r.endsLocked()
	var lost []wire.Place
	if r.derived != nil {
		lost = r.lost
	}
	r.mu.Unlock()
	switch {
	case off < v.start:
		return slices.Clone(lost)
	case off == v.end && made && of.view().end == plain: // nothing came in between
		return there
	}
	return v.places(ends, off)
}

// moveLocked says where the next entry will begin.
func (r *ring) moveLocked(p line.Position) {
	r.apart = true
	if !p.IsZero() {
		r.newPos = p
		r.stop = stop{r.older, p}
	}
}

// attach lets t see the ring from now on and returns the ring as it is.
func (r *ring) attach(t *tap) view {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taps = append(r.taps[:len(r.taps):len(r.taps)], t)
	t.offered.Store(r.end)
	return r.viewLocked()
}

// detach takes t away.
func (r *ring) detach(t *tap) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var taps []*tap
	for _, other := range r.taps {
		if other != t {
			taps = append(taps, other)
		}
	}
	r.taps = taps
	if r.waiting > 0 {
		r.swept.Broadcast()
	}
}
