package notify

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

// crowd watches n names in two directories.
func crowd(t *testing.T, on Notifier, n int) (paths []string, all []*heard) {
	dirs := []string{tempDir(t), tempDir(t)}
	for i := range n {
		path := fmt.Sprintf("%s/%d", dirs[i%2], i)
		h, cancel := listen(t, on, path)
		t.Cleanup(cancel)
		paths, all = append(paths, path), append(all, h)
	}
	return paths, all
}

// sharedNames returns how many names the shared watch serves.
func (t *tiers) sharedNames() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.served
}

func TestNamesBeyondTheLimitTakeTheOthersAlong(t *testing.T) {
	n := newTiers(Shared(), 5)
	t.Cleanup(n.Close)
	paths, all := crowd(t, n, 5)
	if got := n.sharedNames(); got != 5 {
		t.Errorf("the shared watch serves %d names, want 5", got)
	}
	morePaths, more := crowd(t, n, 5)
	if got := n.sharedNames(); got != 0 {
		t.Errorf("the shared watch serves %d names, want none", got)
	}
	for i, path := range append(paths, morePaths...) {
		h := append(all, more...)[i]
		write(t, path)
		h.want(t, Made|Written)
		must(t, os.Remove(path))
		h.want(t, Lost)
	}
}

func TestManyNamesNeedNoGoroutineEach(t *testing.T) {
	n := newTiers(Shared(), 50)
	t.Cleanup(n.Close)
	crowd(t, n, 1)
	before := runtime.NumGoroutine()
	crowd(t, n, 500)
	if more := runtime.NumGoroutine() - before; more > 10 {
		t.Errorf("%d goroutines more for 500 names more", more)
	}
}

func TestBusyDirectoryLeavesTheSharedWatch(t *testing.T) {
	n := newTiers(Shared(), 100)
	t.Cleanup(n.Close)
	paths, all := crowd(t, n, 4)
	for i, path := range paths {
		write(t, path)
		all[i].want(t, Made|Written)
	}
	n.mu.Lock()
	n.dirs[parent(paths[0])].writes.Store(10 * busyRate)
	n.swept = time.Now().Add(-2 * time.Second)
	n.mu.Unlock()
	n.Sweep()
	if got := n.sharedNames(); got != 2 {
		t.Errorf("the shared watch serves %d names, want the 2 of the other directory", got)
	}
	h, cancel := listen(t, n, paths[0]+".new")
	defer cancel()
	if got := n.sharedNames(); got != 2 {
		t.Errorf("the shared watch serves %d names, though a new one is in a busy directory", got)
	}
	write(t, paths[0]+".new")
	h.want(t, Made|Written)
	for i, path := range paths {
		write(t, path)
		all[i].want(t, Written)
	}
}

func TestDenseWritesAreToldUntilTheLast(t *testing.T) {
	n, err := NewInotify()
	must(t, err)
	t.Cleanup(n.Close)
	path := tempDir(t) + "/a"
	seen := make(chan int64, 10_000)
	watch, err := n.Watch(path, WakeFunc(func(Op) {
		if info, err := os.Stat(path); err == nil {
			seen <- info.Size()
		}
	}))
	must(t, err)
	defer watch.Cancel()
	const writes = 2000
	for range writes {
		write(t, path)
	}
	late := time.After(30 * time.Second)
	for {
		select {
		case size := <-seen:
			if size == writes {
				return
			}
		case <-late:
			t.Fatal("the last write is never told")
		}
	}
}
