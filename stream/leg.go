package stream

import (
	"slices"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// leg is how far a replay has come in one log.
type leg struct {
	begin beginning // where it begins, until that is found
	found bool      //
	// strict: the place names generations of which the log does not know, so
	// that what files hold goes before what memory holds.
	strict bool
	place  wire.Place // what the viewer has
	// In memory, and only there: the offset in the log, whether lines that
	// the viewer has come behind it, and up to which offset gaps are not told
	// because the viewer asked for what is there.
	inMemory bool
	mixed    bool
	given    wire.Place // once lines were not given in the order of memory, see has
	off      uint64
	quiet    uint64
	over     bool // an unterminated line behind it was looked for
	// Of several legs, see merge.go: the time of what comes next, where that is
	// known, and else of what came last; a reader looks for the beginning, or
	// for when lines can be had again.
	next    time.Time
	known   bool
	seeking bool
	away    bool
	// Of a filtered feed, made when they are needed.
	sifter  *sifter
	hunting *hunting
	search  *search
}

// passes reports whether a viewer goes on behind a gap that it was not told
// of, or none. Else it is closed.
func (l *loop) passes(v *viewer, g *leg, gap *line.Gap) bool {
	if gap != nil && v.flags&ignoreGaps == 0 && g.off > g.quiet {
		l.close(v, wire.CloseGap, "")
		return false
	}
	return true
}

// part returns what a leg goes over of a view.
func (g *leg) part(whole view, end uint64) view {
	whole.end = end
	if g.mixed {
		whole.delivered = g.has()
	}
	return whole
}

// merged returns the place of a viewer that has what both places say.
func merged(has, now wire.Place) wire.Place {
	place := union(has, now)
	return place[max(len(place)-wire.MaxPlace, 0):]
}

// union is merged for as many generations as there are.
func union(has, now wire.Place) wire.Place {
	var place wire.Place
	for _, p := range has {
		if indexOf(now, p.Gen) < 0 {
			place = append(place, p)
		}
	}
	for _, p := range now {
		if k := indexOf(has, p.Gen); k >= 0 {
			p.Off = max(p.Off, has[k].Off)
		}
		place = append(place, p)
	}
	return place
}

// ground is where a leg goes on.
type ground uint8

const (
	inMemory ground = iota
	inFiles
	unknown // its beginning is to be found
	missing // lines are gone, which the viewer is told, or closed for
)

// locate finds where a leg goes on, in memory if it can. It reports false where
// that has to wait.
func (l *loop) locate(s *subscription, i int) bool {
	switch l.groundOf(s, i) {
	case inMemory:
		return true
	case inFiles, unknown:
		l.fetch(s, i)
	}
	return false
}

// groundOf returns where a leg goes on, in memory if it can.
func (l *loop) groundOf(s *subscription, i int) ground {
	g, log := &s.legs[i], s.logs()[i]
	if !g.found {
		if view, off, ok := g.begin.inMemory(log); ok {
			g.found, g.inMemory, g.off, g.place = true, true, off, view.place(off)
			return inMemory
		}
		if g.begin.kind == before || g.begin.kind == atTime {
			return unknown
		}
		g.found, g.strict, g.place = true, g.begin.kind == atPlace, g.begin.place
	}
	g.strict = g.strict && !log.vouches(g.place)
	if g.strict {
		return inFiles
	}
	view, off, clean, ok := log.enter(g.place)
	if ok {
		g.inMemory, g.mixed, g.given, g.off = true, !clean, nil, max(off, view.start)
		return inMemory
	}
	if log.origin.History == nil {
		l.missing(s, i, line.Gap{Bytes: line.UnknownBytes, Reason: "these lines are older than what is held in memory"}, nil)
		return missing
	}
	return inFiles
}

// missing tells a viewer that lines are gone and lets it go on behind them: at
// the place that is left, or else at the end of the gap. It reports false where
// the viewer was closed instead.
func (l *loop) missing(s *subscription, i int, gap line.Gap, left wire.Place) {
	v, g, log := s.viewer, &s.legs[i], s.logs()[i]
	gap.From = g.place.Last()
	if gap.To.IsZero() {
		gap.To = log.oldestBehind(g.place)
	}
	if gap.Bytes < 0 && gap.To.Gen == gap.From.Gen && gap.To.Off > gap.From.Off {
		gap.Bytes = gap.To.Off - gap.From.Off
	}
	g.found, g.inMemory, g.place = true, false, left
	if len(left) == 0 && !gap.To.IsZero() {
		g.place = wire.Place{gap.To}
	}
	l.server.counters.gaps.Add(1)
	out := chunk{buf: v.extra().out}
	told := s.beside(i).gap(&out, log, gap)
	v.more.out = out.buf
	l.tally.frames += out.frames
	v.moved(&s.sub)
	if !told && v.flags&ignoreGaps == 0 {
		l.close(v, wire.CloseGap, "")
		return
	}
	l.wake()
}

// tellInFront tells what is missing before the first line of a viewer that asked
// for more lines than there are, where its encoding has a word for that. It got
// what there is, so none is closed for it.
func (l *loop) tellInFront(s *subscription, r *result) {
	out := chunk{buf: s.viewer.extra().out}
	if s.beside(r.leg).gap(&out, r.log, *r.inFront) {
		l.server.counters.gaps.Add(1)
	}
	s.viewer.more.out = out.buf
	l.tally.frames += out.frames
}

// fetch has a reader read on for a leg of a replay.
func (l *loop) fetch(s *subscription, i int) {
	g := &s.legs[i]
	j := l.jobOf(s, i)
	if !g.found {
		begin := g.begin
		j.begin = &begin
	}
	if g.seeking = len(s.legs) > 1; !g.seeking {
		s.reading = true
	}
	l.server.readers.add(j)
}

// jobOf returns a job for a leg of a replay.
func (l *loop) jobOf(s *subscription, i int) job {
	g := &s.legs[i]
	j := job{
		loop: l, token: s.viewer.token(), sub: s, leg: i,
		log: s.logs()[i], enc: s.beside(i), place: g.place, max: max(s.ahead, replayChunk),
	}
	if s.filtered() {
		l.equip(&j, s, g)
	}
	return j
}

// replayed takes what a reader read.
func (l *loop) replayed(r *result) {
	v := l.viewers.find(r.token)
	if v == nil || v.state != open || v.more == nil || !slices.Contains(v.more.subs, r.sub) || r.sub.legs == nil {
		return
	}
	s := r.sub
	switch {
	case r.merger != nil:
		l.merged(r)
		return
	case r.probe:
		l.back(r)
		return
	}
	if g := &s.legs[r.leg]; g.seeking {
		g.seeking = false
	} else {
		s.reading = false
	}
	if r.refusal != nil {
		l.unsubscribe(v, s)
		l.answer(v, s.id, 400, r.refusal.Error())
		return
	}
	g := &s.legs[r.leg]
	if s.filtered() && !l.sifted(r, g) {
		return
	}
	g.found, g.place, g.strict = true, r.place, g.strict && !r.atEnd
	v.moved(&s.sub)
	if r.inFront != nil {
		l.tellInFront(s, r)
	}
	switch {
	case r.gap != nil:
		l.missing(s, r.leg, *r.gap, r.left)
		return
	case r.atEnd && !g.enterBehindFiles(r.log) && r.log.view().end == r.end:
		l.missing(s, r.leg, line.Gap{Bytes: line.UnknownBytes, Reason: "these lines are no longer in the file or in memory"}, nil)
		return
	}
	if len(v.more.out) == 0 {
		v.more.out = r.out
	} else {
		v.more.out = append(v.more.out, r.out...)
	}
	l.tally.frames += r.frames
	s.ahead = replayChunk
	if l.flush(v) { // it takes what comes: more at once costs less
		s.ahead = min(2*r.max, l.server.config.MaxUnsent)
	}
	l.wake()
}

// enterBehindFiles reports whether a replay that has read the files to their
// end can go on in memory. Where the log knows nothing of the generation that
// was read last, it follows on that.
func (g *leg) enterBehindFiles(log *Log) bool {
	if _, _, _, ok := log.enter(g.place); ok {
		return true
	}
	if log.knows(g.place) {
		return false
	}
	v, off, _, ok := log.enter(nil)
	if !ok {
		return false
	}
	g.inMemory, g.given, g.off = true, nil, off
	place := v.place(off)
	// What was read may be given to the log just now, after it was asked for it, or
	// be the first that it is given.
	g.mixed = len(place) == 0 && len(g.place) > 0 ||
		slices.ContainsFunc(place, func(p line.Position) bool { return indexOf(g.place, p.Gen) >= 0 })
	if len(place) > 0 && !g.mixed {
		g.place = place // else nothing was followed yet, and what it read last tells
	}
	return true
}
