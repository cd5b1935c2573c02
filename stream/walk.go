package stream

import (
	"sort"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

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
