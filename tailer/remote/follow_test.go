package remote

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/internal/sshd"
	"tailbeam/tailer/line"
	"tailbeam/tailer/local"
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

func (r *recorder) awaitLive(t *testing.T) {
	t.Helper()
	r.await(t, "waiting for it to be live", func() bool { return r.last.Condition == line.Live && len(r.events) > 0 && len(r.reasons) > 1 })
}

// hosts opens hosts for a server.
func hosts(t *testing.T, s *sshd.Server, change ...func(*Config)) *Hosts {
	t.Helper()
	cfg := Config{Dial: s.Options(), First: 10 * time.Millisecond}
	for _, c := range change {
		c(&cfg)
	}
	hs := Open(cfg)
	t.Cleanup(hs.Close)
	return hs
}

// write appends to a file.
func write(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.WriteString(text)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestFollowsAFile(t *testing.T) {
	server := sshd.Start(t)
	path := filepath.Join(t.TempDir(), "app.log")
	write(t, path, "before 1\nbefore 2\n")
	st := hosts(t, server).Host(server.Target()).Stream(path)
	r := newRecorder()
	st.Follow(r, local.Whole)
	r.awaitText(t, "before 1\nbefore 2\n")
	write(t, path, "after 1\nafter")
	r.awaitText(t, "before 1\nbefore 2\nafter 1\n")
	write(t, path, " 2\n")
	r.awaitText(t, "before 1\nbefore 2\nafter 1\nafter 2\n")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	write(t, path+".1", "late\n")
	r.await(t, "late line", func() bool { return bytes.Contains(r.text, []byte("late\n")) })
	write(t, path, "new file\n")
	r.awaitText(t, "before 1\nbefore 2\nafter 1\nafter 2\nlate\nnew file\n")
	if len(r.gaps) != 0 || len(r.wrong) != 0 {
		t.Errorf("gaps %v, wrong %v", r.gaps, r.wrong)
	}
	end, err := st.History().End(t.Context())
	if err != nil || end != r.end {
		t.Errorf("history ends at %v, want %v: %v", end, r.end, err)
	}
	buf := make([]byte, 1<<16)
	b, err := st.History().Backward(t.Context(), line.Position{Gen: end.Gen, Off: 0}, buf)
	if err != nil || string(b.Data) != "before 1\nbefore 2\nafter 1\nafter 2\nlate\n" {
		t.Errorf("before the new file there is %q, %v", b.Data, err)
	}
}
