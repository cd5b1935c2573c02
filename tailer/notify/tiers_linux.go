package notify

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// busyRate is how many writes in a second are too many for the shared watch,
// which wakes four goroutines for each: the directory in which they happen is
// served by an Inotify from then on.
const busyRate = 200

// tiers serves names from the shared watch until there are more than limit,
// when an Inotify takes all of them over, or until a directory is busy, when it
// takes over that one. None comes back: where little happens both are the same.
//
// What happens to the names themselves always comes by a descriptor of its own,
// where it does not wait behind a hundred thousand writes: a file may be gone
// by then.
type tiers struct {
	first Notifier
	limit int

	// mu guards what is below. Wake functions do not take it.
	mu     sync.Mutex
	dirs   map[string]*tierDir
	served int       // names that first serves
	full   bool      // there were more than limit
	vague  bool      // some name has the shared watch alone, which cannot be flushed
	swept  time.Time // when busy directories were last looked for
	names  *Inotify
	writes *Inotify
}

// tierDir is a directory with names that are watched.
type tierDir struct {
	names  map[*tierName]struct{}
	busy   bool
	writes atomic.Int64 // told by the shared watch since the last Sweep
}

// tierName is one watch of a name.
type tierName struct {
	path string
	wake func(Op)
	// What ends the watch of the name, which is nil without one, and of what
	// is written to its file.
	names, writes func()
	shared        bool // first tells of what is written
}

func newTiers(first Notifier, limit int) *tiers {
	return &tiers{first: first, limit: limit, dirs: map[string]*tierDir{}, swept: time.Now()}
}

// Watch implements Notifier. Where one tier refuses the other is asked: it may
// have watches left, or the directory already.
func (t *tiers) Watch(path string, wake func(Op)) (func(), error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.dirs[parent(path)]
	if d == nil {
		d = &tierDir{names: map[*tierName]struct{}{}}
		t.dirs[parent(path)] = d
	}
	n := &tierName{path: path, wake: wake}
	if err := t.serveLocked(d, n); err != nil {
		t.dropLocked(d, n)
		return nil, err
	}
	d.names[n] = struct{}{}
	if !t.full && t.served > t.limit {
		t.full = true
		for _, d := range t.dirs {
			t.takeOverLocked(d)
		}
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		n.writes()
		if n.names != nil {
			n.names()
		}
		if n.shared {
			t.served--
		}
		t.dropLocked(d, n)
	}, nil
}

func (t *tiers) dropLocked(d *tierDir, n *tierName) {
	delete(d.names, n)
	if dir := parent(n.path); len(d.names) == 0 && t.dirs[dir] == d {
		delete(t.dirs, dir)
	}
}

func (t *tiers) serveLocked(d *tierDir, n *tierName) error {
	if names, err := t.openLocked(&t.names, namesMask); err == nil {
		n.names, _ = names.Watch(n.path, n.wake) // without it, the shared watch has to do
	}
	direct := t.full || d.busy
	if direct && t.directLocked(n) == nil {
		return nil
	}
	err := t.sharedLocked(d, n)
	if err != nil && !direct && t.directLocked(n) == nil {
		return nil
	}
	if err != nil && n.names != nil {
		n.names()
	}
	return err
}

// sharedLocked has the shared watch tell of what is written to n, and of the
// name as well where nothing else does.
func (t *tiers) sharedLocked(d *tierDir, n *tierName) error {
	only := Written
	if n.names == nil {
		only = ^Op(0)
	}
	cancel, err := t.first.Watch(n.path, func(op Op) {
		d.writes.Add(1)
		if op &= only; op != 0 {
			n.wake(op)
		}
	})
	if err != nil {
		return err
	}
	t.vague = t.vague || n.names == nil
	n.writes, n.shared = cancel, true
	t.served++
	return nil
}

// directLocked has an Inotify tell of what is written to n.
func (t *tiers) directLocked(n *tierName) error {
	if n.names == nil {
		return errNoNames
	}
	writes, err := t.openLocked(&t.writes, writesMask)
	if err != nil {
		return err
	}
	cancel, err := writes.Watch(n.path, n.wake)
	if err != nil {
		return err
	}
	n.writes, n.shared = cancel, false
	return nil
}

var errNoNames = errors.New("what happens to the name cannot be watched")

// takeOverLocked moves the names of a directory from the shared watch to an
// Inotify, as far as that has place for them. Each is watched without a break.
func (t *tiers) takeOverLocked(d *tierDir) {
	for n := range d.names {
		if before := n.writes; n.shared && t.directLocked(n) == nil {
			before()
			t.served--
		}
	}
}

// WatchDir implements Notifier.
func (t *tiers) WatchDir(dir string, wake func(string, Op)) (func(), error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, err := t.openLocked(&t.names, namesMask)
	if err != nil {
		return nil, err
	}
	return n.WatchDir(dir, wake)
}

// openLocked returns one of the descriptors, made when it is first needed.
func (t *tiers) openLocked(which **Inotify, mask uint32) (*Inotify, error) {
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
	for _, n := range t.all() {
		n.Refresh(dir)
	}
}

// Sweep implements Notifier.
func (t *tiers) Sweep() {
	for _, n := range t.all() {
		n.Sweep()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	since := time.Since(t.swept)
	if since < time.Second {
		return
	}
	t.swept = time.Now()
	for _, d := range t.dirs {
		if float64(d.writes.Swap(0)) > busyRate*since.Seconds() {
			d.busy = true
			t.takeOverLocked(d)
		}
	}
}

// Flush implements Flusher.
func (t *tiers) Flush() bool {
	t.mu.Lock()
	names, vague := t.names, t.vague
	t.mu.Unlock()
	return (names == nil || names.Flush()) && !vague
}

// Close implements Notifier.
func (t *tiers) Close() {
	for _, n := range t.all() {
		n.Close()
	}
}

func (t *tiers) all() []Notifier {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := []Notifier{t.first}
	for _, n := range []*Inotify{t.names, t.writes} {
		if n != nil {
			all = append(all, n)
		}
	}
	return all
}
