package local

import "time"

// An instant is a moment on the monotonic clock, in nanoseconds from a little
// before the program began. It takes a third of what a time.Time does. Zero is
// none.
type instant int64

var epoch = time.Now().Add(-1)

func instantOf(t time.Time) instant { return instant(t.Sub(epoch)) }

// age is how long ago it was.
func (i instant) age() time.Duration { return time.Since(epoch) - time.Duration(i) }
