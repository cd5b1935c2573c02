package notify

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/fsnotify/fsnotify"
	"github.com/nxadm/tail/watch"

	"tailbeam/tailer/disk"
)

// SharedNames is how many names the shared watch serves where there is another
// notifier for the rest.
const SharedNames = 256

// Shared returns the notifier that stands on github.com/nxadm/tail/watch. It
// is one for the whole process, as that package is; Close does nothing.
//
// Of that package it uses WatchCreate, Events and RemoveWatchCreate only. The
// others look at files by name when they should not, and some end the process.
func Shared() Notifier { return &process }

var process = shared{names: map[string]*sharedName{}, dirs: map[string]*sharedDir{}}

// shared holds at most one watch per path and fans it out: package watch has
// one channel per path, and an event goes to one receiver only.
type shared struct {
	// serial admits one call of package watch at a time, since that package
	// gives its answers to whoever waits for one, and guards what is below.
	// The goroutines that receive events take no lock, so a call always comes
	// back.
	serial sync.Mutex
	names  map[string]*sharedName
	dirs   map[string]*sharedDir
	usable bool // an inotify instance was to be had
}

// sharedName is a path with a channel in package watch.
type sharedName struct {
	path  string
	armed bool // package watch counts it
	wakes atomic.Pointer[[]*sharedWatch]
	done  chan struct{} // closed when receive has returned; nil without one
}

// sharedDir is a directory with armed names in it. Its own name is watched as
// well, so that they learn of its end.
type sharedDir struct {
	id    disk.ID      // as it was when it was watched
	own   *sharedWatch // of its own name; nil without one
	names atomic.Pointer[[]*sharedName]
}

// Watch implements Notifier.
func (h *shared) Watch(path string, w Waker) (Watch, error) {
	h.serial.Lock()
	defer h.serial.Unlock()
	if !h.usable {
		// Package watch ends the process where it gets no instance.
		if err := probe(); err != nil {
			return nil, err
		}
		h.usable = true
	}
	h.refreshLocked(parent(path))
	watch, err := h.watchLocked(path, w)
	if err != nil {
		return nil, err
	}
	h.ownLocked(parent(path))
	return watch, nil
}

// sharedWatch is one of a name.
type sharedWatch struct {
	h    *shared
	n    *sharedName
	wake Waker
}

// Cancel implements Watch.
func (w *sharedWatch) Cancel() {
	w.h.serial.Lock()
	defer w.h.serial.Unlock()
	w.cancelLocked()
}

func (w *sharedWatch) cancelLocked() {
	without := remove(*w.n.wakes.Load(), w)
	w.n.wakes.Store(&without)
	if len(without) == 0 && w.n.armed {
		w.h.disarmLocked(w.n)
		delete(w.h.names, w.n.path)
	}
}

// WatchDir implements Notifier: package watch tells of single names only.
func (h *shared) WatchDir(string, func(string, Op)) (func(), error) {
	return nil, ErrUnsupported
}

func (h *shared) watchLocked(path string, wake Waker) (*sharedWatch, error) {
	n := h.names[path]
	if n == nil {
		n = &sharedName{path: path}
		n.wakes.Store(new([]*sharedWatch))
		h.names[path] = n
	}
	if err := h.armLocked(n); err != nil {
		return nil, err
	}
	w := &sharedWatch{h, n, wake}
	with := append(slices.Clip(*n.wakes.Load()), w)
	n.wakes.Store(&with)
	return w, nil
}

// ownLocked watches the name of a directory that has names in it.
func (h *shared) ownLocked(dir string) {
	d := h.dirs[dir]
	if d == nil || d.own != nil || dir == parent(dir) {
		return
	}
	lost := WakeFunc(func(op Op) {
		if op.Structural() {
			d.wakeAll()
		}
	})
	d.own, _ = h.watchLocked(dir, lost) // without it, Sweep finds out
}

// armLocked asks package watch for the directory of n. Where it refuses, it
// keeps a channel all the same and would wait for a receiver for ever if an
// event for that name came by way of a neighbour: so there is always one.
func (h *shared) armLocked(n *sharedName) error {
	if n.armed {
		return nil
	}
	dir := parent(n.path)
	info, err := disk.System{}.Stat(dir)
	if err != nil {
		return err
	}
	err = watch.WatchCreate(n.path)
	if n.done == nil {
		n.done = make(chan struct{})
		go n.receive(watch.Events(n.path))
	}
	if err != nil {
		return err
	}
	n.armed = true
	d := h.dirs[dir]
	if d == nil {
		d = &sharedDir{id: info.ID}
		d.names.Store(new([]*sharedName))
		h.dirs[dir] = d
	}
	with := append(slices.Clip(*d.names.Load()), n)
	d.names.Store(&with)
	return nil
}

// disarmLocked must not be called for a name that is not armed: the count of
// package watch would fall below zero and never watch that directory again.
func (h *shared) disarmLocked(n *sharedName) {
	_ = watch.RemoveWatchCreate(n.path) // the directory may be gone, and its watch with it
	<-n.done
	n.done, n.armed = nil, false
	dir := parent(n.path)
	d := h.dirs[dir]
	without := remove(*d.names.Load(), n)
	d.names.Store(&without)
	if len(without) == 0 {
		delete(h.dirs, dir)
		if d.own != nil {
			d.own.cancelLocked()
		}
	}
}

func (n *sharedName) receive(events <-chan fsnotify.Event) {
	defer close(n.done)
	for e := range events {
		var op Op
		if e.Op&fsnotify.Write != 0 {
			op |= Written
		}
		if e.Op&fsnotify.Create != 0 {
			op |= Made
		}
		if e.Op&(fsnotify.Remove|fsnotify.Rename) != 0 {
			op |= Lost
		}
		if op != 0 {
			n.wakeAll(op)
		}
	}
}

func (n *sharedName) wakeAll(op Op) {
	for _, w := range *n.wakes.Load() {
		w.wake.Wake(op)
	}
}

func (d *sharedDir) wakeAll() {
	for _, n := range *d.names.Load() {
		n.wakeAll(Lost | Missed)
	}
}

// Refresh implements Notifier.
func (h *shared) Refresh(dir string) {
	h.serial.Lock()
	defer h.serial.Unlock()
	h.refreshLocked(dir)
}

// Sweep implements Notifier.
func (h *shared) Sweep() {
	h.serial.Lock()
	defer h.serial.Unlock()
	for dir := range h.dirs {
		h.refreshLocked(dir)
	}
}

// refreshLocked watches a directory anew that was made again. All names in it
// must go before the first comes back: package watch counts them, and asks the
// system for the first only.
func (h *shared) refreshLocked(dir string) {
	d := h.dirs[dir]
	if d == nil {
		return
	}
	info, err := disk.System{}.Stat(dir)
	if err != nil || info.ID == d.id {
		return
	}
	names := *d.names.Load()
	for _, n := range names {
		h.disarmLocked(n)
	}
	for _, n := range names {
		_ = h.armLocked(n) // whoever follows the name looks from time to time
		n.wakeAll(Lost | Missed)
	}
	h.ownLocked(dir)
}

// Close implements Notifier.
func (h *shared) Close() {}

// remove returns a list without one of its elements; the list itself stays as
// it is.
func remove[E comparable](list []E, e E) []E {
	i := slices.Index(list, e)
	if i < 0 {
		return list
	}
	return slices.Concat(list[:i], list[i+1:])
}
