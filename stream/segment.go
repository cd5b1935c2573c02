package stream

import (
	"math"
	"slices"
	"sort"

	"tailbeam/stream/netpoll"
	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// entry is one frame of a log: where it lies in its segment and where the
// bytes that it shows end in the file.
type entry struct {
	frame  uint32 // offset in the segment, and flags
	rawEnd uint32 // from the position of the run that holds the entry
}

const (
	entryContinues  = 1 << 31 // goes on with the line of the entry before
	entryUnfinished = 1 << 30 // the next entry goes on with this line
	entryPartial    = 1 << 29 // the line has no end yet
	entryOffset     = 1<<29 - 1
)

// at returns the offset of the frame in its segment.
func (e entry) at() int { return int(e.frame & entryOffset) }

// run is a stretch of entries that lie one after the other in one generation.
type run struct {
	first int // index of its first entry in the segment
	log   int // index of the log in a feed of several
	pos   line.Position
	// older is where older generations stood, which were not complete yet.
	older wire.Place
}

// segment is a stretch of finished frames, whole ones only. What was published
// of it never changes.
type segment struct {
	base  uint64 // offset in the ring of buf[0]
	lines uint64 // that began in the ring before buf[0]
	// entriesBefore is how many entries the ring held before this segment.
	entriesBefore uint64
	buf           []byte
	entries       []entry // published
	runs          []run   // published

	// The appender's own, ahead of what was published.
	fill        int
	nextEntries []entry
	nextRuns    []run
}

// The first segment of a ring is small, for streams that hardly say anything;
// each is twice as large as the one before.
const (
	minSegment = 256
	maxSegment = 256 << 10
)

// view is a ring as it was at one moment. It stays valid and readable without
// a lock for as long as it is held.
type view struct {
	framing    framing
	segs       []*segment
	start, end uint64
	entries    []entry // of the last segment
	runs       []run   // of the last segment
	marks      []mark
	stop       stop // behind the last entry
	ended      bool
	// delivered, where it is set, leaves out what a viewer has already: the
	// entries of its generations before its offsets.
	delivered wire.Place
	// gen, where it is set, leaves out the other generations: delivered alone
	// says then where a viewer stands in those.
	gen     line.Generation
	counted span    // by frames
	packed  *packed // of the ring, if there is one
	// only, where it is not nil, holds the offsets of the entries that count.
	only []uint64
	// levels are those of the entries in only.
	levels []line.Level
}

// stop is where a viewer stands that has everything: in older generations, and
// in the newest. It makes a place when one is asked for, not with each line.
type stop struct {
	older wire.Place
	pos   line.Position
}

func (s stop) place() wire.Place {
	if s.pos.IsZero() {
		return nil
	}
	return at(s.older, s.pos)
}

// span is how many frames lie between two offsets.
type span struct{ from, to, frames uint64 }

// mark is a gap at an offset of a ring.
type mark struct {
	off uint64
	gap line.Gap
}

// places returns where a viewer at an offset stands in each log, when one at
// the end stands at ends. A log that is none of several needs no ends.
func (v *view) places(ends []wire.Place, off uint64) []wire.Place {
	if ends == nil {
		return []wire.Place{v.place(off)}
	}
	found := slices.Clone(ends)
	seen := make([]bool, len(found))
	for walk, left := v.from(off), len(found); left > 0; {
		s, ok := walk.advance()
		if !ok {
			break
		}
		if !seen[s.log] {
			seen[s.log], found[s.log] = true, s.place()
			left--
		}
	}
	return found
}

// frameAt returns the offset of the first frame at off or behind, or the
// largest number where none is there yet.
func (v *view) frameAt(off uint64) uint64 {
	walk := v.from(max(off, v.start))
	if s, ok := walk.advance(); ok {
		return s.off
	}
	return math.MaxUint64
}

// bytes returns what lies between two offsets of one segment.
func (v *view) bytes(from, to uint64) []byte {
	seg := v.segs[v.find(from)]
	return seg.buf[from-seg.base : to-seg.base]
}

// find returns the index of the segment that holds off, which lies in
// [start, end).
func (v *view) find(off uint64) int {
	last := len(v.segs) - 1
	if v.segs[last].base <= off {
		return last
	}
	return sort.Search(last, func(i int) bool { return v.segs[i+1].base > off })
}

// next returns how far a viewer at off may go: to the end, or to the next gap.
// At a gap it returns that gap; the viewer goes on at off+1.
func (v *view) next(off uint64) (to uint64, g *line.Gap) {
	for i := range v.marks {
		switch m := &v.marks[i]; {
		case m.off == off:
			return off, &m.gap
		case m.off > off:
			return m.off, nil
		}
	}
	return v.end, nil
}

// gather appends to bufs what lies in [off, to), up to about max bytes, in
// pieces that end at a frame. There is no gap in between.
func (v *view) gather(bufs [][]byte, off, to uint64, max int) [][]byte {
	for i := v.find(off); off < to && max > 0 && len(bufs) < netpoll.MaxVector; i++ {
		seg, end := v.segs[i], to
		if i+1 < len(v.segs) {
			end = min(to, v.segs[i+1].base)
		}
		b := seg.buf[off-seg.base : end-seg.base]
		bufs = append(bufs, b)
		off = end
		max -= len(b)
	}
	return bufs
}

// frames returns how many frames lie in [from, to). Most viewers ask for the
// same ones, so the last answer is kept.
func (v *view) frames(from, to uint64) uint64 {
	if v.counted.from != from || v.counted.to != to {
		v.counted = span{from, to, v.entriesBefore(to) - v.entriesBefore(from)}
	}
	return v.counted.frames
}

// entriesBefore returns how many entries the ring has had before off, which is
// not before the view.
func (v *view) entriesBefore(off uint64) uint64 {
	if len(v.segs) == 0 {
		return 0
	}
	i := v.find(off)
	entries, _ := v.index(i)
	rel := off - v.segs[i].base
	return v.segs[i].entriesBefore + uint64(sort.Search(len(entries), func(k int) bool { return uint64(entries[k].at()) >= rel }))
}

// lines walks over the entries of a view.
type lines struct {
	v       *view
	seg     int
	entries []entry
	runs    []run
	next    int // index in entries
	chosen  int // index in v.only of the entry that is next
	run     int // index in runs of the run that holds entries[next], or before
}

// from returns a walk that begins with the entry at or behind off.
func (v *view) from(off uint64) lines {
	l := lines{v: v}
	l.chosen = sort.Search(len(v.only), func(i int) bool { return v.only[i] >= off })
	if off >= v.end || len(v.segs) == 0 {
		l.seg = len(v.segs)
		return l
	}
	l.seek(off)
	return l
}

// seek turns to the entry at or behind off.
func (l *lines) seek(off uint64) {
	l.open(l.v.find(off))
	rel := off - l.v.segs[l.seg].base
	l.next = sort.Search(len(l.entries), func(i int) bool { return uint64(l.entries[i].at()) >= rel })
	l.run = sort.Search(len(l.runs), func(i int) bool { return l.runs[i].first > l.next }) - 1
}

// open turns to the first entry of segment i.
func (l *lines) open(i int) {
	l.seg, l.next, l.run = i, 0, 0
	l.entries, l.runs = l.v.index(i)
}

// index returns the entries and runs of segment i.
func (v *view) index(i int) ([]entry, []run) {
	if i == len(v.segs)-1 {
		return v.entries, v.runs
	}
	return v.segs[i].entries, v.segs[i].runs
}

// shown is one entry as a walk shows it. text aliases the segment.
type shown struct {
	off   uint64 // of the frame in the ring
	next  uint64 // behind the frame; of a WebSocket's only, as text
	text  []byte
	pos   line.Position // of the first byte of the entry
	older wire.Place    // see run
	end   int64         // offset behind its last byte
	log   int
	flags uint32     // entryContinues, entryUnfinished
	level line.Level // where the view tells it
}

// place returns where a viewer stands that gets this entry next.
func (s *shown) place() wire.Place { return at(s.older, s.pos) }

// at returns the place of a position beside older generations.
func at(older wire.Place, pos line.Position) wire.Place {
	return append(older[:len(older):len(older)], pos)
}

// step returns the entry that is next and goes on to the one after it.
func (l *lines) step() (shown, bool) {
	for {
		if l.v.only != nil && !l.choose() {
			return shown{}, false
		}
		s, ok := l.advance()
		if ok && l.v.only != nil {
			s.level = l.v.levels[l.chosen-1]
		}
		if !ok || l.v.delivered == nil && l.v.gen == 0 {
			return s, ok
		}
		if l.v.gen != 0 {
			if s.pos.Gen != l.v.gen {
				continue
			}
			s.older = nil
		}
		if !holds(l.v.delivered, s.pos) {
			s.older = alongside(l.v.delivered, s.older, s.pos.Gen)
			return s, true
		}
	}
}

// choose turns to the next entry that counts, if there is one.
func (l *lines) choose() bool {
	if l.chosen >= len(l.v.only) {
		return false
	}
	off := l.v.only[l.chosen]
	l.chosen++
	if l.next >= len(l.entries) || l.v.segs[l.seg].base+uint64(l.entries[l.next].at()) != off {
		l.seek(off)
	}
	return true
}

// holds reports whether a viewer at a place has what is at pos.
func holds(place wire.Place, pos line.Position) bool {
	for _, p := range place {
		if p.Gen == pos.Gen {
			return pos.Off < p.Off
		}
	}
	return false
}

// alongside returns where a viewer stands in the generations beside one: at has,
// or at now where that is further.
func alongside(has, now wire.Place, gen line.Generation) wire.Place {
	var place wire.Place
	for _, p := range merged(has, now) {
		if p.Gen != gen {
			place = append(place, p)
		}
	}
	return place[max(len(place)-wire.MaxPlace+1, 0):]
}

// advance is step without leaving anything out.
func (l *lines) advance() (shown, bool) {
	for l.next >= len(l.entries) {
		if l.seg+1 >= len(l.v.segs) {
			return shown{}, false
		}
		l.open(l.seg + 1)
	}
	for l.run+1 < len(l.runs) && l.runs[l.run+1].first <= l.next {
		l.run++
	}
	seg, r, e := l.v.segs[l.seg], &l.runs[l.run], l.entries[l.next]
	s := shown{
		off:   seg.base + uint64(e.at()),
		pos:   r.pos,
		older: r.older,
		log:   r.log,
		end:   r.pos.Off + int64(e.rawEnd),
		flags: e.frame &^ entryOffset,
	}
	if l.next > r.first {
		s.pos.Off += int64(l.entries[l.next-1].rawEnd)
	}
	if l.v.framing == webSocket {
		start, end := wire.PayloadAt(seg.buf[e.at():])
		s.next, s.text = s.off+uint64(end), seg.buf[e.at()+start:e.at()+end]
	}
	l.next++
	return s, true
}

// place returns where a viewer at off stands in the files.
func (v *view) place(off uint64) wire.Place {
	walk := v.from(off)
	if s, ok := walk.advance(); ok {
		return s.place()
	}
	return v.stop.place()
}

// back returns the offset of the n-th line before the end and whether there
// are that many, or the start. Pieces of one line count once.
func (v *view) back(n int) (off uint64, enough bool) {
	if n == All {
		return v.start, false
	}
	off = v.end
	for i := len(v.segs) - 1; i >= 0 && n > 0; i-- {
		entries, _ := v.index(i)
		for k := len(entries) - 1; k >= 0 && n > 0; k-- {
			off = v.segs[i].base + uint64(entries[k].at())
			if entries[k].frame&entryContinues == 0 {
				n--
			}
		}
	}
	if n > 0 {
		return v.start, false
	}
	return off, true
}

// offsetOf returns the offset of the first entry of a generation that ends
// behind off, and whether the view reaches back that far.
func (v *view) offsetOf(gen line.Generation, off int64) (uint64, bool) {
	reaches := false
	for i := range v.segs {
		_, runs := v.index(i)
		for k := range runs {
			if runs[k].pos.Gen != gen {
				continue
			}
			if reaches = reaches || runs[k].pos.Off <= off; !reaches {
				return 0, false
			}
			if at, ok := v.inRun(i, k, off); ok {
				return at, true
			}
		}
	}
	return v.end, reaches
}

// inRun returns the offset of the first entry of a run that begins at off or
// behind it.
func (v *view) inRun(seg, k int, off int64) (uint64, bool) {
	entries, runs := v.index(seg)
	r, stop := runs[k], len(entries)
	if k+1 < len(runs) {
		stop = runs[k+1].first
	}
	begin := func(i int) int64 {
		if i == r.first {
			return r.pos.Off
		}
		return r.pos.Off + int64(entries[i-1].rawEnd)
	}
	i := r.first + sort.Search(stop-r.first, func(i int) bool { return begin(r.first+i) >= off })
	if i == stop {
		return 0, false
	}
	return v.segs[seg].base + uint64(entries[i].at()), true
}
