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

// tiers serves names from the shared watch up to a limit, and the rest and all
// directories from an Inotify that it makes when it is needed.
type tiers struct {
	first Notifier
	limit int64
	names atomic.Int64 // served by first

	mu     sync.Mutex
	second *Inotify
}

// Watch implements Notifier. Where the shared watch refuses, the other is
// asked: it may have watches left, or the directory already.
func (t *tiers) Watch(path string, wake func(Op)) (func(), error) {
	if t.names.Add(1) <= t.limit {
		if cancel, err := t.first.Watch(path, wake); err == nil {
			return func() { cancel(); t.names.Add(-1) }, nil
		}
	}
	t.names.Add(-1)
	second, err := t.inotify()
	if err != nil {
		return nil, err
	}
	return second.Watch(path, wake)
}

// WatchDir implements Notifier.
func (t *tiers) WatchDir(dir string, wake func(string, Op)) (func(), error) {
	second, err := t.inotify()
	if err != nil {
		return nil, err
	}
	return second.WatchDir(dir, wake)
}

func (t *tiers) inotify() (*Inotify, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.second == nil {
		n, err := NewInotify()
		if err != nil {
			return nil, err
		}
		t.second = n
	}
	return t.second, nil
}

// Refresh implements Notifier.
func (t *tiers) Refresh(dir string) {
	t.first.Refresh(dir)
	if n := t.opened(); n != nil {
		n.Refresh(dir)
	}
}

// Sweep implements Notifier.
func (t *tiers) Sweep() {
	t.first.Sweep()
	if n := t.opened(); n != nil {
		n.Sweep()
	}
}

// Close implements Notifier.
func (t *tiers) Close() {
	if n := t.opened(); n != nil {
		n.Close()
	}
}

func (t *tiers) opened() *Inotify {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.second
}
