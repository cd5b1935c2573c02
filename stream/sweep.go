package stream

import (
	"time"

	"tailbeam/stream/netpoll"
)

// sweep sends what is new to everyone, unless it is better to let lines
// gather.
func (l *loop) sweep() {
	l.mu.Lock()
	pending := len(l.dirty) > 0
	l.mu.Unlock()
	if !pending || !l.pace.due() {
		return
	}
	l.mu.Lock()
	taps := l.dirty
	l.dirty = l.spare[:0]
	l.mu.Unlock()
	begin := time.Now()
	for i, t := range taps {
		l.sweepTap(t)
		taps[i] = nil
	}
	l.spare = taps
	took := time.Since(begin)
	l.pace.swept(begin, took)
	l.server.counters.swept(took)
}

// fetched is how many viewers are looked at together before the first of them is
// sent anything. Between two sends the system has used the processor's caches for
// its own, and what it then takes to bring back one viewer brings back all of
// these.
const fetched = 16

// sweepTap sends what is new in one ring, to those first who came first: they do
// not wait for a crowd that comes.
func (l *loop) sweepTap(t *tap) {
	t.dirty.Store(false)
	l.sweeping = t.ring.view()
	l.shared.to = l.shared.from
	low, again := l.sweeping.end, false
	for i, looked := 0, 0; i < len(t.subs); {
		if i == looked {
			looked = min(i+fetched, len(t.subs))
			l.lookAt(t.subs[i:looked])
		}
		s := t.subs[i]
		if s.paused != 0 || s.viewer.flags&blocked != 0 || s.off >= l.sweeping.end && !l.sweeping.ended {
			i++
			continue
		}
		if !l.sendShared(s) {
			switch l.send(s, &l.sweeping) {
			case more:
				low, again = min(low, s.off), true
			case waiting:
				low = min(low, s.off)
			case done:
				l.leaveIfServed(s.viewer)
			}
		}
		if s.tap != t || int(s.at) != i {
			continue // it left, and the last one has its place now
		}
		i++
	}
	t.offered.Store(low)
	t.ring.offered()
	if again {
		t.wake()
	}
	l.sweeping, l.shared.bufs = view{}, l.shared.bufs[:0]
}

// lookAt reads a little of viewers, for what it does to the caches alone.
func (l *loop) lookAt(subs []*sub) {
	sum := uint64(0)
	for _, s := range subs {
		sum += s.off + uint64(s.viewer.flags)
	}
	l.looked = sum
}

// stretch is all that a viewer at an offset lacks, where one write holds it. Most
// viewers of a ring stand at the same one, so it is made once for them.
type stretch struct {
	from, to uint64 // from is to where there is none
	frames   uint64
	bufs     [][]byte
}

// sendShared sends a viewer all that it lacks, in one write, and reports whether
// it did. It leaves everything that is out of the ordinary to send.
func (l *loop) sendShared(s *sub) bool {
	v := s.viewer
	if s.packs && l.sweeping.packed != nil || l.sweeping.ended || l.leaving {
		return false
	}
	if m := v.more; m != nil && (m.poll != nil || len(m.stood) > 0) {
		return false
	}
	w := &l.shared
	if w.from != s.off || w.to == w.from {
		if !l.stretchFrom(s.off) {
			return false
		}
	}
	n, err := v.sock.Write(w.bufs)
	if err != nil && err != netpoll.ErrAgain {
		l.drop(v, endedGone)
		return true
	}
	l.tally.writes++
	l.tally.bytes += uint64(max(n, 0))
	if uint64(n) != w.to-w.from {
		l.bufs = append(l.bufs[:0], w.bufs...)
		l.cut(s, &l.sweeping, n)
		return true
	}
	l.tally.frames += w.frames
	s.off = w.to
	return true
}

// stretchFrom makes the stretch from an offset to the end of the view, if one
// write holds it and there is no gap in it.
func (l *loop) stretchFrom(off uint64) bool {
	v, w := &l.sweeping, &l.shared
	w.to = w.from
	if off < v.start || off >= v.end || v.end-off > maxTurn {
		return false
	}
	if to, gap := v.next(off); gap != nil || to != v.end {
		return false
	}
	w.bufs = v.gather(w.bufs[:0], off, v.end, maxTurn)
	held := uint64(0)
	for _, b := range w.bufs {
		held += uint64(len(b))
	}
	if held != v.end-off {
		return false
	}
	w.from, w.to, w.frames = off, v.end, v.frames(off, v.end)
	return true
}
