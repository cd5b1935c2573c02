package stream

import (
	"slices"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// subscription is a viewer's wish for one log or several through a feed. It
// begins in replay: what the feed does not hold any more, or never held, is
// encoded for this viewer alone, until the subscription stands exactly where
// the feed does and joins it.
type subscription struct {
	sub
	id   int
	feed *feed

	// During a replay, for each log: the offset in it, and the position there.
	offs []uint64
	at   []line.Position
}

// replayChunk is about how many bytes of text one turn of a replay encodes.
const replayChunk = 64 << 10

// chunk takes frames for one viewer.
type chunk struct{ buf []byte }

func (c *chunk) frame(n int) []byte {
	at := len(c.buf)
	c.buf = slices.Grow(c.buf, n)[:at+n]
	return c.buf[at : at : at+n]
}

func (c *chunk) note(int, line.Position, int64) {}

// subscribe begins a subscription for v. Where is how each log's beginning is
// found.
func (l *loop) subscribe(v *viewer, s *subscription, where []start) {
	s.viewer, s.sub.at = v, -1
	m := v.extra()
	m.subs = append(m.subs, s)
	s.offs = make([]uint64, len(where))
	s.at = make([]line.Position, len(where))
	var gaps chunk
	for i, log := range s.feed.logs {
		log.viewers.Add(1)
		s.offs[i], s.at[i] = where[i].off, where[i].view.position(where[i].off)
		if where[i].gap != nil {
			s.feed.enc.gap(&gaps, log, *where[i].gap)
		}
	}
	m.out = append(m.out, gaps.buf...)
	l.replays = append(l.replays, s)
	l.wake()
}

// unsubscribe ends a subscription.
func (l *loop) unsubscribe(v *viewer, s *subscription) {
	l.untap(&s.sub)
	for _, log := range s.feed.logs {
		log.viewers.Add(-1)
	}
	l.server.hub.release(s.feed)
	v.more.subs = slices.DeleteFunc(v.more.subs, func(other *subscription) bool { return other == s })
	l.replays = slices.DeleteFunc(l.replays, func(other *subscription) bool { return other == s })
}

// unsubscribeAll takes a viewer off everything.
func (l *loop) unsubscribeAll(v *viewer) {
	if s := &v.sub; s.tap != nil {
		v.log.viewers.Add(-1)
		l.untap(s)
	}
	if v.more != nil {
		for len(v.more.subs) > 0 {
			l.unsubscribe(v, v.more.subs[0])
		}
	}
}

// replay gives every subscription in replay a turn.
func (l *loop) replay() {
	again := false
	for _, s := range slices.Clone(l.replays) {
		if s.viewer.state != open || s.viewer.flags&blocked != 0 || s.paused != 0 || !l.flush(s.viewer) {
			continue
		}
		switch l.replayTurn(s) {
		case done:
			l.replays = slices.DeleteFunc(l.replays, func(other *subscription) bool { return other == s })
			l.join(s)
		case more:
			again = true
		}
	}
	if again {
		l.wake()
	}
}

// replayTurn sends one chunk. It is done when the subscription has all that
// the feed had when the turn began.
func (l *loop) replayTurn(s *subscription) progress {
	v := s.viewer
	out := chunk{buf: v.extra().out}
	taken := s.feed.takenNow()
	progress := done
	for i, log := range s.feed.logs {
		whole := log.view()
		view := whole
		view.end = taken[i]
		if s.offs[i] >= view.end {
			continue
		}
		if s.offs[i] < view.start {
			l.fellBehind(&s.sub)
			return stopped
		}
		var g *line.Gap
		s.offs[i], g = encode(&out, s.feed.enc, log, &view, s.offs[i], replayChunk, time.Time{})
		s.at[i] = whole.position(s.offs[i])
		v.moved()
		if g != nil && v.flags&ignoreGaps == 0 {
			v.more.out = out.buf
			l.close(v, wire.CloseGap, "")
			return stopped
		}
		if s.offs[i] < view.end {
			progress = more
		}
		if len(out.buf) >= replayChunk {
			progress = more
			break
		}
	}
	v.more.out = out.buf
	if !l.flush(v) {
		return stopped
	}
	return progress
}

// join lets a subscription that has everything follow its feed, if that has
// not gone on meanwhile.
func (l *loop) join(s *subscription) {
	t := l.tapOf(&s.feed.ring)
	f := s.feed
	f.mu.Lock()
	same := slices.Equal(f.taken, s.offs)
	off, ends := f.end, slices.Clone(f.ends)
	f.mu.Unlock()
	if !same {
		l.replays = append(l.replays, s)
		l.wake()
		return
	}
	s.offs, s.at = nil, nil
	t.add(&s.sub, off)
	var told chunk
	for i, log := range f.logs {
		n, _ := log.condition()
		n.Event, n.Pos = line.Changed, ends[i]
		f.enc.notice(&told, log, n)
	}
	v := s.viewer
	v.more.out = append(v.more.out, told.buf...)
	l.push(v)
	l.leaveIfServed(v)
}

// takenNow returns how far the feed has come in each log.
func (f *feed) takenNow() []uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.taken)
}

// positions returns where the subscription goes on in each log.
func (s *subscription) positions() []line.Position {
	if s.tap != nil {
		return s.feed.positions(s.off)
	}
	return s.at
}

// start is where a viewer begins in a log, and what it will never get.
type start struct {
	view view // in which off was found; it holds the lines from there on
	off  uint64
	gap  *line.Gap
}

func (s start) gapped() bool { return s.gap != nil }

// backlog begins with the n newest lines.
func backlog(log *Log, n int) start {
	s := start{view: log.view()}
	s.off = s.view.back(n)
	return s
}

// resume begins at a position. What lies between there and the oldest line
// that is held is a gap.
func resume(log *Log, p line.Position) start {
	s := start{view: log.view()}
	s.off = s.view.start
	if p.IsZero() {
		return s
	}
	if off, ok := s.view.seek(p); ok {
		s.off = off
		return s
	}
	oldest := s.view.position(s.off)
	s.gap = &line.Gap{From: p, To: oldest, Bytes: line.UnknownBytes, Reason: "the cursor is of a file that is no longer known"}
	if oldest.Gen == p.Gen && oldest.Off > p.Off {
		s.gap.Bytes = oldest.Off - p.Off
		s.gap.Reason = "these lines are older than what is held in memory"
	}
	return s
}
