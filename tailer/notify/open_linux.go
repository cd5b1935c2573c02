package notify

import (
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Open returns the notifier for this system.
func Open() Notifier { return &tiers{first: Shared(), limit: SharedNames} }

// probe reports whether an inotify instance is to be had.
func probe() error {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return fmt.Errorf("inotify_init1: %w", err)
	}
	return unix.Close(fd)
}

// tiers serves the writes to names from the shared watch up to a limit, and the
// rest from an Inotify that it makes when it is needed. What happens to the
// names themselves always comes by a descriptor of its own, where it does not
// wait behind a hundred thousand writes: a file may be gone by then.
type tiers struct {
	first Notifier
	limit int64
	count atomic.Int64 // served by first

	mu      sync.Mutex
	writes  *Inotify
	renames *Inotify

	// vague says that what happens to a name may come by the shared watch
	// alone, which cannot be flushed.
	vague atomic.Bool
}

// Watch implements Notifier. Where the shared watch refuses, the other is
// asked: it may have watches left, or the directory already.
func (t *tiers) Watch(path string, wake func(Op)) (func(), error) {
	if t.count.Add(1) <= t.limit {
		if cancel, err := t.watchShared(path, wake); err == nil {
			return func() { cancel(); t.count.Add(-1) }, nil
		}
	}
	t.count.Add(-1)
	n, err := t.open(&t.writes, allMask)
	if err != nil {
		return nil, err
	}
	return n.Watch(path, wake)
}

func (t *tiers) watchShared(path string, wake func(Op)) (func(), error) {
	names, err := t.open(&t.renames, namesMask)
	if err != nil {
		t.vague.Store(true)
		return t.first.Watch(path, wake)
	}
	cancelNames, err := names.Watch(path, wake)
	if err != nil {
		t.vague.Store(true)
		return t.first.Watch(path, wake)
	}
	cancel, err := t.first.Watch(path, func(op Op) {
		if op&Written != 0 {
			wake(Written)
		}
	})
	if err != nil {
		cancelNames()
		return nil, err
	}
	return func() { cancel(); cancelNames() }, nil
}

// WatchDir implements Notifier.
func (t *tiers) WatchDir(dir string, wake func(string, Op)) (func(), error) {
	n, err := t.open(&t.renames, namesMask)
	if err != nil {
		return nil, err
	}
	return n.WatchDir(dir, wake)
}

// open returns one of the descriptors, made when it is first needed.
func (t *tiers) open(which **Inotify, mask uint32) (*Inotify, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if *which == nil {
		n, err := newInotify(mask)
		if err != nil {
			return nil, err
		}
		*which = n
	}
	return *which, nil
}

// Refresh implements Notifier.
func (t *tiers) Refresh(dir string) {
	t.first.Refresh(dir)
	for _, n := range t.opened() {
		n.Refresh(dir)
	}
}

// Sweep implements Notifier.
func (t *tiers) Sweep() {
	t.first.Sweep()
	for _, n := range t.opened() {
		n.Sweep()
	}
}

// Flush implements Flusher.
func (t *tiers) Flush() bool {
	all := !t.vague.Load()
	for _, n := range t.opened() {
		all = n.Flush() && all
	}
	return all
}

// Close implements Notifier.
func (t *tiers) Close() {
	for _, n := range t.opened() {
		n.Close()
	}
}

func (t *tiers) opened() []*Inotify {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []*Inotify
	for _, n := range []*Inotify{t.writes, t.renames} {
		if n != nil {
			all = append(all, n)
		}
	}
	return all
}
