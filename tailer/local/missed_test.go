package local

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/notify"
)

// A puppet is a notifier that a test moves by hand.
type puppet struct {
	mu    sync.Mutex
	wakes map[string]notify.Waker
}

func (p *puppet) Watch(path string, w notify.Waker) (notify.Watch, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wakes == nil {
		p.wakes = map[string]notify.Waker{}
	}
	p.wakes[path] = w
	return unwatched{}, nil
}

// unwatched is a watch that nobody needs to end.
type unwatched struct{}

func (unwatched) Cancel() {}

func (p *puppet) WatchDir(string, func(string, notify.Op)) (func(), error) {
	return nil, notify.ErrUnsupported
}
func (p *puppet) Refresh(string) {}
func (p *puppet) Sweep()         {}
func (p *puppet) Close()         {}

func (p *puppet) tell(path string, ops ...notify.Op) {
	p.mu.Lock()
	wake := p.wakes[path]
	p.mu.Unlock()
	for _, op := range ops {
		wake.Wake(op)
	}
}

// unswept is a configuration in which nothing happens that is not told.
func unswept() (Config, *puppet) {
	p := &puppet{}
	cfg := quick()
	cfg.Notifier, cfg.Sweep, cfg.Poll, cfg.Openers = p, time.Hour, time.Hour, 1
	return cfg, p
}

func TestGenerationsMissedAreReadFromSiblings(t *testing.T) {
	cfg, p := unswept()
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "1\n")
	r := record(t)
	follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"1\n"`, "changed live")
	must(t, os.Rename(path, path+".1"))
	write(t, path+".1", "1 late\n")
	for _, text := range []string{"2\n", "3\n", "4\n"} {
		nextTick(t, path+".1")
		write(t, path, text)
		must(t, os.Rename(path+".1", path+".old"))
		must(t, os.Rename(path, path+".1"))
		if text == "2\n" {
			must(t, os.Rename(path+".old", path+".3"))
		} else {
			must(t, os.Rename(path+".old", path+".2026112"+text[:1]))
		}
	}
	nextTick(t, path+".1")
	write(t, path, "5\n")
	p.tell(path, notify.Lost, notify.Made, notify.Lost, notify.Made, notify.Lost, notify.Made, notify.Lost, notify.Made)
	r.want(`"1 late\n"`, "rotated live", `"2\n"`, "rotated live", `"3\n"`, "rotated live", `"4\n"`, "rotated live", `"5\n"`)
	if len(r.gaps) > 0 {
		t.Errorf("gaps: %v", r.gaps)
	}
	r.until(func([]string) bool { return len(r.drained) == 4 }, "the end of four generations")
	for i, p := range r.drained {
		if want := r.next[p.Gen]; p.Off != want {
			t.Errorf("generation %d is complete at %d, want %d", i, p.Off, want)
		}
	}
}

// nextTick waits until files that are made are younger than one that is there.
// The clock of a file system ticks every few milliseconds.
func nextTick(t *testing.T, path string) {
	t.Helper()
	born := func(path string) int64 {
		info, err := disk.System{}.Stat(path)
		must(t, err)
		return candidate{info: info}.born()
	}
	probe := filepath.Join(t.TempDir(), "probe")
	waitFor(t, "the clock of the file system", func() bool {
		must(t, os.WriteFile(probe, nil, 0o644))
		defer os.Remove(probe)
		return born(probe) > born(path)
	})
}

// An honest puppet has told everything by the time it is asked.
type honest struct{ puppet }

func (h *honest) Flush() bool { return true }

func TestGenerationMadeAndRemovedUnseenIsAGap(t *testing.T) {
	p := &honest{}
	cfg, _ := unswept()
	cfg.Notifier = p
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "1\n")
	r := record(t)
	s := follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
	r.want(`"1\n"`, "changed live")
	must(t, os.Remove(path))
	write(t, path, "2, seen by nobody\n")
	must(t, os.Remove(path))
	write(t, path, "3\n")
	s.made.Add(1) // told of together with the other, before anyone looks
	p.tell(path, notify.Made)
	r.want("gap -1", "rotated live", `"3\n"`)
}

func TestRotationIsNoGap(t *testing.T) {
	eachNotifier(t, func(t *testing.T, cfg Config) {
		path := filepath.Join(tempDir(t), "app.log")
		write(t, path, "0\n")
		r := record(t)
		follow(t, cfg, Target{Path: path, Sink: r, Preload: Whole})
		r.wantLast(`"0\n"`)
		for _, text := range []string{"1\n", "2\n", "3\n", "4\n", "5\n"} {
			must(t, os.Rename(path, path+".1"))
			write(t, path, text)
			r.wantLast(`"` + text[:1] + `\n"`)
		}
		if len(r.gaps) > 0 {
			t.Errorf("gaps: %v", r.gaps)
		}
	})
}
