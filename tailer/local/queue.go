package local

import (
	"sync"
	"time"
)

// A task is work that is done again whenever it is woken, on one goroutine at
// a time.
type task struct {
	of   *Stream // nil for a sweep
	part part

	// Guarded by the queue.
	state   taskState
	next    *task
	woken   instant // when it was first woken since it last began to run
	stopped chan struct{}
}

// run does the work and says whether there is more right now.
func (t *task) run(w *bench) rest {
	switch t.part {
	case reading:
		return t.of.turn(w)
	case looking:
		return t.of.lookAgain(w)
	}
	return w.follower.sweep()
}

type taskState uint8

const (
	idle     taskState = iota
	queued             // waits for a goroutine
	running            // is on one
	again              // is on one, and was woken meanwhile
	stopping           // is on one, for the last time
	stopped            // never runs again
)

// A queue hands woken tasks to the goroutines that take from it, in the order
// in which they were woken. A wake-up allocates nothing and never blocks for
// longer than its lock is held.
type queue struct {
	mu     sync.Mutex
	filled sync.Cond
	first  *task
	last   *task
	closed bool
}

func newQueue() *queue {
	q := &queue{}
	q.filled.L = &q.mu
	return q
}

// wake sees to it that t runs from its beginning once more after this call.
func (q *queue) wake(t *task) {
	now := instantOf(time.Now())
	q.mu.Lock()
	defer q.mu.Unlock()
	switch t.state {
	case idle:
		t.woken = now
		q.pushLocked(t)
	case running:
		t.woken = now
		t.state = again
	}
}

func (q *queue) pushLocked(t *task) {
	t.state, t.next = queued, nil
	if q.last == nil {
		q.first = t
	} else {
		q.last.next = t
	}
	q.last = t
	q.filled.Signal()
}

// take waits for a task and returns it with the time of its wake-up, or nil
// when the queue was closed.
func (q *queue) take() (*task, instant) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		for q.first == nil && !q.closed {
			q.filled.Wait()
		}
		if q.closed {
			return nil, 0
		}
		t := q.first
		if q.first = t.next; q.first == nil {
			q.last = nil
		}
		t.next = nil
		if t.state == queued {
			t.state = running
			return t, t.woken
		}
	}
}

// done ends a run of t, which goes to the back of the queue when it was woken
// meanwhile or has more to do.
func (q *queue) done(t *task, r rest) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case t.state == stopping:
		t.state = stopped
		close(t.stopped)
	case t.state == again:
		q.pushLocked(t)
	case r == unfinished:
		t.woken = instantOf(time.Now())
		q.pushLocked(t)
	default:
		t.state = idle
	}
}

// stop returns when t does not run and never will again. It must not be called
// from the task itself.
func (q *queue) stop(t *task) {
	q.mu.Lock()
	switch t.state {
	case idle, queued:
		t.state = stopped
	case running, again:
		t.state = stopping
		t.stopped = make(chan struct{})
	}
	wait := t.stopped
	q.mu.Unlock()
	if wait != nil {
		<-wait
	}
}

// close sends the goroutines home.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.filled.Broadcast()
}

// rest says whether a task that ran has more to do right now.
type rest uint8

const (
	finished rest = iota
	unfinished
)
