package stream

import (
	"context"
	"slices"
	"sync"
	"time"
)

// readers read history for replays, away from the loops. Each replay has one
// job at most, so that they take turns.
//
// All of them rest at the same time, for a moment every few milliseconds. While
// a processor always has something to run, Go's scheduler looks for what else
// has come, such as word of new lines, every 10 ms at best, and lets that wait
// for up to 61 turns of those who keep it busy.
type readers struct {
	mu      sync.Mutex
	more    sync.Cond
	jobs    []job
	rested  time.Time // when the last rest ended
	resting bool
	stopped bool
	wait    sync.WaitGroup
	cancel  context.CancelFunc
	free    [][]byte // buffers that nobody uses, the last one first
}

// A stint is for how long readers work between two rests.
const (
	stint = time.Millisecond
	rest  = 100 * time.Microsecond
)

// start runs n readers. A buffer holds the longest piece of a line.
func (r *readers) start(n, buffer int) {
	ctx, cancel := context.WithCancel(context.Background())
	r.more.L = &r.mu
	r.cancel = cancel
	for range n {
		r.wait.Go(func() {
			for {
				j, ok := r.next()
				if !ok {
					return
				}
				buf := r.borrow(buffer)
				done := j.run(ctx, buf)
				r.giveBack(buf)
				if done.away {
					time.AfterFunc(awayPause, func() { r.add(j) })
					continue
				}
				j.loop.leave(func(in *inbox) { in.read = append(in.read, done) })
			}
		})
	}
}

// borrow lends a buffer. There are as many as jobs run at once: a single viewer
// is served from the same one all the time.
func (r *readers) borrow(size int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.free)
	if n == 0 {
		return make([]byte, size)
	}
	buf := r.free[n-1]
	r.free = r.free[:n-1]
	return buf
}

func (r *readers) giveBack(buf []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free = append(r.free, buf)
}

// awayPause is how long a job waits whose files cannot be reached for now.
const awayPause = 250 * time.Millisecond

// stop ends the readers and waits for them.
func (r *readers) stop() {
	r.mu.Lock()
	r.stopped = true
	r.more.Broadcast()
	r.mu.Unlock()
	r.cancel()
	r.wait.Wait()
}

// add queues a job. There is one for each replay at most.
func (r *readers) add(j job) {
	r.mu.Lock()
	r.jobs = append(r.jobs, j)
	r.more.Signal()
	r.mu.Unlock()
}

func (r *readers) next() (job, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for (len(r.jobs) == 0 || r.resting) && !r.stopped {
		r.more.Wait()
	}
	if !r.stopped && time.Since(r.rested) > stint {
		r.restLocked()
	}
	if r.stopped {
		return job{}, false
	}
	j := r.jobs[0]
	r.jobs = slices.Delete(r.jobs, 0, 1)
	return j, true
}

// restLocked lets no reader work for a moment.
func (r *readers) restLocked() {
	r.resting = true
	r.mu.Unlock()
	time.Sleep(rest)
	r.mu.Lock()
	r.rested, r.resting = time.Now(), false
	r.more.Broadcast()
}
