package tailer

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// A registry keeps what each stream delivers.
type registry struct {
	t       *testing.T
	mu      sync.Mutex
	changed sync.Cond
	streams map[string]*sink
	removed []string
	watched string // the stream that has viewers
	log     bytes.Buffer
}

// A sink is one stream of a registry.
type sink struct {
	r         *registry
	origin    line.Origin
	text      strings.Builder
	condition string
}

func newRegistry(t *testing.T) *registry {
	r := &registry{t: t, streams: map[string]*sink{}}
	r.changed.L = &r.mu
	return r
}

func (r *registry) Open(name string, origin line.Origin) (line.Sink, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.changed.Broadcast()
	if r.streams[name] != nil {
		return nil, errors.New("name is known already")
	}
	r.streams[name] = &sink{r: r, origin: origin}
	return r.streams[name], nil
}

func (r *registry) Remove(name, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.changed.Broadcast()
	delete(r.streams, name)
	r.removed = append(r.removed, name+": "+reason)
}

func (r *registry) Watched(name string) bool { return name == r.watched }

// Write takes the log.
func (r *registry) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(p)
}

func (s *sink) Append(b *line.Batch) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	defer s.r.changed.Broadcast()
	s.text.Write(b.Data)
}

func (s *sink) Notice(n line.Notice) {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	defer s.r.changed.Broadcast()
	s.condition = strings.TrimSuffix(n.Condition.String()+": "+n.Reason, ": ")
}

func (s *sink) Gap(g line.Gap) {
	s.r.t.Errorf("gap in %s: %+v", s.origin.Path, g)
}

// until waits for something to be so.
func (r *registry) until(what string, so func() bool) {
	r.t.Helper()
	late := time.AfterFunc(deadline, r.changed.Broadcast)
	defer late.Stop()
	began := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for !so() {
		if time.Since(began) >= deadline {
			r.t.Fatalf("waited in vain for %s; streams %q, log:\n%s", what, slices.Sorted(maps.Keys(r.streams)), r.log.String())
		}
		r.changed.Wait()
	}
}

// wantStreams waits until these are all streams, given by their names below a
// directory.
func (r *registry) wantStreams(below string, names ...string) {
	r.t.Helper()
	prefix := StreamName(below) + "/"
	slices.Sort(names)
	r.until(fmt.Sprintf("streams %q", names), func() bool {
		var got []string
		for name := range r.streams {
			got = append(got, strings.TrimPrefix(name, prefix))
		}
		slices.Sort(got)
		return slices.Equal(got, names)
	})
}

// wantText waits until a stream has delivered this and no more.
func (r *registry) wantText(name, text string) {
	r.t.Helper()
	r.until(fmt.Sprintf("%q in %s", text, name), func() bool {
		s := r.streams[name]
		return s != nil && s.text.String() == text
	})
}

const deadline = 30 * time.Second

// openAll follows sources with intervals that are right for tests.
func openAll(t *testing.T, r *registry, cfg Config, args ...string) (*Tailer, error) {
	t.Helper()
	var sources []Source
	for _, arg := range args {
		s, err := Parse(arg)
		must(t, err)
		sources = append(sources, s)
	}
	cfg.Logger = slog.New(slog.NewTextHandler(r, nil))
	cfg.Linger, cfg.Grace, cfg.Poll = 100*time.Millisecond, 20*time.Millisecond, 20*time.Millisecond
	tl, err := Open(sources, r, cfg)
	if err == nil {
		t.Cleanup(tl.Close)
	}
	return tl, err
}

func mustOpen(t *testing.T, r *registry, cfg Config, args ...string) *Tailer {
	t.Helper()
	tl, err := openAll(t, r, cfg, args...)
	must(t, err)
	return tl
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	must(t, err)
	defer f.Close()
	_, err = f.WriteString(text)
	must(t, err)
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
