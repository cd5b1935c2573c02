package local

import (
	"sync"
	"time"
)

const (
	// tick is how often the clock looks what is due while something is.
	tick = 5 * time.Millisecond
	// portion is how many names a sweep looks at together, so that ten thousand
	// are not looked at all at once.
	portion = 100
	// perSecond bounds what sweeps cost: more names than that are looked at
	// less often than once in a second.
	perSecond = 2000
)

// A clock wakes streams: those with an old generation to watch when they are
// due, those that nothing else wakes at every poll, and all of them once in a
// sweep.
type clock struct {
	sweep, poll time.Duration
	wake        func(*Stream, part)
	each        func() // called once in a sweep

	mu     sync.Mutex
	all    []*Stream
	hot    map[*Stream]struct{}
	polled map[*Stream]struct{}
	kick   chan struct{} // something became hot, or is polled
	quit   chan struct{}
	hand   int     // where idle files were last looked for in all
	next   instant // when run looks again what is due
}

// slot is what the clock keeps in a stream, guarded by the clock's lock.
type slot struct {
	index int // in all, or -1
	due   instant
}

// part is which task of a stream it is.
type part uint8

const (
	reading part = iota
	looking
	sweeping // of the follower
)

func newClock(sweep, poll time.Duration) *clock {
	return &clock{
		sweep: sweep, poll: poll,
		hot: map[*Stream]struct{}{}, polled: map[*Stream]struct{}{},
		kick: make(chan struct{}, 1), quit: make(chan struct{}),
	}
}

func (c *clock) stop() { close(c.quit) }

// streams returns all of them.
func (c *clock) streams() []*Stream {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*Stream(nil), c.all...)
}

func (c *clock) add(s *Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.index = len(c.all)
	c.all = append(c.all, s)
}

func (c *clock) remove(s *Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.index < 0 {
		return
	}
	last := len(c.all) - 1
	c.all[s.index] = c.all[last]
	c.all[s.index].index = s.index
	c.all[last] = nil
	c.all = c.all[:last]
	s.index = -1
	delete(c.hot, s)
	delete(c.polled, s)
}

// at has the read task of s woken after a while, and not before then unless
// something else wakes it.
func (c *clock) at(s *Stream, after time.Duration) {
	due := instantOf(time.Now().Add(after))
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.index < 0 {
		return
	}
	s.due = due
	if due < c.next {
		c.kickLocked()
	}
	c.hot[s] = struct{}{}
}

// kickLocked has run find out anew how long it may pause.
func (c *clock) kickLocked() {
	select {
	case c.kick <- struct{}{}:
	default:
	}
}

// cool takes back what at asked for.
func (c *clock) cool(s *Stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.hot, s)
}

// watching says whether something wakes a stream.
type watching uint8

const (
	notified watching = iota
	alone             // nothing does: it is looked at with every poll
)

func (c *clock) watch(s *Stream, w watching) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w == alone && s.index >= 0 {
		if len(c.polled) == 0 {
			c.kickLocked()
		}
		c.polled[s] = struct{}{}
	} else {
		delete(c.polled, s)
	}
}

// run wakes streams until stop.
func (c *clock) run() {
	timer := time.NewTimer(tick)
	defer timer.Stop()
	now := time.Now()
	sweep := round{began: now}
	polled := now
	var reads, looks []*Stream
	for {
		select {
		case <-c.quit:
			return
		case <-c.kick:
		case <-timer.C:
		}
		now = time.Now()
		c.mu.Lock()
		reads = c.dueLocked(reads[:0], now)
		looks = looks[:0]
		if now.Sub(polled) >= c.poll {
			polled = now
			for s := range c.polled {
				looks = append(looks, s)
			}
		}
		whole := max(c.sweep, time.Duration(len(c.all))*time.Second/perSecond)
		part, over := sweep.next(now, len(c.all), whole)
		looks = append(looks, c.all[part.from:part.to]...)
		pause := c.pauseLocked(now, whole)
		c.mu.Unlock()
		for _, s := range reads {
			c.wake(s, reading)
		}
		for _, s := range looks {
			c.wake(s, looking)
		}
		if over {
			c.each()
		}
		clear(reads)
		clear(looks)
		timer.Reset(pause)
	}
}

// pauseLocked returns when to look again what is due, given the time of a whole
// sweep.
func (c *clock) pauseLocked(now time.Time, whole time.Duration) time.Duration {
	pause := whole / time.Duration(len(c.all)/portion+1)
	if len(c.polled) > 0 {
		pause = min(pause, c.poll)
	}
	for s := range c.hot {
		pause = min(pause, max(time.Duration(s.due-instantOf(now)), tick))
	}
	c.next = instantOf(now.Add(pause))
	return pause
}

// dueLocked takes the streams whose time has come.
func (c *clock) dueLocked(due []*Stream, now time.Time) []*Stream {
	for s := range c.hot {
		if instantOf(now) >= s.due {
			due = append(due, s)
			delete(c.hot, s)
		}
	}
	return due
}

// A round goes through all streams in the time of a sweep.
type round struct {
	began time.Time
	done  int // streams
}

type span struct{ from, to int }

// next returns which of n streams are to be looked at by now, and whether that
// ends the round.
func (r *round) next(now time.Time, n int, whole time.Duration) (span, bool) {
	from := min(r.done, n)
	elapsed := now.Sub(r.began)
	if elapsed >= whole {
		r.began, r.done = now, 0
		return span{from, n}, true
	}
	r.done = max(from, int(int64(n)*int64(elapsed)/int64(whole)))
	return span{from, r.done}, false
}
