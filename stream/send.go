package stream

import (
	"math"
	"slices"

	"tailbeam/stream/netpoll"
	"tailbeam/stream/wire"

	"github.com/gobwas/ws"
)

// progress is how far a send came.
type progress uint8

const (
	done    progress = iota // everything was taken
	more                    // the turn is over, there is more to send
	waiting                 // what comes next is still being compressed
	stopped                 // the socket takes no more, or the viewer is gone
)

// send writes to a viewer what its ring has for it, as much as one turn
// allows. Whatever lies in the viewer's out goes first and is not the matter
// here: the viewer is not blocked.
func (l *loop) send(s *sub, v *view) progress {
	budget := maxTurn
	limit := uint64(math.MaxUint64)
	for {
		if s.packs && v.packed != nil {
			var moved bool
			if limit, moved = l.changeOver(s, v); moved {
				return done
			}
			if limit == s.off && s.off < v.end {
				return waiting // until the key point there is set
			}
		}
		if s.off >= v.end {
			break
		}
		if budget <= 0 {
			return more
		}
		if s.off < v.start {
			return l.lags(s)
		}
		to, gap := v.next(s.off)
		if gap != nil {
			if s.viewer.flags&ignoreGaps == 0 {
				s.off++
				l.close(s.viewer, wire.CloseGap, "")
				return stopped
			}
			s.off++
			continue
		}
		to = min(to, limit)
		if s.viewer.polls() {
			return l.gather(s, v)
		}
		l.bufs = v.gather(l.bufs[:0], s.off, to, budget)
		total := 0
		for _, b := range l.bufs {
			total += len(b)
		}
		n, err := s.viewer.sock.Write(l.bufs)
		if err != nil && err != netpoll.ErrAgain {
			l.drop(s.viewer, endedGone)
			return stopped
		}
		l.tally.writes++
		l.tally.bytes += uint64(max(n, 0))
		if n < total {
			l.cut(s, v, n)
			return stopped
		}
		l.tally.frames += v.frames(s.off, s.off+uint64(total))
		s.off += uint64(total)
		s.viewer.moved(s)
		budget -= total
	}
	if v.ended && s.viewer.flags&batched == 0 {
		l.close(s.viewer, wire.CloseEnd, "")
		return stopped
	}
	return done
}

// cut keeps the rest of the frame that a short write of l.bufs ended in and
// waits for room.
func (l *loop) cut(s *sub, v *view, n int) {
	from := s.off
	for _, b := range l.bufs {
		if n < len(b) {
			end := int(v.boundary(s.off+uint64(n), s.off+uint64(len(b))) - s.off)
			l.tally.frames += v.frames(from, s.off+uint64(end))
			s.off += uint64(end)
			if end > n {
				m := s.viewer.extra()
				m.out = append(m.out, b[n:end]...)
			}
			break
		}
		n -= len(b)
		s.off += uint64(len(b))
	}
	if s == &s.viewer.sub {
		s.viewer.stand(s, []wire.Place{v.place(s.off)})
	} else {
		s.viewer.moved(s)
	}
	l.block(s.viewer)
}

// block marks a viewer whose socket takes nothing now. Where it goes on is
// remembered, for the log may have dropped that line by the time it can be
// told.
func (l *loop) block(v *viewer) {
	if v.flags&blocked != 0 {
		return
	}
	m := v.extra()
	if v.sub.tap != nil {
		v.stand(&v.sub, v.places(&v.sub))
	}
	for _, s := range m.subs {
		v.stand(&s.sub, v.places(&s.sub))
	}
	if v.state == open {
		m.since = l.second
		m.sent = v.sock.Progress()
	}
	v.flags |= blocked
	l.watched[v] = struct{}{}
	l.poll.WantWrite(v.sock, v.token())
}

// unblock sends on to a viewer whose socket has room again.
func (l *loop) unblock(v *viewer) {
	v.flags &^= blocked
	l.poll.WantRead(v.sock, v.token())
	if v.state == open {
		delete(l.watched, v)
	}
	l.push(v)
	l.leaveIfServed(v)
	if v.state == open && v.flags&blocked == 0 && v.more != nil {
		v.more.stood = slices.DeleteFunc(v.more.stood, func(other standing) bool { return other.sub.paused == 0 })
		v.tidy()
	}
}

// push sends a viewer everything that waits for it: first what lies in out,
// then what its rings have.
func (l *loop) push(v *viewer) {
	if !l.flush(v) || v.state != open {
		return
	}
	if v.flags&batched == 0 && v.sub.tap != nil {
		l.pushSub(&v.sub)
		return
	}
	if v.more == nil {
		return
	}
	for _, s := range v.more.subs {
		if s.tap == nil {
			continue
		}
		// One that was demoted leaves the others their turn: where they stand is
		// forgotten when the viewer is not blocked any more.
		if !l.pushSub(&s.sub) && (v.state != open || v.flags&blocked != 0) {
			return
		}
	}
}

// pushSub sends from one ring and reports whether the viewer can take more.
func (l *loop) pushSub(s *sub) bool {
	if s.paused != 0 {
		return true
	}
	t := s.tap
	offered := t.offered.Load()
	if s.off < offered { // nothing is dropped that it lacks while it is served
		t.offered.Store(s.off)
	}
	v := t.ring.view()
	came := l.send(s, &v)
	switch came {
	case more:
		t.lags(s.off)
		return true
	case waiting: // it is woken when that is there
		t.offered.Store(min(s.off, t.offered.Load()))
		return true
	}
	if t.offered.Load() < offered {
		t.offered.Store(offered)
		t.ring.offered()
	}
	return came == done
}

// flush sends what lies in out. It reports whether nothing is left and the
// viewer is still there.
func (l *loop) flush(v *viewer) bool {
	if v.flags&blocked != 0 {
		return false
	}
	m := v.more
	if m == nil || len(m.out) == 0 || m.poll != nil {
		return true
	}
	n, err := v.sock.Write(append(l.bufs[:0], m.out))
	l.tally.bytes += uint64(max(n, 0))
	if err != nil && err != netpoll.ErrAgain {
		l.drop(v, endedGone)
		return false
	}
	if n < len(m.out) {
		m.out = append(m.out[:0], m.out[n:]...)
		l.block(v)
		return false
	}
	m.out = nil
	if v.state != closing {
		return true
	}
	if m.keeps && !l.leaving {
		l.reuse(v)
		return false
	}
	return l.halfClose(v)
}

// halfClose says that nothing more will come to a viewer that has everything.
// It reports whether the viewer is still there.
func (l *loop) halfClose(v *viewer) bool {
	v.sock.CloseWrite()
	v.state, v.more.since = drained, l.second
	if v.flags&goodbye != 0 {
		l.drop(v, endedGone)
		return false
	}
	return true
}

// close queues a Close frame and sends nothing else any more. The reason is the
// cursor to go on from where there is one; else it is why.
func (l *loop) close(v *viewer, code ws.StatusCode, why string) {
	if v.state != open {
		return
	}
	m := v.extra()
	l.server.counters.ended[endingOf(v, code)].Add(1)
	cursor, reason := l.cursor(v), why
	if cursor != "" {
		reason = wire.Resume(cursor)
	}
	l.unsubscribeAll(v)
	if v.wrap() == webSocket {
		m.out = wire.AppendClose(m.out, code, reason)
	} else {
		l.conclude(v, code, cursor)
	}
	v.state, m.since = closing, l.second
	l.watched[v] = struct{}{}
	if len(m.out) == 0 {
		l.halfClose(v)
		return
	}
	l.flush(v)
}

// cursor returns where a plain viewer goes on, or "" where there is none.
func (l *loop) cursor(v *viewer) string {
	sub := v.plainSub()
	if v.flags&batched != 0 || sub == &v.sub && v.log == nil { // it follows nothing
		return ""
	}
	if s := v.subscriptionOf(sub); s != nil && s.seeks() {
		return ""
	}
	return wire.Cursors(seals(v.logs(sub)), v.places(sub))
}
