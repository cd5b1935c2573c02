package remote

import (
	"sync"

	"tailbeam/tailer/line"
)

// A relay hands on what is followed to a sink, and tells it how the host is:
// while that cannot be read, the condition of a file is the host's.
type relay struct {
	sink line.Sink

	mu    sync.Mutex
	state state
	own   line.Notice // the last of the file itself
	told  bool        // there was one
	muted bool        // nothing is handed on any more
}

// state is how a host is.
type state struct {
	condition line.Condition
	reason    string
}

// Append implements line.Sink.
func (r *relay) Append(b *line.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.muted {
		return
	}
	r.own.Pos = b.End()
	r.sink.Append(b)
}

// Partial implements line.PartialSink.
func (r *relay) Partial(b *line.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if to, takes := r.sink.(line.PartialSink); takes && !r.muted && r.state.condition == line.Live {
		to.Partial(b)
	}
}

// Gap implements line.Sink.
func (r *relay) Gap(g line.Gap) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.muted {
		r.sink.Gap(g)
	}
}

// Notice implements line.Sink.
func (r *relay) Notice(n line.Notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.muted {
		return
	}
	r.own, r.told = n, true
	if r.state.condition != line.Live {
		if n.Event == line.Changed {
			return
		}
		n.Condition, n.Reason = r.state.condition, r.state.reason
	}
	r.sink.Notice(r.qualified(n))
}

// host tells how the host is from now on.
func (r *relay) host(s state) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s == r.state || r.muted {
		return
	}
	r.state = s
	n := line.Notice{Event: line.Changed, Condition: s.condition, Reason: s.reason, Pos: r.own.Pos}
	if s.condition == line.Live {
		if !r.told {
			return // the file tells for itself soon
		}
		n.Condition, n.Reason = r.own.Condition, r.own.Reason
	}
	r.sink.Notice(r.qualified(n))
}

// qualified says of what is live how it is read, if not as usual.
func (r *relay) qualified(n line.Notice) line.Notice {
	if n.Condition == line.Live && n.Reason == "" {
		n.Reason = r.state.reason
	}
	return n
}

// mute ends handing on: nothing is read any more.
func (r *relay) mute() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.muted = true
}
