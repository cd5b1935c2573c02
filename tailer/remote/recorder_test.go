package remote

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// recorder is a sink that keeps everything.
type recorder struct {
	mu      sync.Mutex
	changed chan struct{}
	text    []byte
	last    line.Notice
	events  []line.Event
	gaps    []line.Gap
	reasons []string
	end     line.Position
	gens    map[line.Generation]int64
	wrong   []string
}

func newRecorder() *recorder {
	return &recorder{changed: make(chan struct{}), gens: map[line.Generation]int64{}}
}

func (r *recorder) update(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *recorder) Append(b *line.Batch) {
	r.update(func() {
		if at, known := r.gens[b.Pos.Gen]; known && at != b.Pos.Off {
			r.wrong = append(r.wrong, fmt.Sprintf("a batch at %d follows one that ends at %d", b.Pos.Off, at))
		}
		r.gens[b.Pos.Gen] = b.End().Off
		r.text = append(r.text, b.Data...)
		r.end = b.End()
	})
}

func (r *recorder) Notice(n line.Notice) {
	r.update(func() {
		r.last = n
		r.events = append(r.events, n.Event)
		r.reasons = append(r.reasons, n.Reason)
	})
}

func (r *recorder) Gap(g line.Gap) { r.update(func() { r.gaps = append(r.gaps, g) }) }

// await waits until something holds.
func (r *recorder) await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for {
		r.mu.Lock()
		ok, changed := holds(), r.changed
		r.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			r.mu.Lock()
			defer r.mu.Unlock()
			t.Fatalf("%s: after a minute there are %d bytes, condition %v (%s), gaps %v", what, len(r.text), r.last.Condition, r.last.Reason, r.gaps)
		}
	}
}

func (r *recorder) awaitText(t *testing.T, want string) {
	t.Helper()
	r.await(t, fmt.Sprintf("waiting for %q", want), func() bool { return len(r.text) >= len(want) })
	r.mu.Lock()
	defer r.mu.Unlock()
	if string(r.text) != want {
		t.Fatalf("got %q\nwant %q", r.text, want)
	}
}
