package shell

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"

	"tailbeam/tailer/disk"
)

// A name is a path that is followed: all of them are looked at together.
type name struct {
	path  string
	index int
	info  disk.Info
	err   error
	at    time.Time // when it was looked at, or zero
	young time.Time // when info was new, while the file may be written to again by its stamp; or zero
	asked time.Time // when it was asked for why nothing was seen
	hangs bool      // it is not looked at
}

// fresh is how old a look may be that answers what is asked.
const fresh = 10 * time.Second

// explained is for how long it is taken as known why nothing is at a path.
const explained = 2 * time.Second

// errAbsent says that a look found nothing; why is asked for by itself.
var errAbsent = errors.New("not seen")

// Watch has Look look at a path.
func (fsys *FS) Watch(path string) {
	fsys.mu.Lock()
	defer fsys.mu.Unlock()
	if fsys.names[path] != nil {
		return
	}
	fsys.next++
	n := &name{path: path, index: fsys.next}
	fsys.names[path] = n
	if n.hangs = fsys.hangs.Of(path) != nil; n.hangs {
		return
	}
	if s := fsys.on; s != nil {
		s.tell(n)
	}
}

// Forget ends Watch.
func (fsys *FS) Forget(path string) {
	fsys.mu.Lock()
	defer fsys.mu.Unlock()
	n := fsys.names[path]
	if n == nil {
		return
	}
	delete(fsys.names, path)
	if s := fsys.on; s != nil {
		s.mu.Lock()
		s.sendLocked(&call{}, "forget", strconv.Itoa(n.index))
		s.mu.Unlock()
	}
}

func (s *Session) tell(n *name) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sendLocked(&call{}, "watch", strconv.Itoa(n.index), quote(n.path))
}

// Use makes a session the one that is looked with.
func (fsys *FS) Use(s *Session) {
	fsys.mu.Lock()
	defer fsys.mu.Unlock()
	fsys.on = s
	for _, n := range fsys.names {
		n.at, n.hangs = time.Time{}, fsys.hangs.Of(n.path) != nil
		if !n.hangs {
			s.tell(n)
		}
	}
}

// Again has what was found to hang looked at, if it does not any more.
func (fsys *FS) Again() {
	fsys.mu.Lock()
	defer fsys.mu.Unlock()
	for _, n := range fsys.names {
		if n.hangs && fsys.hangs.Of(n.path) == nil {
			n.hangs, n.at = false, time.Time{}
			if fsys.on != nil {
				fsys.on.tell(n)
			}
		}
	}
}

// A Change is what a look found at a path.
type Change uint8

const (
	Grown Change = iota // the same file is not as it was
	Moved               // the path leads elsewhere
)

// longAgo is how old the stamp of a file is that nobody writes to now, wherever
// clocks are a little wrong.
const longAgo = 24 * time.Hour

// coarse is for how long a file may be written to again without another stamp: it
// is read once more after that, for it may have been truncated and have grown to
// the same size. A test lowers it.
func (s *Session) coarse() time.Duration {
	if s.facts.kind == "ls" { // which tells minutes
		return coarseMinute
	}
	return coarseSecond
}

var coarseSecond, coarseMinute = 2500 * time.Millisecond, 61 * time.Second

// Look looks at all paths, and returns those at which something has changed.
func (fsys *FS) Look(s *Session) (map[string]Change, error) {
	began := time.Now()
	answer, status, err := s.Call("look")
	if err == nil && status != 0 {
		err = problem(answer, status)
	}
	if err != nil {
		return nil, err
	}
	fsys.mu.Lock()
	defer fsys.mu.Unlock()
	found, ok := fsys.found(s.facts.kind, answer)
	if !ok {
		return nil, nil // a file has gone in the middle: the next look tells
	}
	changes := map[string]Change{}
	for path, n := range fsys.names {
		if n.hangs {
			if n.at.IsZero() {
				changes[path], n.at, n.err = Grown, began, errHangs
			}
			continue
		}
		info, there := found[n.index]
		first, same := n.at.IsZero(), info == n.info
		if there && (first || !same) {
			n.young = time.Time{}
			if age := began.Add(s.Skew()).Sub(time.Unix(0, info.Modified)); !first || age.Abs() < longAgo {
				n.young = began
			}
		}
		switch {
		case n.err == errHangs && there:
			changes[path] = Grown // whether it is the same is found out by whoever follows it
			n.info, n.err = info, nil
		case there && (n.err != nil || first || info.ID != n.info.ID):
			changes[path] = Moved
			n.info, n.err = info, nil
		case there && !same:
			changes[path] = Grown
			n.info = info
		case there && !n.young.IsZero() && began.Sub(n.young) > s.coarse():
			changes[path] = Grown
			n.young = time.Time{}
		case !there && (n.err == nil || first):
			changes[path] = Moved
			n.err = errAbsent
		}
		n.at = began
	}
	return changes, nil
}

// found reads what a look answered: the indexes of the paths at which something
// is, and then as many lines.
func (fsys *FS) found(kind string, answer []byte) (map[int]disk.Info, bool) {
	head, rest, _ := bytes.Cut(answer, []byte("\n"))
	found := map[int]disk.Info{}
	for _, index := range strings.Fields(string(head)) {
		text, after, ok := bytes.Cut(rest, []byte("\n"))
		info, err := fsys.info(kind, text)
		i, err2 := strconv.Atoi(index)
		if !ok || err != nil || err2 != nil {
			return nil, false
		}
		found[i], rest = info, after
	}
	return found, len(rest) == 0
}

// seen returns what the last look found at a path, if it is known by that.
func (fsys *FS) seen(path string) (disk.Info, error, bool) {
	fsys.mu.Lock()
	defer fsys.mu.Unlock()
	n := fsys.names[path]
	switch {
	case n == nil || n.at.IsZero() || time.Since(n.at) > fresh:
	case n.err == nil:
		return n.info, nil, true
	case n.err != errAbsent && time.Since(n.asked) < explained:
		return disk.Info{}, n.err, true
	}
	return disk.Info{}, nil, false
}

// explain notes why a look finds nothing at a path.
func (fsys *FS) explain(path string, err error) {
	fsys.mu.Lock()
	defer fsys.mu.Unlock()
	var told *Error
	if n := fsys.names[path]; n != nil && n.err != nil && errors.As(err, &told) {
		n.err, n.asked = err, time.Now()
	}
}

// Await has the session say when one of the files that are open for these paths
// changes.
func (fsys *FS) Await(s *Session) error {
	fsys.mu.Lock()
	ids := map[disk.ID]bool{}
	for _, n := range fsys.names {
		if n.err == nil {
			ids[n.info.ID] = true
		}
	}
	fsys.mu.Unlock()
	s.mu.Lock()
	var args []string
	for i, f := range s.slots.owners {
		if f != nil && ids[f.id] {
			args = append(args, strconv.Itoa(s.slots.first+i))
		}
	}
	if len(args) == 0 {
		s.mu.Unlock()
		return nil
	}
	c := s.sendLocked(&call{}, "await", args...)
	s.mu.Unlock()
	<-c.done
	return c.err
}

// Absent reports whether a path is followed at which nothing is.
func (fsys *FS) Absent() bool {
	fsys.mu.Lock()
	defer fsys.mu.Unlock()
	for _, n := range fsys.names {
		if n.err != nil {
			return true
		}
	}
	return false
}
