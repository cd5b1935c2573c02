package stream

import (
	"slices"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// subscription is a viewer's wish for one log or several. It begins in replay:
// what its feed does not hold, or not any more, is read from memory or from
// the files and encoded for this viewer alone, until the subscription stands
// exactly where the feed does and joins it. A viewer that falls behind what
// memory holds is in replay again, at its own pace.
type subscription struct {
	sub
	id   int
	feed *feed
	log  *Log  // instead of a feed: of a plain viewer of one stream
	home *tap  // of the ring to join, during a replay
	legs []leg // one for each log, during a replay

	// until is how far in each log a subscription goes that ends there, or nil.
	until []uint64
	since time.Time // of the first line that is wanted, or zero

	reading bool      // a reader is at work for it
	told    time.Time // when the viewer of a filtered feed last heard anything
	ahead   int       // how many bytes to read from the files at once

	// Of several legs, see merge.go.
	merging bool      // their beginnings are found, or not waited for
	sought  time.Time // when those were looked for first
	goals   []goal    // of the stretch that is merged
}

// replayChunk is about how many bytes of text one turn of a replay encodes.
const replayChunk = 64 << 10

// chunk takes frames for one viewer.
type chunk struct {
	buf    []byte
	frames uint64
}

func (c *chunk) frame(n int) []byte {
	c.frames++
	at := len(c.buf)
	c.buf = slices.Grow(c.buf, n)[:at+n]
	return c.buf[at : at : at+n]
}

func (c *chunk) note(int, line.Position, wire.Place, int64) {}

// logs returns what the subscription follows.
func (s *subscription) logs() []*Log {
	if s.feed == nil {
		return []*Log{s.log}
	}
	return s.feed.logs
}

// filtered reports whether a filter chooses the lines. Then only readers and
// makers go over them.
func (s *subscription) filtered() bool { return s.feed != nil && s.feed.sieve != nil }

// encoder returns how a replay encodes.
func (s *subscription) encoder() encoder {
	if s.feed == nil {
		return single{}
	}
	return s.feed.enc
}

// beside returns how lines of one log are encoded while the legs of the others
// stand where they do.
func (s *subscription) beside(i int) encoder {
	if s.feed == nil || len(s.feed.logs) == 1 {
		return s.encoder()
	}
	return beside(s.feed.enc, s.feed.logs, s.places(), i)
}

// ring returns what the subscription joins.
func (s *subscription) ring() *ring {
	if s.feed == nil {
		return &s.log.ring
	}
	return &s.feed.ring
}

// taken returns how far the ring has come in each log.
func (s *subscription) taken() []uint64 {
	if s.feed == nil {
		return []uint64{s.log.view().end}
	}
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return slices.Clone(s.feed.taken)
}

// places returns where the viewer stands in each log, as far as that is known.
func (s *subscription) places() []wire.Place {
	if s.legs == nil {
		if s.tap == nil {
			return nil
		}
		return s.tap.ring.places(s.off)
	}
	places := make([]wire.Place, len(s.legs))
	for i := range s.legs {
		places[i] = s.legs[i].standing()
	}
	return places
}

// subscribe begins a subscription for v.
func (l *loop) subscribe(v *viewer, s *subscription, begin []beginning) {
	s.viewer, s.at = v, -1
	m := v.extra()
	if v.flags&deflates != 0 && !slices.ContainsFunc(m.subs, func(other *subscription) bool { return other.packs }) {
		l.holdPacked(&s.sub, s.ring())
	}
	m.subs = append(m.subs, s)
	legs := make([]leg, len(begin))
	for i, log := range s.logs() {
		log.viewers.Add(1)
		legs[i] = leg{begin: begin[i]}
		if s.filtered() {
			legs[i].begin = begin[i].sought()
		}
		if begin[i].kind != atPlace && v.flags&batched == 0 {
			legs[i].quiet = log.view().end
		}
	}
	l.rewind(s, legs)
}

// rewind puts a subscription into replay.
func (l *loop) rewind(s *subscription, legs []leg) {
	s.legs, s.goals = legs, nil
	s.home = l.tapOf(s.ring())
	s.home.replays++
	l.replays = append(l.replays, s)
	l.wake()
}

// demote puts a viewer into replay that was overtaken.
func (l *loop) demote(s *sub) {
	v := s.viewer
	places := v.places(s)
	l.server.counters.demoted.Add(1)
	l.untap(s)
	legs := make([]leg, len(places))
	for i, place := range places {
		legs[i] = leg{found: true, place: place}
	}
	if s == &v.sub {
		again := &subscription{log: v.log, sub: sub{viewer: v, at: -1, paused: s.paused, lag: s.lag, packs: s.packs}}
		s.paused, s.packs = 0, false
		v.extra().subs = append(v.more.subs, again)
		l.rewind(again, legs)
		v.moved(s)
		v.stand(&again.sub, places)
		return
	}
	for _, again := range v.more.subs {
		if &again.sub == s {
			l.rewind(again, legs)
		}
	}
}

// unsubscribe ends a subscription.
func (l *loop) unsubscribe(v *viewer, s *subscription) {
	l.untap(&s.sub)
	l.leaveHome(s)
	l.releasePacked(&s.sub, s.ring())
	for _, log := range s.logs() {
		log.leave()
	}
	if s.feed != nil {
		l.server.hub.release(s.feed)
	}
	v.moved(&s.sub)
	v.more.subs = slices.DeleteFunc(v.more.subs, func(other *subscription) bool { return other == s })
}

// leaveHome takes a subscription out of replay.
func (l *loop) leaveHome(s *subscription) {
	if s.home == nil {
		return
	}
	l.replays = slices.DeleteFunc(l.replays, func(other *subscription) bool { return other == s })
	home := s.home
	s.home, s.legs, s.goals = nil, nil, nil
	home.replays--
	l.dropTap(home)
}

// unsubscribeAll takes a viewer off everything.
func (l *loop) unsubscribeAll(v *viewer) {
	if s := &v.sub; s.tap != nil {
		v.log.leave()
		l.untap(s)
		l.releasePacked(s, &v.log.ring)
	}
	if v.more != nil {
		for len(v.more.subs) > 0 {
			l.unsubscribe(v, v.more.subs[0])
		}
	}
}

// replay gives subscriptions in replay a turn each, until enough was sent; the
// next call begins with the one after.
func (l *loop) replay() {
	again, sent := false, l.tally.bytes
	for range len(l.replays) {
		if len(l.replays) == 0 {
			break // the last ones are live now
		}
		if l.tally.bytes-sent > maxBurst {
			again = true
			break
		}
		s := l.replays[0]
		copy(l.replays, l.replays[1:])
		l.replays[len(l.replays)-1] = s
		if s.viewer.polls() && len(s.viewer.more.out) >= replayChunk {
			l.close(s.viewer, answered, "")
		}
		if s.legs == nil || s.reading || s.viewer.state != open || s.viewer.flags&blocked != 0 || s.paused != 0 || !l.flush(s.viewer) {
			continue
		}
		switch l.replayTurn(s) {
		case more:
			again = true
		case done:
			switch v := s.viewer; {
			case s.until != nil:
				l.finish(s)
			case v.polls() && (len(v.more.out) > 0 || v.more.poll.until <= l.second):
				l.close(v, answered, "")
			default:
				again = !l.join(s) || again
			}
		}
	}
	if again {
		l.wake()
	}
}

// replayTurn sends one chunk. It is done when the subscription has all that
// its ring had when the turn began, and stopped when it waits for a reader, for
// the socket, or for new lines.
func (l *loop) replayTurn(s *subscription) progress {
	v := s.viewer
	taken := s.until
	if taken == nil {
		taken = s.taken()
	}
	if len(s.legs) > 1 {
		return l.mergeTurn(s, taken)
	}
	progress := done
	for i, log := range s.logs() {
		g := &s.legs[i]
		if !g.inMemory && !l.locate(s, i) {
			return stopped
		}
		view := log.view()
		if g.off < view.start {
			g.inMemory = false
			return more
		}
		if g.off < taken[i] && s.filtered() {
			l.fetchMemory(s, i, view, taken[i])
			return stopped
		}
		if len(v.extra().out) < replayChunk && g.off < taken[i] {
			if !l.replayMemory(s, i, view, taken[i]) {
				return stopped
			}
		}
		if g.off < taken[i] {
			progress = more
		}
	}
	if !l.flush(v) {
		return stopped
	}
	return progress
}

// replayMemory encodes one chunk of what a log holds, up to an offset. It
// reports false where the viewer was closed for a gap.
func (l *loop) replayMemory(s *subscription, i int, whole view, end uint64) bool {
	v, g, log := s.viewer, &s.legs[i], s.logs()[i]
	view, from := g.stretch(log, whole, end)
	out := chunk{buf: v.extra().out}
	off, gap := encode(&out, s.beside(i), log, &view, from, replayChunk, time.Time{})
	v.more.out = out.buf
	l.tally.frames += out.frames
	g.passed(log, &whole, &view, from, off)
	v.moved(&s.sub)
	return l.passes(v, g, gap)
}

// join lets a subscription that has everything follow its ring, and reports
// false if that has gone on meanwhile.
func (l *loop) join(s *subscription) bool {
	for i, log := range s.logs() {
		if g := &s.legs[i]; g.mixed {
			view, off, clean, ok := log.enter(g.place)
			if !ok && view.end == g.off && !log.knows(g.place) {
				return true // it was given nothing yet, and may be given what the viewer has
			}
			// Up to off lie lines that the viewer has; a feed may not have them yet.
			if g.mixed = !clean || off > g.off; !ok || g.mixed {
				g.inMemory = ok
				return ok // until there is something new
			}
		}
	}
	if s.feed == nil {
		l.joinLog(s)
		return true
	}
	f := s.feed
	f.mu.Lock()
	same := true
	for i := range s.legs {
		same = same && s.legs[i].off == f.taken[i]
	}
	off, ends, partials := f.end, slices.Clone(f.ends), slices.Clone(f.partials)
	f.mu.Unlock()
	if !same {
		return false
	}
	s.home.add(&s.sub, off)
	l.leaveHome(s)
	v := s.viewer
	if !v.polls() {
		told := s.conditions(ends, partials)
		v.more.out = append(v.more.out, told.buf...)
		l.tally.frames += told.frames
	}
	l.push(v)
	l.leaveIfServed(v)
	return true
}

// conditions tells how each log is, when a viewer is live, and of its last line
// if that has no end.
func (s *subscription) conditions(ends []wire.Place, partials []*partial) (told chunk) {
	for i, log := range s.feed.logs {
		n, _ := log.condition()
		n.Event = line.Changed
		enc := beside(s.feed.enc, s.feed.logs, ends, i)
		enc.notice(&told, log, n, ends[i])
		if p := partials[i]; p != nil {
			enc.partial(&told, log, p, ends[i])
		}
	}
	return told
}

// joinLog puts a plain viewer back into its log.
func (l *loop) joinLog(s *subscription) {
	v, off := s.viewer, s.legs[0].off
	v.log, v.sub.viewer, v.sub.lag, v.sub.packs = s.log, v, s.lag, s.packs
	s.packs = false
	s.log.viewers.Add(1)
	s.home.add(&v.sub, off)
	l.unsubscribe(v, s)
	l.pushSub(&v.sub)
	l.leaveIfServed(v)
	if v.state == open {
		v.tidy()
	}
}
