package remote

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/history"
	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
)

// A Stream is a followed file of a host.
type Stream struct {
	host    *Host
	path    string
	history *history.History

	known   atomic.Pointer[local.Stream] // nil until it is followed
	relay   *relay
	preload int64

	starting sync.Mutex
	closed   bool // guarded by starting
}

// Stream returns a file that is not followed yet. The path is absolute and
// clean.
func (h *Host) Stream(path string) *Stream {
	st := &Stream{host: h, path: path}
	cfg := h.hosts.cfg
	st.history = history.Open(path, history.Options{
		MaxLine: cfg.MaxLine, Encoding: cfg.Encoding, Known: st, Time: cfg.Time, Store: cfg.Store,
		FS: h.back, Real: h.back.Real,
	})
	return st
}

// History returns what was delivered of the file, and what lies before it.
// While the host cannot be read, errors are line.ErrAway.
func (st *Stream) History() line.History { return away{st.host, st.history} }

// Generations implements history.Known.
func (st *Stream) Generations() []history.Generation {
	if followed := st.known.Load(); followed != nil {
		return followed.Generations()
	}
	return nil
}

// Follow delivers the file to a sink from preload bytes before its end on, or
// from its beginning where that is local.Whole. It does not wait for the host.
func (st *Stream) Follow(sink line.Sink, preload int64) {
	st.relay, st.preload = &relay{sink: sink, state: state{condition: line.Live}}, preload
	h := st.host
	h.mu.Lock()
	h.streams[st.path] = st
	st.relay.host(h.state)
	up := h.up
	h.mu.Unlock()
	h.files.Watch(st.path)
	if up {
		h.working.Go(st.begin)
	}
}

// begin has the file followed for as long as the host is there: from now on it
// waits for it by itself.
func (st *Stream) begin() {
	st.starting.Lock()
	defer st.starting.Unlock()
	if st.closed || st.known.Load() != nil {
		return
	}
	st.known.Store(st.host.follower.Follow(local.Target{Path: st.path, Preload: st.preload, Sink: st.relay, Before: st.before}))
}

// before returns the end of what lies before a file, if that is not compressed:
// it is not brought here for that.
func (st *Stream) before(id disk.ID) line.Position {
	end, err := st.history.Before(context.Background(), id, 0)
	if err != nil {
		st.host.hosts.cfg.Logger.Debug("what lies before a file", "path", st.path, "err", err)
	}
	return end
}

// Close stops following. When it returns, the sink is not called any more.
func (st *Stream) Close() {
	h := st.host
	h.mu.Lock()
	delete(h.streams, st.path)
	h.mu.Unlock()
	h.files.Forget(st.path)
	st.starting.Lock()
	defer st.starting.Unlock()
	st.closed = true
	if followed := st.known.Load(); followed != nil {
		followed.Close()
	}
}

// Gone returns since when the file has been gone, or the zero time.
func (st *Stream) Gone() time.Time {
	if followed := st.known.Load(); followed != nil {
		return followed.Gone()
	}
	return time.Time{}
}

// wait returns when d has passed, or ctx is done.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
