//go:build unix

package command

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/backoff"
	"tailbeam/tailer/line"
)

const deadline = 30 * time.Second

// A recorder is a sink that keeps what it gets, an entry per line.
type recorder struct {
	t     *testing.T
	mu    sync.Mutex
	more  sync.Cond
	got   []string
	begun bool // the last batch was Unfinished
}

// Append keeps each line as its text in quotes, with dots for its flags.
func (r *recorder) Append(b *line.Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if (b.Flags&line.Continues != 0) != r.begun || int(b.Ends[len(b.Ends)-1]) != len(b.Data) {
		r.t.Errorf("batch %+v does not continue what was before", b)
	}
	r.begun = b.Flags&line.Unfinished != 0
	for i := range b.Lines() {
		text := fmt.Sprintf("%q", b.Entry(i))
		if i == 0 && b.Flags&line.Continues != 0 {
			text = "..." + text
		}
		if i == b.Lines()-1 && r.begun {
			text += "..."
		} else if text[len(text)-3:] != `\n"` {
			r.t.Errorf("line %s has no newline", text)
		}
		r.got = append(r.got, text)
	}
	r.more.Broadcast()
}

func (r *recorder) Notice(n line.Notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, strings.TrimSuffix(n.Condition.String()+": "+n.Reason, ": "))
	r.more.Broadcast()
}

func (r *recorder) Gap(g line.Gap) { r.t.Errorf("gap %+v", g) }

// want waits until exactly these events have come since the last call. One that
// ends with * stands for all that begin like it.
func (r *recorder) want(events ...string) {
	r.t.Helper()
	r.wait(len(events))
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, want := range events {
		head, open := strings.CutSuffix(want, "*")
		if got := r.got[i]; got != want && !(open && strings.HasPrefix(got, head)) {
			r.t.Fatalf("got:\n%s\nwant:\n%s", strings.Join(r.got, "\n"), strings.Join(events, "\n"))
		}
	}
	r.got = r.got[len(events):]
}

// wait waits until so many events have come.
func (r *recorder) wait(n int) {
	r.t.Helper()
	late := time.AfterFunc(deadline, r.more.Broadcast)
	defer late.Stop()
	began := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.got) < n {
		if time.Since(began) >= deadline {
			r.t.Fatalf("waited in vain for %d events, got:\n%s", n, strings.Join(r.got, "\n"))
		}
		r.more.Wait()
	}
}

// run runs a command with intervals that are right for tests.
func run(t *testing.T, cfg Config) (*Source, *recorder) {
	t.Helper()
	r := &recorder{t: t}
	r.more.L = &r.mu
	if cfg.Backoff == (backoff.Backoff{}) {
		cfg.Backoff = backoff.Backoff{First: time.Hour, Most: time.Hour}
	}
	s := Run(r, cfg)
	t.Cleanup(s.Close)
	return s, r
}
