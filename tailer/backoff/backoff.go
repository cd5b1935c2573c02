// Package backoff says how long to wait before something is tried again.
package backoff

import (
	"math/rand/v2"
	"time"
)

// A Backoff doubles the wait with each attempt in a row that did not last. The
// zero value waits for a second at first and for 30 s at most. It is for one
// goroutine.
type Backoff struct {
	First time.Duration // the first wait; default 1s
	Most  time.Duration // the longest wait; default 30s
	// Settled is how long an attempt must have lasted for the next wait to be
	// the first again; default 1m.
	Settled time.Duration

	next time.Duration
}

// After returns how long to wait after an attempt that lasted so long: up to a
// quarter less than its turn, so that those who failed together do not come
// back together.
func (b *Backoff) After(lasted time.Duration) time.Duration {
	first, most, settled := or(b.First, time.Second), or(b.Most, 30*time.Second), or(b.Settled, time.Minute)
	if b.next == 0 || lasted >= settled {
		b.next = first
	}
	wait := min(b.next, most)
	b.next = min(2*wait, most)
	return wait - rand.N(wait/4+1)
}

func or(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
