package notify

import (
	"errors"
	"path/filepath"
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

// tierDir is a directory with names that are watched. What a descriptor tells
// of it goes to all of them.
type tierDir struct {
	names
	path    string
	t       *tiers
	made    *listening      // what happens to the names; nil without it
	written *listening      // what is written to their files; nil without it
	shared  map[*name]Watch // those that first serves
	alone   bool            // one of them has that and nothing else
	busy    bool
	writes  atomic.Int64 // told by the shared watch since the last Sweep
}

// tierName is one watch of a name.
type tierName struct {
	name
	d *tierDir
}

func newTiers(first Notifier, limit int) *tiers {
	return &tiers{first: first, limit: limit, dirs: map[string]*tierDir{}, swept: time.Now()}
}

// Watch implements Notifier. Where one tier refuses the other is asked: it may
// have watches left, or the directory already.
func (t *tiers) Watch(path string, w Waker) (Watch, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.dirs[parent(path)]
	if d == nil {
		d = &tierDir{names: names{first: map[string]*name{}}, path: parent(path), t: t, shared: map[*name]Watch{}}
		t.dirs[d.path] = d
	}
	n := &tierName{name: name{base: filepath.Base(path), wake: w}, d: d}
	if err := d.serveLocked(n); err != nil {
		d.dropLocked()
		return nil, err
	}
	if !t.full && t.served > t.limit {
		t.full = true
		for _, d := range t.dirs {
			d.takeOverLocked()
		}
	}
	return n, nil
}

// Cancel implements Watch.
func (n *tierName) Cancel() {
	d := n.d
	d.t.mu.Lock()
	defer d.t.mu.Unlock()
	n.remove()
	d.unshareLocked(&n.name)
	d.dropLocked()
}

// dropLocked ends the watch of a directory without names.
func (d *tierDir) dropLocked() {
	if !d.isEmpty() {
		return
	}
	for _, l := range []*listening{d.made, d.written} {
		if l != nil {
			l.Cancel()
		}
	}
	d.made, d.written = nil, nil
	if d.t.dirs[d.path] == d {
		delete(d.t.dirs, d.path)
	}
}

// serveLocked has a name watched, or returns why it cannot be.
func (d *tierDir) serveLocked(n *tierName) error {
	named := d.namedLocked() == nil // without it, the shared watch has to do
	direct := named && (d.t.full || d.busy)
	if direct && d.directLocked() == nil {
		d.add(&n.name)
		return nil
	}
	err := d.shareLocked(&n.name)
	if err != nil && named && !direct && d.directLocked() == nil {
		err = nil
	}
	if err == nil {
		d.add(&n.name)
	}
	return err
}

// namedLocked has a descriptor tell of what happens to the names. It does not
// begin to where the shared watch was told to do that.
func (d *tierDir) namedLocked() error {
	if d.alone {
		return errAlone
	}
	return d.listenLocked(&d.made, &d.t.names, namesMask)
}

// directLocked has a descriptor tell of what is written to the files.
func (d *tierDir) directLocked() error {
	return d.listenLocked(&d.written, &d.t.writes, writesMask)
}

// listenLocked has a descriptor tell of the directory as it is now.
func (d *tierDir) listenLocked(l **listening, on **Inotify, mask uint32) error {
	if *l != nil {
		return (*l).fresh()
	}
	n, err := d.t.openLocked(on, mask)
	if err != nil {
		return err
	}
	*l, err = n.listen(d.path, &d.names)
	return err
}

var errAlone = errors.New("the shared watch tells of the names")

// shareLocked has the shared watch tell of what is written to n, and of the
// name as well where nothing else does.
func (d *tierDir) shareLocked(n *name) error {
	only := Written
	if d.made == nil {
		only = ^Op(0)
	}
	w, err := d.t.first.Watch(filepath.Join(d.path, n.base), WakeFunc(func(op Op) {
		d.writes.Add(1)
		if op &= only; op != 0 {
			n.wake.Wake(op)
		}
	}))
	if err != nil {
		return err
	}
	if d.made == nil {
		d.alone, d.t.vague = true, true
	}
	d.shared[n] = w
	d.t.served++
	return nil
}

// unshareLocked ends what the shared watch tells of n, if it does.
func (d *tierDir) unshareLocked(n *name) {
	if w := d.shared[n]; w != nil {
		w.Cancel()
		delete(d.shared, n)
		d.t.served--
	}
}

// takeOverLocked moves the names of a directory from the shared watch to an
// Inotify, if that has place for it. Each is watched without a break.
func (d *tierDir) takeOverLocked() {
	if len(d.shared) == 0 || d.alone || d.directLocked() != nil {
		return
	}
	for n := range d.shared {
		d.unshareLocked(n)
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
			d.takeOverLocked()
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
