package tailer

import (
	"fmt"
	"sync/atomic"

	"tailbeam/tailer/local"
	"tailbeam/tailer/pipe"
	"tailbeam/tailer/remote"
	"tailbeam/tailer/spool"
)

// stream is one that was announced.
type stream struct {
	name, path string
	arg        string // of its source, which is of a kind
	kind       Kind
	local      *local.Stream                // nil until it is followed, and for a remote one
	remote     *remote.Stream               // nil for a local one
	known      atomic.Pointer[local.Stream] // the same, for its history
	ready      chan struct{}                // closed when local is set, for a File
	fifo       *pipe.Reader                 // belongs to Tailer.hand
	kept       atomic.Pointer[spool.Spool]  // of the FIFO to which the name leads
}

// maxFormer bounds how many streams are remembered that were let go.
const maxFormer = 4096

// reserve takes a name for a path. It returns nil and no error where the path
// has one already.
func (t *Tailer) reserve(name, path string, s Source) (*stream, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if path != "" && t.byPath[path] != nil {
		return nil, nil
	}
	st := &stream{name: name, path: path, arg: s.Arg, kind: s.Kind}
	if other := t.byName[name]; other != nil {
		return nil, fmt.Errorf("two sources are both named %s (%s and %s): give one of them another name with NAME=SOURCE",
			name, other.origin(), st.origin())
	}
	delete(t.former, path)
	t.byName[name] = st
	if path != "" {
		t.byPath[path] = st
	}
	return st, nil
}

func (st *stream) origin() string {
	switch {
	case st.kind == Stdin:
		return "standard input"
	case st.path == "":
		return st.arg
	}
	return st.path
}

func (t *Tailer) forget(st *stream) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.byName, st.name)
	delete(t.byPath, st.path)
}

// letGo ends a stream whose file will not come back.
func (t *Tailer) letGo(st *stream, reason string) {
	if st.remote != nil {
		st.remote.Close()
	} else {
		st.local.Close()
	}
	t.registry.Remove(st.name, reason)
	t.forget(st)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.former) >= maxFormer {
		clear(t.former)
	}
	t.former[st.path] = struct{}{}
}

// knows reports whether a path is or was a stream.
func (t *Tailer) knows(path string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, was := t.former[path]
	return was || t.byPath[path] != nil
}

// follows reports whether a path is a stream.
func (t *Tailer) follows(path string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byPath[path] != nil
}

// streams returns the followed files that a condition holds for.
func (t *Tailer) streams(is func(*stream) bool) []*stream {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []*stream
	for _, st := range t.byPath {
		if st.local != nil && is(st) {
			list = append(list, st)
		}
	}
	return list
}
