package local

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// A recorder is a sink that keeps what it gets, one entry per event, and checks
// what must hold of every batch.
type recorder struct {
	t    *testing.T
	mu   sync.Mutex
	more sync.Cond
	got  []string
	all  int // lines
	next map[line.Generation]int64
	gaps []line.Gap
	// drained are the ends of the generations that were told to be complete.
	drained []line.Position
}

func record(t *testing.T) *recorder {
	r := &recorder{t: t, next: map[line.Generation]int64{}}
	r.more.L = &r.mu
	return r
}

// Append keeps each line as its text in quotes, with marks for its flags.
func (r *recorder) Append(b *line.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(b.Ends) == 0 || int(b.Ends[len(b.Ends)-1]) != len(b.Data) {
		r.t.Errorf("batch at %v: %d entries do not cover %d bytes", b.Pos, len(b.Ends), len(b.Data))
	}
	if next, known := r.next[b.Pos.Gen]; known && next != b.Pos.Off {
		r.t.Errorf("batch at %v, the one before ended at %d", b.Pos, next)
	}
	r.next[b.Pos.Gen] = b.End().Off
	r.all += b.Lines()
	for i := range b.Lines() {
		text := fmt.Sprintf("%q", b.Entry(i))
		if i == 0 && b.Flags&line.Continues != 0 {
			text = "..." + text
		}
		if i == b.Lines()-1 && b.Flags&line.Unfinished != 0 {
			text += "..."
		}
		r.got = append(r.got, text)
	}
	r.more.Broadcast()
}

func (r *recorder) Notice(n line.Notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n.Event == line.Drained { // comes when it comes
		r.drained = append(r.drained, n.Pos)
		r.more.Broadcast()
		return
	}
	text := n.Event.String() + " " + n.Condition.String()
	if n.Reason != "" {
		text += ": " + n.Reason
	}
	r.got = append(r.got, text)
	r.more.Broadcast()
}

func (r *recorder) Gap(g line.Gap) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gaps = append(r.gaps, g)
	r.got = append(r.got, fmt.Sprintf("gap %d", g.Bytes))
	r.more.Broadcast()
}

// lines returns how many lines came in all.
func (r *recorder) lines() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}

// wantNoGap holds what came so far to that.
func (r *recorder) wantNoGap() {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.gaps) > 0 {
		r.t.Errorf("gaps: %v", r.gaps)
	}
}

// want waits until exactly these events have come since the last call.
func (r *recorder) want(events ...string) {
	r.t.Helper()
	r.until(func(got []string) bool { return len(got) >= len(events) }, events)
	r.mu.Lock()
	defer r.mu.Unlock()
	if a, b := strings.Join(r.got[:len(events)], "\n"), strings.Join(events, "\n"); a != b {
		r.t.Fatalf("got:\n%s\nwant:\n%s", strings.Join(r.got, "\n"), b)
	}
	r.got = r.got[len(events):]
}

// wantLast waits for an event and forgets all up to it.
func (r *recorder) wantLast(event string) {
	r.t.Helper()
	at := -1
	r.until(func(got []string) bool {
		for i, e := range got {
			if e == event {
				at = i
				return true
			}
		}
		return false
	}, event)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = r.got[at+1:]
}

func (r *recorder) until(done func([]string) bool, want any) {
	r.t.Helper()
	late := time.AfterFunc(deadline, func() { r.more.Broadcast() })
	defer late.Stop()
	began := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for !done(r.got) {
		if time.Since(began) >= deadline {
			r.t.Fatalf("waited in vain for %q, got:\n%s", want, strings.Join(r.got, "\n"))
		}
		r.more.Wait()
	}
}

const deadline = 30 * time.Second

// quick is a configuration for tests: nothing in it waits for long.
func quick() Config {
	return Config{Linger: 100 * time.Millisecond, Sweep: 100 * time.Millisecond, Poll: 20 * time.Millisecond, Grace: 20 * time.Millisecond}
}

// eachNotifier runs a test with every source of wake-ups, and with none.
func eachNotifier(t *testing.T, test func(*testing.T, Config)) {
	for name, open := range notifiers() {
		t.Run(name, func(t *testing.T) {
			cfg := quick()
			if cfg.Notifier = open(t); cfg.Notifier != nil {
				t.Cleanup(cfg.Notifier.Close)
				cfg.Sweep, cfg.Poll = time.Hour, time.Hour // wake-ups alone
			}
			test(t, cfg)
		})
	}
}

func follow(t *testing.T, cfg Config, target Target) *Stream {
	t.Helper()
	f := New(cfg)
	t.Cleanup(f.Close)
	return f.Follow(target)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// waitFor waits for something that no event of a sink tells.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for began := time.Now(); !so(); <-poll.C {
		if time.Since(began) > deadline {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tempDir is t.TempDir without symbolic links in it.
func tempDir(t *testing.T) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	return dir
}
