package notify

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"tailbeam/tailer/disk"
)

const (
	// dense is how soon one event follows the other where there are so many
	// that it pays to gather them.
	dense = 1250 * time.Microsecond
	// burst is how many events are read at once before they are gathered.
	burst = 3
	// gather is how long dense events lie unread, so that the system makes one
	// of all that are the same.
	gather = 2 * time.Millisecond
)

const (
	// namesMask asks for what happens to names, which is little; writesMask for
	// what happens to files, which may be much.
	namesMask = unix.IN_CREATE | unix.IN_MOVED_TO | unix.IN_MOVED_FROM | unix.IN_DELETE |
		unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_ONLYDIR
	writesMask  = unix.IN_MODIFY | unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_ONLYDIR
	inotifyDead = unix.IN_DELETE_SELF | unix.IN_MOVE_SELF | unix.IN_IGNORED | unix.IN_UNMOUNT
)

// Inotify is a notifier on an inotify(7) descriptor of its own, with a watch
// per directory.
type Inotify struct {
	fd   int
	mask uint32
	file *os.File
	done chan struct{}

	mu     sync.Mutex
	events [64 << 10]byte
	closed bool
	dirs   map[string]*inotifyDir
	wds    map[int32][]*inotifyDir // one inode may have several names
}

// inotifyDir is a directory that is watched for as long as somebody listens.
type inotifyDir struct {
	path  string
	wd    int32
	id    disk.ID // of the directory that wd watches; zero when it is gone
	heard []*listening
}

// A listener is told what happens in a directory, on the goroutine that all
// share.
type listener interface {
	tell(name []byte, op Op)
	// tellAll tells of every name at once.
	tellAll(op Op)
}

// listening is one listener to one directory.
type listening struct {
	listener
	n *Inotify
	d *inotifyDir
}

// NewInotify returns a notifier, or an error where the limit of instances is
// reached.
func NewInotify() (*Inotify, error) { return newInotify(namesMask | writesMask) }

func newInotify(mask uint32) (*Inotify, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("inotify_init1: %w", err)
	}
	n := &Inotify{
		fd:   fd,
		mask: mask,
		file: os.NewFile(uintptr(fd), "inotify"),
		done: make(chan struct{}),
		dirs: map[string]*inotifyDir{},
		wds:  map[int32][]*inotifyDir{},
	}
	go n.read()
	return n, nil
}

// Watch implements Notifier.
func (n *Inotify) Watch(path string, w Waker) (Watch, error) {
	t := newNames()
	t.add(&name{base: filepath.Base(path), wake: w})
	return n.listen(parent(path), t)
}

// WatchDir implements Notifier.
func (n *Inotify) WatchDir(dir string, wake func(string, Op)) (func(), error) {
	l, err := n.listen(dir, whole(wake))
	if err != nil {
		return nil, err
	}
	return l.Cancel, nil
}

// listen tells a listener of a directory, which is watched as it is now, until
// Cancel.
func (n *Inotify) listen(dir string, to listener) (*listening, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	d, err := n.dirLocked(dir)
	if err != nil {
		return nil, err
	}
	l := &listening{to, n, d}
	d.heard = append(d.heard, l)
	return l, nil
}

// Cancel implements Watch.
func (l *listening) Cancel() {
	l.n.mu.Lock()
	defer l.n.mu.Unlock()
	l.d.heard = remove(l.d.heard, l)
	l.n.dropLocked(l.d)
}

// fresh sees to it that the directory is watched as it is now, and reports an
// error where it is not.
func (l *listening) fresh() error {
	l.n.mu.Lock()
	defer l.n.mu.Unlock()
	_, err := l.n.dirLocked(l.d.path)
	return err
}

// dirLocked returns the entry of a directory, watched as it is now.
func (n *Inotify) dirLocked(path string) (*inotifyDir, error) {
	d := n.dirs[path]
	if d != nil {
		n.refreshLocked(d)
		if !d.id.IsZero() {
			return d, nil
		}
	} else {
		d = &inotifyDir{path: path}
	}
	if err := n.addLocked(d); err != nil {
		return nil, err
	}
	n.dirs[path] = d
	return d, nil
}

// addLocked asks the system to watch d. The identity is taken first: should the
// directory be replaced in between, a later look finds a difference that is
// none, and not the other way round.
func (n *Inotify) addLocked(d *inotifyDir) error {
	if n.closed {
		return os.ErrClosed
	}
	info, err := disk.System{}.Stat(d.path)
	if err != nil {
		return err
	}
	wd, err := unix.InotifyAddWatch(n.fd, d.path, n.mask)
	if err != nil {
		return fmt.Errorf("inotify_add_watch %s: %w", d.path, err)
	}
	d.wd, d.id = int32(wd), info.ID
	if !slices.Contains(n.wds[d.wd], d) {
		n.wds[d.wd] = append(n.wds[d.wd], d)
	}
	return nil
}

// forgetLocked takes d off its watch descriptor, and ends that when it was the
// last.
func (n *Inotify) forgetLocked(d *inotifyDir) {
	if d.id.IsZero() {
		return
	}
	d.id = disk.ID{}
	if rest := remove(n.wds[d.wd], d); len(rest) > 0 {
		n.wds[d.wd] = rest
		return
	}
	delete(n.wds, d.wd)
	if !n.closed {
		_, _ = unix.InotifyRmWatch(n.fd, uint32(d.wd)) // it may have ended by itself
	}
}

func (n *Inotify) dropLocked(d *inotifyDir) {
	if len(d.heard) == 0 && n.dirs[d.path] == d {
		n.forgetLocked(d)
		delete(n.dirs, d.path)
	}
}

// Refresh implements Notifier.
func (n *Inotify) Refresh(dir string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if d := n.dirs[dir]; d != nil {
		n.refreshLocked(d)
	}
}

// Sweep implements Notifier.
func (n *Inotify) Sweep() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, d := range n.dirs {
		n.refreshLocked(d)
	}
}

func (n *Inotify) refreshLocked(d *inotifyDir) {
	info, err := disk.System{}.Stat(d.path)
	if err != nil || info.ID == d.id {
		return
	}
	n.forgetLocked(d)
	if n.addLocked(d) == nil {
		d.wakeAll(Lost | Missed)
	}
}

func (d *inotifyDir) wakeAll(op Op) {
	for _, l := range d.heard {
		l.tellAll(op)
	}
}

// read hands events out until Close. What is written to files is gathered when
// there is much of it; what happens to names is told at once.
func (n *Inotify) read() {
	defer close(n.done)
	conn, err := n.file.SyscallConn()
	if err != nil {
		return
	}
	gathers := n.mask&unix.IN_MODIFY != 0
	for row := 0; ; {
		asked, ended := time.Now(), false
		err := conn.Read(func(uintptr) bool {
			n.mu.Lock()
			defer n.mu.Unlock()
			var more bool
			more, ended = n.takeLocked()
			return more || ended
		})
		if err != nil || ended {
			return
		}
		if row++; time.Since(asked) > dense {
			row = 0
		}
		if gathers && row > burst {
			time.Sleep(gather)
		}
	}
}

// takeLocked reads a block of events and hands them out. What was read is handed
// out before the lock is free again, so that Flush misses nothing.
func (n *Inotify) takeLocked() (more, ended bool) {
	if n.closed {
		return false, true
	}
	for {
		got, err := unix.Read(n.fd, n.events[:])
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return false, false
		case err != nil || got <= 0:
			return false, true
		}
		n.handLocked(n.events[:got])
		return true, false
	}
}

// Flush implements Flusher: inotify(7) queues an event before the call returns
// that it tells of.
func (n *Inotify) Flush() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for {
		if more, ended := n.takeLocked(); !more {
			return !ended
		}
	}
}

// handLocked gives a block of struct inotify_event to those that wait for it.
func (n *Inotify) handLocked(events []byte) {
	for len(events) >= unix.SizeofInotifyEvent {
		wd := int32(binary.NativeEndian.Uint32(events))
		mask := binary.NativeEndian.Uint32(events[4:])
		end := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(events[12:]))
		name := bytes.TrimRight(events[unix.SizeofInotifyEvent:end], "\x00")
		events = events[end:]
		switch {
		case mask&unix.IN_Q_OVERFLOW != 0:
			for _, d := range n.dirs {
				d.wakeAll(Written | Missed)
			}
		case mask&inotifyDead != 0:
			for _, d := range slices.Clone(n.wds[wd]) {
				n.forgetLocked(d)
				d.wakeAll(Lost | Missed)
			}
		default:
			for _, d := range n.wds[wd] {
				d.hand(name, operation(mask))
			}
		}
	}
}

func (d *inotifyDir) hand(name []byte, op Op) {
	for _, l := range d.heard {
		l.tell(name, op)
	}
}

func operation(mask uint32) Op {
	var op Op
	if mask&unix.IN_MODIFY != 0 {
		op |= Written
	}
	if mask&(unix.IN_CREATE|unix.IN_MOVED_TO) != 0 {
		op |= Made
	}
	if mask&(unix.IN_DELETE|unix.IN_MOVED_FROM) != 0 {
		op |= Lost
	}
	return op
}

// Close implements Notifier and waits for the goroutine.
func (n *Inotify) Close() {
	n.mu.Lock()
	was := n.closed
	n.closed = true
	n.mu.Unlock()
	if !was {
		n.file.Close()
	}
	<-n.done
}
