// Package notify wakes whoever follows a name in the file system when
// something happens to it.
//
// # What a wake-up is worth
//
// It is a hint and no more. It may come late, twice, for nothing or not at
// all: events are merged and dropped by the system, and some file systems have
// none. Whoever follows a name looks for itself, and looks from time to time
// without being told.
//
// # Where wake-ups come from
//
// The first SharedNames names are served by github.com/nxadm/tail/watch, which
// keeps one watch per directory for the whole process. It needs a goroutine and
// a channel per name, and wakes four goroutines for each write. On Linux an
// inotify(7) descriptor of our own takes over by itself where that is too much:
// all names when there are more than SharedNames, and those of a directory in
// which there are more than a few hundred writes a second. There a name costs
// an entry in a map, some 100 bytes. Whole directories are served by such a descriptor from the
// start.
//
// An event is told at once where there are few. Where one follows the other,
// events of writes lie unread for 2ms each time, while the system merges those
// that are the same: what a wake-up costs is paid for many lines then.
//
// # Goroutines
//
//	Shared.receive  one per name in the shared watch, ends with the last cancel
//	Inotify.read    one per Inotify, ends with Close
package notify

import (
	"errors"
	"path/filepath"
)

// Op says what happened to a name. Several may have.
type Op uint8

const (
	// Written: the file was written to or cut.
	Written Op = 1 << iota
	// Made: the name was created, or something was renamed to it.
	Made
	// Lost: the name was removed or renamed, or its directory was.
	Lost
	// Missed: what happened before may not have been told, since the system
	// dropped events or the directory was not watched for a while.
	Missed
)

// Structural reports whether the name may lead elsewhere now.
func (o Op) Structural() bool { return o&(Made|Lost|Missed) != 0 }

// ErrUnsupported says that a notifier cannot serve what was asked for, and
// never will.
var ErrUnsupported = errors.New("no notification of this kind on this system")

// A Notifier watches names. Its methods may be called from any goroutine but
// never from within a wake function.
//
// A wake function, which Waker.Wake is, runs on the goroutine that all names
// share: it must return at once and take no lock that is held during a call of
// the Notifier. It may still run once when its watch was cancelled.
type Notifier interface {
	// Watch wakes w for what happens to an absolute, clean path whose
	// directory exists and is reached without a symbolic link. An error says
	// that the name is not watched, for example because the limits of
	// inotify(7) are reached; it may succeed later. The path is kept, not
	// copied.
	Watch(path string, w Waker) (Watch, error)
	// WatchDir calls wake for what happens to any name in a directory, under
	// the same conditions.
	WatchDir(dir string, wake func(name string, op Op)) (cancel func(), err error)
	// Refresh sees to it that what is watched under dir is the directory that
	// has this name now.
	Refresh(dir string)
	// Sweep refreshes every directory.
	Sweep()
	// Close ends what the notifier holds. Cancels may still be called.
	Close()
}

// A Waker is told what happens to a name. It is an interface, as Watch is, so
// that neither needs memory of its own: there may be ten thousand.
type Waker interface{ Wake(Op) }

// WakeFunc is a Waker that calls itself.
type WakeFunc func(Op)

// Wake implements Waker.
func (f WakeFunc) Wake(op Op) { f(op) }

// A Watch of a name lasts until Cancel, which is called once.
type Watch interface{ Cancel() }

// A Flusher is a Notifier that can tell of everything that happened so far.
// There what was told of a name can be counted.
type Flusher interface {
	// Flush returns when every wake-up was called for what happened to names
	// by calls that had returned before. It reports false where that cannot be
	// promised of all names. Wake functions run on the caller's goroutine too.
	Flush() bool
}

// parent returns the directory of a clean path.
func parent(path string) string { return filepath.Dir(path) }
