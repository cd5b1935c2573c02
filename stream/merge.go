package stream

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// A replay of several streams gives their lines in the order of their times.
//
// Each stream keeps its own order: of what comes next in each, the line of the
// earliest time is taken, and lines that say no time stay behind the one before
// them. A stream that says none at all comes first, as a whole.
//
// It is merged in stretches: what the streams hold when a stretch begins comes
// before all that is appended meanwhile. So a stream that grows faster than the
// viewer reads, or whose clock is wrong, keeps none of the others back for
// longer than that. A stream whose lines cannot be had within Config.MergeWait is
// left out until they can; the others do not wait for it.
//
// A reader does one piece after the other (merger.go). What it has read ahead is
// not kept; only the time of what comes next is, so that a stream is not read
// again before its turn.

// goal is how far a stretch goes in one log: an offset in memory, and a place in
// the files.
type goal struct {
	off   uint64
	place wire.Place
}

// reached reports whether a leg has come to a goal. In files it has where it
// reads what was appended since.
func (g *leg) reached(to goal) bool {
	if g.inMemory {
		return g.off >= to.off
	}
	end := to.place.Last()
	k := indexOf(g.place, end.Gen)
	return k >= 0 && g.place[k].Off > end.Off
}

// present reports whether a merge counts on a leg.
func (g *leg) present() bool { return g.found && !g.away }

// mergeTurn is replayTurn for several streams.
func (l *loop) mergeTurn(s *subscription, taken []uint64) progress {
	if !l.begun(s) {
		return stopped
	}
	over, absent := true, false
	views := make([]view, len(s.legs))
	for i, log := range s.logs() {
		g := &s.legs[i]
		if !g.present() {
			absent = true
			continue
		}
		if !g.inMemory && l.groundOf(s, i) == missing {
			return stopped
		}
		views[i] = log.view()
		if g.inMemory && g.off < views[i].start {
			g.inMemory = false
			return more
		}
		over = over && g.inMemory && g.off >= taken[i]
	}
	v := s.viewer
	switch {
	case over && absent:
		if v.polls() && len(v.more.out) > 0 {
			l.close(v, answered, "")
		}
		return stopped
	case over:
		return done
	}
	s.aim(taken)
	s.reading = true
	l.server.readers.add(job{
		loop: l, token: v.token(), sub: s, log: s.logs()[0],
		merger: l.newMerger(s, views, max(s.ahead, replayChunk)),
	})
	return stopped
}

// begun reports whether the beginnings of all legs are found, or were looked for
// long enough.
func (l *loop) begun(s *subscription) bool {
	found := true
	for i := range s.legs {
		g := &s.legs[i]
		if !g.found && !g.seeking {
			if ground := l.groundOf(s, i); ground == missing {
				return false
			} else if ground == unknown {
				l.fetch(s, i)
			}
		}
		found = found && g.found
	}
	if found {
		s.merging = true
	}
	wait := l.server.config.MergeWait
	if !s.merging && s.sought.IsZero() {
		s.sought = time.Now()
		time.AfterFunc(wait, l.wake)
	}
	s.merging = s.merging || time.Since(s.sought) >= wait
	return s.merging
}

// seeks reports whether nothing was sent because it is not known yet where a leg
// begins.
func (s *subscription) seeks() bool {
	return !s.merging && slices.ContainsFunc(s.legs, func(g leg) bool {
		return !g.found && (g.begin.kind == before || g.begin.kind == atTime)
	})
}

// aim sets the goals of a stretch when the one before is done.
func (s *subscription) aim(taken []uint64) {
	for i := range s.goals {
		if g := &s.legs[i]; g.present() && !g.reached(s.goals[i]) {
			return
		}
	}
	s.goals = make([]goal, len(s.legs))
	for i, log := range s.logs() {
		view := log.view()
		s.goals[i] = goal{taken[i], view.stop.place()}
	}
}

// merged takes what a reader merged.
func (l *loop) merged(r *result) {
	s, m := r.sub, r.merger
	v := s.viewer
	s.reading = false
	for i := range s.legs {
		if st := &m.strands[i]; st.present() {
			s.legs[i] = st.leg
		}
	}
	v.moved(&s.sub)
	v.extra().out = append(v.more.out, m.out.buf...)
	l.tally.frames += m.out.frames
	if m.event != nil && !l.heed(s, m) {
		return
	}
	r.leg, r.out, r.log = m.last, m.out.buf, s.logs()[m.last]
	r.place = s.legs[m.last].place
	if s.filtered() {
		l.tellAdvance(s, r)
	}
	s.ahead = replayChunk
	if l.flush(v) {
		s.ahead = min(2*m.max, l.server.config.MaxUnsent)
	}
	l.wake()
}

// heed does what an event in one leg asks for, and reports whether the viewer
// is still served.
func (l *loop) heed(s *subscription, m *merger) bool {
	e, i := m.event, m.last
	v, g, log := s.viewer, &s.legs[i], s.logs()[i]
	var gone *line.GoneError
	switch {
	case e.gap != nil:
		return l.passes(v, g, e.gap)
	case e.err == io.EOF:
		g.strict = false
		if !g.enterBehindFiles(log) && log.view().end == m.views[i].end {
			l.missing(s, i, line.Gap{Bytes: line.UnknownBytes, Reason: "these lines are no longer in the file or in memory"}, nil)
		}
	case errors.As(e.err, &gone):
		l.missing(s, i, gone.Gap, e.left)
	case e.away:
		g.away = true
		j := l.jobOf(s, i)
		j.probe = true
		l.server.readers.add(j)
	default:
		l.missing(s, i, line.Gap{Bytes: line.UnknownBytes, Reason: "the file cannot be read: " + e.err.Error()}, nil)
	}
	return v.state == open
}

// back takes it that lines of a leg can be had again.
func (l *loop) back(r *result) {
	r.sub.legs[r.leg].away = false
	l.wake()
}

// look tries whether lines can be had at the place of the job.
func (j *job) look(ctx context.Context, buf []byte) (err error) {
	h := j.log.origin.History
	if p := j.place.Last(); p.IsZero() {
		_, err = h.Start(ctx)
	} else {
		_, err = h.Forward(ctx, p, buf)
	}
	return err
}

// standing returns where a viewer is that gets on from a leg what it lacks.
func (g *leg) standing() wire.Place {
	switch {
	case g.found:
		return g.place
	case g.begin.kind == before || g.begin.kind == atTime:
		return g.begin.endPlace
	}
	return g.begin.place
}
