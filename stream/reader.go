package stream

import (
	"context"
	"slices"
	"sync"
	"time"
)

// readers read history for replays, away from the loops. Each replay has one
// job at most, so that they take turns. What another host holds is read by a
// reader of that host alone, which there is while there are jobs: a host that
// does not answer keeps nobody else from reading.
//
// All of them rest at the same time, for a moment every few milliseconds. While
// a processor always has something to run, Go's scheduler looks for what else
// has come, such as word of new lines, every 10 ms at best, and lets that wait
// for up to 61 turns of those who keep it busy.
type readers struct {
	mu      sync.Mutex
	more    sync.Cond
	jobs    []job
	far     map[string][]job // by host; one that is not there has no reader
	size    int              // of a buffer
	most    int              // how many buffers are kept
	rested  time.Time        // when the last rest ended
	resting bool
	stopped bool
	wait    sync.WaitGroup
	ctx     context.Context // of all jobs
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
	r.cancel, r.ctx, r.far = cancel, ctx, map[string][]job{}
	r.size, r.most = buffer, n
	for range n {
		r.wait.Go(func() {
			for {
				j, ok := r.next()
				if !ok {
					return
				}
				r.do(j)
			}
		})
	}
}

// visit does the jobs of a host until there are none.
func (r *readers) visit(host string) {
	for {
		j, ok := r.nextOf(host)
		if !ok {
			return
		}
		r.do(j)
	}
}

func (r *readers) do(j job) {
	buf := r.borrow()
	done := j.run(r.ctx, buf)
	r.giveBack(buf)
	if done.away {
		time.AfterFunc(awayPause, func() { r.add(j) })
		return
	}
	j.loop.leave(func(in *inbox) { in.read = append(in.read, done) })
}

// borrow lends a buffer. There are as many as jobs run at once: a single viewer
// is served from the same one all the time.
func (r *readers) borrow() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.free)
	if n == 0 {
		return make([]byte, r.size)
	}
	buf := r.free[n-1]
	r.free = r.free[:n-1]
	return buf
}

func (r *readers) giveBack(buf []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.free) < r.most {
		r.free = append(r.free, buf)
	}
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
	defer r.mu.Unlock()
	host := j.host()
	if host == "" {
		r.jobs = append(r.jobs, j)
		r.more.Signal()
		return
	}
	if r.stopped {
		return
	}
	jobs, served := r.far[host]
	r.far[host] = append(jobs, j)
	if !served {
		r.wait.Go(func() { r.visit(host) })
	}
}

// host returns another host whose files the job reads, or nothing.
func (j *job) host() string {
	if j.merger == nil {
		return j.log.origin.Host
	}
	for _, log := range j.merger.logs {
		if log.origin.Host != "" {
			return log.origin.Host
		}
	}
	return ""
}

func (r *readers) next() (job, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for (len(r.jobs) == 0 || r.resting) && !r.stopped {
		r.more.Wait()
	}
	if !r.readyLocked() {
		return job{}, false
	}
	j := r.jobs[0]
	r.jobs = slices.Delete(r.jobs, 0, 1)
	return j, true
}

// nextOf returns the next job of a host. Without one its reader is gone.
func (r *readers) nextOf(host string) (job, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.resting && !r.stopped {
		r.more.Wait()
	}
	if len(r.far[host]) == 0 || !r.readyLocked() {
		delete(r.far, host)
		return job{}, false
	}
	j := r.far[host][0]
	r.far[host] = slices.Delete(r.far[host], 0, 1)
	return j, true
}

// readyLocked lets all rest if it is time for that, and reports whether there is
// to be read at all.
func (r *readers) readyLocked() bool {
	if !r.stopped && time.Since(r.rested) > stint {
		r.restLocked()
	}
	return !r.stopped
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
