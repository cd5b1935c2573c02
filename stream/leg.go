package stream

import (
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
	off      uint64
	quiet    uint64
	over     bool // an unterminated line behind it was looked for
	// Of a filtered feed, made when they are needed.
	sifter *sifter
	search *search
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
		whole.delivered = g.place
	}
	return whole
}

// merged returns the place of a viewer that has what both places say.
func merged(has, now wire.Place) wire.Place {
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
	return place[max(len(place)-wire.MaxPlace, 0):]
}

// locate finds where a leg goes on, in memory if it can. It reports false where
// that has to wait.
func (l *loop) locate(s *subscription, i int) bool {
	g, log := &s.legs[i], s.logs()[i]
	if !g.found {
		if view, off, ok := g.begin.inMemory(log); ok {
			g.found, g.inMemory, g.off, g.place = true, true, off, view.place(off)
			return true
		}
		if g.begin.kind == before || g.begin.kind == atTime {
			l.fetch(s, i)
			return false
		}
		g.found, g.strict, g.place = true, g.begin.kind == atPlace, g.begin.place
	}
	g.strict = g.strict && !log.vouches(g.place)
	if g.strict {
		l.fetch(s, i)
		return false
	}
	view, off, clean, ok := log.enter(g.place)
	if ok {
		g.inMemory, g.mixed, g.off = true, !clean, max(off, view.start)
		return true
	}
	if log.origin.History == nil {
		return l.missing(s, i, line.Gap{Bytes: line.UnknownBytes, Reason: "these lines are older than what is held in memory"}, nil)
	}
	l.fetch(s, i)
	return false
}

// missing tells a viewer that lines are gone and lets it go on behind them: at
// the place that is left, or else at the end of the gap. It reports false where
// the viewer was closed instead.
func (l *loop) missing(s *subscription, i int, gap line.Gap, left wire.Place) bool {
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
		return false
	}
	l.wake()
	return false
}
