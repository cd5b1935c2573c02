package stream

import (
	"math"
	"slices"
	"sort"

	"tailbeam/stream/netpoll"
	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
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
