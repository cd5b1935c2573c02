package tailer

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/local"
	"tailbeam/tailer/notify"
	"tailbeam/tailer/sibling"
)

// A finder keeps the streams of a glob or directory in step with what is
// there. A name that appears is looked at by itself; everything is listed anew
// when a directory appears, and when the time of one changed without a word.
type finder struct {
	t      *Tailer
	source Source
	found  atomic.Bool // at least one file

	mu    sync.Mutex
	names map[string]struct{} // appeared and were not looked at, at most maxNames
	all   bool                // everything is to be listed
	wake  chan struct{}
	quit  chan struct{}
	done  chan struct{}

	// The rest belongs to start, then to run.
	dirs    map[string]*foundDir
	chain   []string            // the way to the directory itself
	root    []notify.Watch      // of the names on that
	skipped map[string]struct{} // files that were spoken of once
	listed  time.Time
	preload int64
	// lookedForGone is when files were last let go.
	lookedForGone time.Time
}

// foundDir is a directory in which files are looked for.
type foundDir struct {
	modified int64  // nanoseconds since 1970, when it was listed
	real     string // where it is without symbolic links
	cancel   func() // nil when it is not watched
}

// maxNames is how many names are remembered one by one until they are looked
// at.
const maxNames = 1024

func newFinder(t *Tailer, s Source) *finder {
	return &finder{
		t: t, source: s,
		names: map[string]struct{}{}, wake: make(chan struct{}, 1),
		quit: make(chan struct{}), done: make(chan struct{}),
		dirs: map[string]*foundDir{}, skipped: map[string]struct{}{},
		preload: t.cfg.Preload,
	}
}

// start finds what is there now, and goes on finding in the background. An
// error is a name that two files would have.
func (f *finder) start() error {
	err := f.list()
	f.preload = local.Whole
	go f.run()
	return err
}

func (f *finder) close() {
	close(f.quit)
	<-f.done
}

func (f *finder) run() {
	defer close(f.done)
	defer f.unwatch()
	timer := time.NewTimer(f.pause())
	defer timer.Stop()
	for {
		select {
		case <-f.quit:
			return
		case <-f.wake:
			f.catchUp()
		case <-timer.C:
			if time.Since(f.lookedForGone) > f.t.cfg.Forget/crowdedForget {
				f.letGo()
			}
			if f.stale() {
				f.relist()
			}
			timer.Reset(f.pause())
		}
	}
}

// pause is how long to wait before looking without being told.
func (f *finder) pause() time.Duration {
	for _, d := range f.dirs {
		if d.cancel == nil {
			return f.t.cfg.Find
		}
	}
	return f.t.cfg.Sweep
}

// catchUp looks at what was told of.
func (f *finder) catchUp() {
	f.mu.Lock()
	all, names := f.all, f.names
	f.all, f.names = false, map[string]struct{}{}
	f.mu.Unlock()
	for path := range names {
		info, err := os.Lstat(path)
		switch {
		case err != nil:
		case info.Mode().IsRegular():
			if err := f.consider(path); err != nil {
				f.speak(path, "file not followed", "err", err)
			}
		default:
			all = true // a directory, or a link, to one perhaps
		}
	}
	if all {
		f.relist()
	}
}

// relist is list when nobody waits for its error.
func (f *finder) relist() {
	if err := f.list(); err != nil {
		f.speak(f.source.Path, "file not followed", "err", err)
	}
}

// list looks at everything, and again for as long as that shows directories
// that were not watched before: what appeared in them meanwhile was not told.
func (f *finder) list() error {
	f.watchRoot()
	for range 10 {
		f.listed = time.Now()
		listing, err := f.source.list(f.t.cfg.links())
		if err != nil && !disk.Gone(err) {
			f.speak(f.source.Path, "directory cannot be read", "err", err)
		}
		first := f.considerAll(listing.files)
		if !f.watch(listing.dirs) || first != nil {
			return first
		}
	}
	return nil
}

// considerAll looks at files in an order that makes a link the name of a stream
// only where nothing else is: first what is no link, then the links, and last
// what may be the predecessor of a link.
func (f *finder) considerAll(files []string) error {
	var plain, links, behind []string
	isLink := map[string]bool{}
	for _, path := range files {
		if f.t.follows(path) {
			continue
		}
		if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSymlink != 0 {
			isLink[path] = true
			links = append(links, path)
		}
	}
	for _, path := range files {
		switch {
		case isLink[path]:
		case slices.ContainsFunc(bases(path), func(base string) bool { return isLink[base] }):
			behind = append(behind, path)
		default:
			plain = append(plain, path)
		}
	}
	var first error
	for _, path := range slices.Concat(plain, links, behind) {
		if err := f.consider(path); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// bases returns the paths of the files that path may be a predecessor of.
func bases(path string) []string {
	dir, name := filepath.Split(path)
	bases := sibling.Bases(name)
	for i := range bases {
		bases[i] = filepath.Join(dir, bases[i])
	}
	return bases
}

// wentWithDirectory reports whether a file has another path because a directory
// on the way was renamed. It is no predecessor then of what comes where it was.
func wentWithDirectory(from, to string) bool {
	if filepath.Base(from) != filepath.Base(to) {
		return false
	}
	_, err := disk.System{}.Lstat(filepath.Dir(from))
	return disk.Gone(err)
}

// consider follows a file unless it is one that a glob or directory passes
// over. An error says that the name it would have is taken.
func (f *finder) consider(path string) error {
	if f.t.follows(path) || !f.source.matches(path) || slices.ContainsFunc(bases(path), f.t.knows) {
		return nil
	}
	info, err := disk.System{}.Stat(path)
	if err != nil || info.Kind != disk.Regular {
		return nil
	}
	if f.t.cfg.links() == inside && leadsOut(f.source.Path, path) {
		f.speak(path, "link leads out of the listed directory, skipped")
		return nil
	}
	if other := f.t.follower.Holder(info.ID); other != "" && !wentWithDirectory(other, path) {
		f.speak(path, "same file as another stream, skipped", "stream", StreamName(other))
		return nil
	}
	if isBinary(disk.System{}, path, f.t.cfg.Encoding) {
		f.speak(path, "not text, skipped; name it as a source of its own to follow it")
		return nil
	}
	f.found.Store(true)
	return f.t.add(f.source, path, f.preload)
}

// speak logs something about a path once.
func (f *finder) speak(path, message string, args ...any) {
	if _, spoken := f.skipped[path]; spoken {
		return
	}
	if len(f.skipped) >= maxFormer {
		clear(f.skipped)
	}
	f.skipped[path] = struct{}{}
	f.t.cfg.Logger.Info(message, append([]any{"path", path, "source", f.source.Arg}, args...)...)
}

// watch sees to it that exactly these directories are watched, and reports
// whether one was not before.
func (f *finder) watch(dirs map[string]int64) bool {
	more := false
	for dir, d := range f.dirs {
		if _, still := dirs[dir]; !still {
			d.stop()
			delete(f.dirs, dir)
		}
	}
	for dir, modified := range dirs {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil {
			continue
		}
		if d := f.dirs[dir]; d != nil {
			if d.real == real && d.cancel != nil {
				d.modified = modified
				f.t.notifier.Refresh(real)
				continue
			}
			d.stop()
		}
		d := &foundDir{modified: modified, real: real}
		f.dirs[dir] = d
		wake := func(name string, op notify.Op) { f.told(dir, name, op) }
		if cancel, err := f.t.notifier.WatchDir(real, wake); err == nil {
			d.cancel = cancel
			more = true
		}
	}
	return more
}

func (d *foundDir) stop() {
	if d.cancel != nil {
		d.cancel()
	}
}

// watchRoot watches the names on which it depends where the source's directory
// is.
func (f *finder) watchRoot() {
	chain, _ := disk.Chain(f.source.Path)
	if slices.Equal(chain, f.chain) {
		return
	}
	old := f.root
	f.chain, f.root = chain, nil
	for _, name := range chain {
		if filepath.Dir(name) == name {
			continue
		}
		wake := notify.WakeFunc(func(op notify.Op) {
			if op.Structural() {
				f.told("", "", op)
			}
		})
		if watch, err := f.t.notifier.Watch(name, wake); err == nil {
			f.root = append(f.root, watch)
		}
	}
	for _, watch := range old {
		watch.Cancel()
	}
}

func (f *finder) unwatch() {
	for _, d := range f.dirs {
		d.stop()
	}
	for _, watch := range f.root {
		watch.Cancel()
	}
}

// told is called by the notifier, on a goroutine that must not wait. A name
// that was lost is the business of its stream.
func (f *finder) told(dir, name string, op notify.Op) {
	f.mu.Lock()
	switch {
	case name == "" || op&notify.Missed != 0 || len(f.names) >= maxNames:
		f.all = true
	case op&notify.Made != 0:
		f.names[filepath.Join(dir, name)] = struct{}{}
	}
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// stale reports whether a directory changed since it was listed, or may have
// changed in the same tick of the file system's clock.
func (f *finder) stale() bool {
	if len(f.dirs) == 0 {
		return true
	}
	for dir, d := range f.dirs {
		info, err := disk.System{}.Stat(dir)
		if err != nil || info.Modified != d.modified || info.Modified > f.listed.Add(-clockTick(info.Modified)).UnixNano() {
			return true
		}
	}
	return false
}

// clockTick returns how coarse the times of a file system may be that has given
// one.
func clockTick(modified int64) time.Duration {
	if modified%int64(time.Second) == 0 {
		return 2500 * time.Millisecond // whole seconds, or every other one
	}
	return 20 * time.Millisecond
}
