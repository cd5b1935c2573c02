package local

import (
	"slices"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// retire closes generations that have nothing to come: those that lost their
// name and were quiet for a while, and copies that were read to their end.
func (s *Stream) retire(w *bench) {
	for i, g := range s.view {
		linger := s.f.cfg.Linger
		if i < len(s.view)-manyOpen {
			linger = min(linger, shortLinger)
		}
		if !s.over(g, linger) {
			continue
		}
		// The sink may have kept us since g was read: only what is quiet now
		// is over.
		if n, end, _ := s.advance(w, g, nil, 1<<62); n > 0 || end != atEnd {
			continue
		}
		if s.drop(g) {
			s.finish(&w.main, g)
		}
	}
}

// Of more than manyOpen generations the oldest are closed when they were quiet
// for no longer than shortLinger: rotation is so fast that there would soon be no
// place for what is new, which is lost whole where a few files are kept.
const (
	manyOpen    = maxOpen / 2
	shortLinger = 250 * time.Millisecond
)

// over reports whether g seems to have nothing to come.
func (s *Stream) over(g *generation, linger time.Duration) bool {
	s.mu.Lock()
	retired := g.retired
	s.mu.Unlock()
	if retired.IsZero() {
		return false
	}
	return g.whole || time.Since(retired) > linger && time.Since(g.grew) > linger
}

// drop takes g off the list, unless it has got its name back.
func (s *Stream) drop(g *generation) bool {
	s.mu.Lock()
	i := slices.Index(s.gens, g)
	dropped := i >= 0 && !g.retired.IsZero()
	if dropped {
		s.gens = slices.Delete(s.gens, i, i+1)
	}
	var forgotten disk.ID
	if dropped && g.ident != 0 {
		forgotten = s.rememberLocked(g) // it is known at every moment
	}
	held := s.holdsLocked(forgotten)
	room := dropped && s.crowds
	s.mu.Unlock()
	if !held {
		s.f.release(s, forgotten)
	}
	if room {
		s.structural.Store(true)
		s.f.openers.wake(&s.look)
	}
	return dropped
}

// dismiss takes off the list what is no generation but a copy of one. What was
// lost before it was lost before the next. The copy of a file that is still read is
// looked for again when that was cut: it may hold more than was read.
func (s *Stream) dismiss(g *generation) {
	g.file.Close()
	if !g.ofOpen {
		s.meet(disk.Info{ID: g.id, Size: g.length, Modified: g.modified})
	}
	s.mu.Lock()
	if g.ofOpen {
		delete(s.met, g.id)
		s.given = append(s.given, g.id)
	}
	if i := slices.Index(s.gens, g); i >= 0 {
		s.gens = slices.Delete(s.gens, i, i+1)
		if i < len(s.gens) && s.gens[i].missing == lossless {
			s.gens[i].missing = g.missing
		}
	}
	held := s.holdsLocked(g.id)
	s.mu.Unlock()
	if !held {
		s.f.release(s, g.id)
	}
}

// finish gives out the last line of a generation, closes and remembers it.
func (s *Stream) finish(b *buffer, g *generation) {
	s.complete(b, g)
	g.file.Close()
}

// complete gives out the last line of a generation, and tells that nothing more
// comes of it.
func (s *Stream) complete(b *buffer, g *generation) {
	s.giveRest(b, g)
	if g.missing != lossless {
		s.announce(g)
	}
	if g.ident != 0 {
		s.target.Sink.Notice(line.Notice{
			Event: line.Drained, Condition: s.shown.Condition, Reason: s.shown.Reason, Pos: g.position(),
		})
	}
	s.remember(g)
}

// remember keeps what is needed to know a closed generation again.
func (s *Stream) remember(g *generation) {
	s.mu.Lock()
	forgotten := s.rememberLocked(g)
	held := s.holdsLocked(forgotten)
	s.mu.Unlock()
	if !held {
		s.f.release(s, forgotten)
	}
}

// rememberLocked returns the file that had to be forgotten instead.
func (s *Stream) rememberLocked(g *generation) (forgotten disk.ID) {
	if g.ident != 0 {
		for i := range s.past {
			if s.past[i].ident == g.ident && s.past[i].id == g.id {
				s.past[i] = g.past()
				return disk.ID{}
			}
		}
	}
	if n := len(s.past); n >= mostPast || n >= maxPast && time.Since(s.past[0].closed) > 2*telling {
		forgotten = s.past[0].id
		s.past = slices.Delete(s.past, 0, 1)
	}
	s.past = append(s.past, g.past())
	return forgotten
}

// announce tells, before the first line of a generation, what was lost before
// it and how it came to be.
func (s *Stream) announce(g *generation) {
	if g.announced {
		return
	}
	g.announced = true
	s.identify(g, nil)
	s.tellBefore(g)
	if g.missing != lossless {
		s.target.Sink.Gap(line.Gap{From: s.end, To: g.position(), Bytes: g.missing.bytes, Reason: g.missing.reason})
	}
	n := line.Notice{Event: line.Rotated, Condition: line.Live, Pos: g.position()}
	switch g.birth {
	case found:
		return // told when it was read
	case truncated:
		n.Event = line.Truncated
		if g.copied {
			n.Reason = "what was written between the end of its copy and the truncation is gone, if anything was"
		}
	}
	s.notice(n)
	s.shown.Reason = "" // it is not a matter of the condition
}

// tellBefore tells what the first generation follows on while that has no line:
// when it has been copied and cut it is known by nothing else.
func (s *Stream) tellBefore(g *generation) {
	if s.target.Before == nil || s.begun || s.isHuge() {
		return
	}
	if s.begun = true; g.ident.Begun() {
		return
	}
	if end := s.target.Before(g.id); !end.IsZero() {
		s.target.Sink.Notice(line.Notice{Event: line.Drained, Condition: line.Live, Pos: end})
	}
}

// notice gives a notice to the sink.
func (s *Stream) notice(n line.Notice) {
	s.shown = n
	s.told = true
	s.partial.shown = 0
	s.target.Sink.Notice(n)
}

// tell gives a notice when the condition is another than was told.
func (s *Stream) tell() {
	s.mu.Lock()
	named, g, lost := s.named, s.newestLocked(), s.lost
	s.lost = lossless
	s.mu.Unlock()
	if named.since == 0 {
		return // nothing is known yet
	}
	if s.trouble != "" {
		named = status{condition: line.Failed, reason: s.trouble}
	}
	n := line.Notice{Condition: named.condition, Reason: named.reason}
	if g != nil {
		if named.condition == line.Live {
			s.announce(g)
		}
		s.identify(g, nil)
		n.Pos = g.position()
	} else {
		n.Pos = s.end
	}
	if lost != lossless {
		s.partial.shown = 0
		s.target.Sink.Gap(line.Gap{From: s.end, To: n.Pos, Bytes: lost.bytes, Reason: lost.reason})
	}
	if s.told && n.Condition == s.shown.Condition && n.Reason == s.shown.Reason {
		return
	}
	if s.fleeting(named) {
		return
	}
	s.notice(n)
}

// fleeting reports whether a condition may be over before anyone needs to know:
// between the two steps of a rotation a name leads to nothing.
func (s *Stream) fleeting(named status) bool {
	return s.told && s.shown.Condition == line.Live && named.condition == line.Waiting &&
		named.since.age() < s.f.cfg.Grace
}

const (
	// minPause and maxPause bound how often old generations are read on.
	minPause = tick
	maxPause = 250 * time.Millisecond
)

// schedule has the stream woken again while there is something to wait for:
// late lines of old generations, which are looked for less often the longer
// they are quiet, the end of a fleeting condition, or after partial an
// unfinished line to show.
func (s *Stream) schedule(partial time.Duration) {
	s.mu.Lock()
	named := s.named
	pause := partial
	for _, g := range s.gens {
		if !g.retired.IsZero() {
			p := min(max(time.Since(g.grew)/8, minPause), maxPause)
			if pause == 0 || p < pause {
				pause = p
			}
		}
	}
	s.mu.Unlock()
	if s.fleeting(named) && (pause == 0 || s.f.cfg.Grace < pause) {
		pause = s.f.cfg.Grace
	}
	if s.trouble != "" && (pause == 0 || s.f.cfg.Poll < pause) {
		pause = s.f.cfg.Poll
	}
	if s.trouble == "" && s.hungry != 0 {
		pause = tick
	}
	if pause > 0 {
		s.f.clock.at(s, pause)
	} else {
		s.f.clock.cool(s)
	}
}
