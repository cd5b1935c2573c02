package local

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/notify"
)

// A twin is a sink that knows every line that was written, and a source of
// stalls. Lines are "FILE NUMBER\n", where FILE counts what was made under the
// name.
type twin struct {
	t *testing.T

	mu      sync.Mutex
	written map[string]bool
	seen    map[string]int
	last    map[line.Generation]int
	gaps    []string
	stall   chan struct{} // closed at its end
}

func (w *twin) Append(b *line.Batch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range b.Lines() {
		text := string(b.Entry(i))
		var file, number int
		if _, err := fmt.Sscanf(text, "%d %d", &file, &number); err != nil || !w.written[text] {
			w.t.Errorf("%q was never written", text)
		}
		if last, known := w.last[b.Pos.Gen]; known && number <= last {
			w.t.Errorf("%q after line %d of the same generation", text, last)
		}
		w.last[b.Pos.Gen] = number
		if w.seen[text]++; w.seen[text] > 1 {
			w.t.Errorf("%q came %d times", text, w.seen[text])
		}
	}
	if stall := w.stall; stall != nil {
		w.mu.Unlock()
		<-stall
		w.mu.Lock()
	}
}

// Partial checks that what it gets begins a line that was written and did not come
// yet.
func (w *twin) Partial(b *line.Batch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	begun := string(b.Data)
	for text := range w.written {
		if w.seen[text] == 0 && strings.HasPrefix(text, begun) {
			return
		}
	}
	w.t.Errorf("%q begins no line that is to come", begun)
}

func (w *twin) Notice(line.Notice) {}

func (w *twin) Gap(g line.Gap) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gaps = append(w.gaps, g.Reason)
}

func (w *twin) complete() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.seen) == len(w.written)
}

// A modelled log is written and rotated at random.
type modelled struct {
	*twin
	rand  *rand.Rand
	path  string
	old   []string // names of earlier files, newest first
	turns int
	line  int
}

func (m *modelled) write(path string, lines int) {
	var text string
	m.mu.Lock()
	for range lines {
		entry := fmt.Sprintf("%d %d\n", m.turns, m.line)
		m.written[entry] = true
		m.line++
		text += entry
	}
	m.mu.Unlock()
	cut := m.rand.IntN(len(text)) // in two writes, in the middle of a line perhaps
	write(m.t, path, text[:cut])
	write(m.t, path, text[cut:])
}

// settle waits until all was delivered, before something is destroyed.
func (m *modelled) settle() {
	m.resume()
	defer func() {
		if missing := m.missing(); len(missing) > 0 {
			m.t.Logf("missing: %q; gaps told: %q", missing, m.gaps)
		}
	}()
	waitFor(m.t, "every line", m.complete)
}

// missing returns lines that did not come.
func (w *twin) missing() (missing []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for text := range w.written {
		if w.seen[text] == 0 {
			missing = append(missing, text)
		}
	}
	slices.Sort(missing)
	return missing
}

func (m *modelled) resume() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stall != nil {
		close(m.stall)
		m.stall = nil
	}
}

// aside makes the name of a file that is rotated now.
func (m *modelled) aside() string {
	m.turns++
	name := fmt.Sprintf("%s.%d", m.path, 1000-m.turns)
	m.old = slices.Insert(m.old, 0, name)
	return name
}

// step does one thing.
func (m *modelled) step() {
	n := m.rand.IntN(20)
	m.t.Logf("step %d, file %d, line %d", n, m.turns, m.line)
	switch {
	case n < 10:
		m.write(m.path, 1+m.rand.IntN(50))
	case n < 13: // rename, and perhaps late lines
		name := m.aside()
		must(m.t, os.Rename(m.path, name))
		if m.rand.IntN(2) == 0 {
			m.write(name, 1+m.rand.IntN(5))
		}
		m.write(m.path, 1+m.rand.IntN(5))
	case n < 14 && len(m.old) > 1: // an old file is compressed
		if name := m.old[len(m.old)-1]; name != "" {
			m.settle()
			pack(m.t, name)
		}
		m.old = m.old[:len(m.old)-1]
	case n < 15: // copied and cut
		m.settle()
		text, err := os.ReadFile(m.path)
		must(m.t, err)
		must(m.t, os.WriteFile(m.aside(), text, 0o644))
		must(m.t, os.Truncate(m.path, 0))
		m.write(m.path, 1+m.rand.IntN(20))
	case n < 16: // removed
		m.settle()
		m.turns++
		must(m.t, os.Remove(m.path))
		m.write(m.path, 1+m.rand.IntN(5))
	case n < 17:
		m.mu.Lock()
		if m.stall == nil {
			m.stall = make(chan struct{})
		}
		m.mu.Unlock()
	default:
		m.resume()
	}
}

// TestModel writes, rotates and stalls at random. No line is destroyed before
// it was delivered, so all must come once.
func TestModel(t *testing.T) {
	runs := 8
	if testing.Short() {
		runs = 2
	}
	for run := range runs {
		t.Run(fmt.Sprint(run), func(t *testing.T) {
			t.Parallel()
			seed := uint64(time.Now().UnixNano())
			t.Logf("seed %d", seed)
			w := &twin{t: t, written: map[string]bool{}, seen: map[string]int{}, last: map[line.Generation]int{}}
			m := &modelled{twin: w, rand: rand.New(rand.NewPCG(seed, 0)), path: filepath.Join(tempDir(t), "app.log")}
			cfg := quick()
			cfg.Partial = time.Microsecond
			if run%2 == 0 {
				cfg.Notifier = notify.Open()
				defer cfg.Notifier.Close()
			}
			if run%4 > 0 {
				cfg.MaxOpen = run % 4 // descriptors are short
			}
			f := New(cfg)
			defer f.Close()
			defer m.resume()
			m.write(m.path, 3)
			f.Follow(Target{Path: m.path, Sink: w, Preload: Whole})
			for range 150 {
				m.step()
			}
			m.settle()
			t.Logf("%d lines in %d files, gaps told: %q", len(m.written), m.turns+1, m.gaps)
		})
	}
}
