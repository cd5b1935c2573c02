package stream

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestASweepServesEveryoneWhoStays lets viewers be gone when a sweep comes to
// them: the last one has their place then, and its turn.
func TestASweepServesEveryoneWhoStays(t *testing.T) {
	const viewers = 6
	for gone := range 1 << viewers {
		h := newHotPath(t, viewers, 1)
		h.turn(t)
		var stay []int
		for i, fd := range h.peers {
			if gone&(1<<i) == 0 {
				stay = append(stay, fd)
			} else {
				unix.Shutdown(fd, unix.SHUT_RDWR)
			}
		}
		all := h.peers
		h.peers = stay
		h.turn(t) // which waits until all of them have the line
		h.peers = all
		if n := h.loop.viewers.count; n != len(stay) {
			t.Errorf("gone %06b: %d viewers are left, want %d", gone, n, len(stay))
		}
	}
}
