package stream

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestOneTurnOfALoopIsBounded(t *testing.T) {
	const viewers = 100
	h := newHotPath(t, 1, 1000)
	l := h.loop
	for range 20 {
		h.turn(t)
	}
	for range viewers {
		h.join(t, Ask{Streams: []*Log{h.log}, Prefix: true, Backlog: All})
	}
	if n := len(l.replays); n != viewers {
		t.Fatalf("%d replays", n)
	}
	served := map[*subscription]int{}
	for len(served) < viewers {
		before := map[*subscription]uint64{}
		for _, s := range l.replays {
			before[s] = s.legs[0].off
		}
		sent := l.tally.bytes
		l.replay()
		if n := l.tally.bytes - sent; n > maxBurst+2*replayChunk || n == 0 {
			t.Fatalf("one turn sent %d bytes", n)
		}
		for s, off := range before {
			if s.legs == nil || s.legs[0].off > off {
				served[s]++
			}
		}
		h.drain()
	}
	for _, turns := range served {
		if turns > 2 { // the others had none meanwhile
			t.Errorf("a replay had %d turns before all others had one", turns)
		}
	}
}

// drain takes what lies at the other ends.
func (h *hotPath) drain() {
	for _, fd := range h.peers {
		for {
			if n, err := unix.Read(fd, h.buf); n <= 0 || err != nil {
				break
			}
		}
	}
}
