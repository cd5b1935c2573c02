package stream

import (
	"slices"
	"time"

	"tailbeam/stream/netpoll"
	"tailbeam/stream/wire"
)

// seconds returns a duration in ticks of a loop's clock, at least one.
func seconds(d time.Duration) uint32 {
	return uint32(max(d/time.Second, 1))
}

// tick is called once a second: it pings a share of the viewers and looks at
// those with a deadline.
func (l *loop) tick() {
	l.second = uint32(time.Since(l.clock) / time.Second)
	for v := range l.watched {
		l.watch(v)
	}
	l.measure()
	every := int(seconds(l.server.config.PingEvery))
	if l.leaving {
		l.each(l.leaveIfServed) // a maker may have had nothing more for them
	}
	share := int(l.second) % every
	for _, chunk := range l.viewers.chunks {
		for i := range chunk {
			if v := &chunk[i]; v.state == open && int(v.slot)%every == share {
				l.ping(v)
			}
		}
	}
}

// ping asks a viewer with nothing unsent for a sign of life. One that did not
// answer the last time is watched from now on.
func (l *loop) ping(v *viewer) {
	if v.wrap() != webSocket && l.silent(v) {
		l.drop(v, endedDead)
		return
	}
	if v.wrap() == webSocket && l.second-v.heard >= seconds(l.server.config.PingEvery) {
		l.watched[v] = struct{}{}
	}
	if v.flags&blocked != 0 || v.more != nil && len(v.more.out) > 0 {
		return
	}
	if v.wrap() != webSocket {
		l.idle(v)
		return
	}
	n, err := v.sock.Write(append(l.bufs[:0], wire.Ping))
	if err != nil && err != netpoll.ErrAgain {
		l.drop(v, endedGone)
	} else if n < len(wire.Ping) {
		v.extra().out = append(v.more.out, wire.Ping[n:]...)
		l.block(v)
	}
}

// silent reports whether nothing was heard of a viewer for too long: neither a
// frame nor, when asked, an acknowledgement of its system.
func (l *loop) silent(v *viewer) bool {
	after := l.server.config.DeadAfter
	return l.second-v.heard >= seconds(after) && gone(v.sock.Progress(), after)
}

// gone reports whether the peer's system does not answer, though it was asked
// again. Where that cannot be told, it does.
func gone(p netpoll.Progress, after time.Duration) bool {
	return time.Duration(p.AckAge)*time.Millisecond >= after && p.Unanswered > 0
}

// watch looks at a viewer with a deadline.
func (l *loop) watch(v *viewer) {
	c := &l.server.config
	var since uint32
	if v.more != nil {
		since = v.more.since
	}
	switch v.state {
	case shaking:
		if l.second-v.heard < seconds(c.HandshakeTimeout) {
			return
		}
		if v.more != nil && v.more.keeps {
			l.drop(v, endedGone) // it had its answer
			return
		}
		l.drop(v, endedHandshake)
	case drained:
		if v.sock.Progress().Unacked > 0 { // the last lines are still on their way
			l.stalled(v)
		} else if v.wrap() != webSocket || l.second-since >= seconds(c.CloseTimeout) {
			l.drop(v, endedGone) // who asked over HTTP has nothing more to say
		}
	case open, closing:
		if l.silent(v) {
			l.drop(v, endedDead)
			return
		}
		l.due(v)
		if v.state == shaking || v.state == free {
			return // and its connection is kept
		}
		l.overtaken(v)
		if v.flags&blocked != 0 {
			l.stalled(v)
		}
		if v.more == nil && l.second-v.heard < seconds(c.PingEvery) { // it answered
			delete(l.watched, v)
		}
	default:
		delete(l.watched, v)
	}
}

// overtaken lets a viewer go that is blocked or paused and whose next line is
// no longer held: its replay begins there when it wants it.
func (l *loop) overtaken(v *viewer) {
	if v.state != open {
		return
	}
	if s := &v.sub; s.overtaken() {
		l.lags(s)
	}
	if v.more == nil {
		return
	}
	for _, s := range slices.Clone(v.more.subs) {
		if v.state == open && s.overtaken() {
			l.lags(&s.sub)
		}
	}
}

// overtaken reports whether the next line of s is no longer held, and that is
// to be dealt with before the viewer takes lines again.
func (s *sub) overtaken() bool {
	return s.tap != nil && (s.lag != LagSkip || s.paused != 0) && s.off < s.tap.ring.oldest()
}

// stalled ends a viewer with unsent bytes that took nothing for too long.
func (l *loop) stalled(v *viewer) {
	c := &l.server.config
	m := v.more
	if p := v.sock.Progress(); p.Unacked != m.sent.Unacked {
		m.sent, m.since = p, l.second
	}
	waited := l.second - m.since
	if waited < seconds(c.StalledTimeout) {
		return
	}
	if v.state == open {
		l.close(v, wire.CloseStalled, "")
		m.since = l.second
	} else if waited >= seconds(c.CloseTimeout) {
		l.drop(v, endedGone)
	}
}

// drop ends a connection at once.
func (l *loop) drop(v *viewer, why ending) {
	switch v.state {
	case free:
		return
	case shaking, open: // a close was counted when it began
		l.server.counters.ended[why].Add(1)
	}
	if v.party != nil {
		l.unsubscribeAll(v)
		l.server.seats.leave(v.party)
	}
	delete(l.watched, v)
	v.sock.Close()
	l.viewers.give(v)
	l.server.freed()
}
