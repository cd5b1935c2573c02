package shell

import (
	"path"
	"slices"
	"sync"
	"syscall"
)

// Hangs are paths of a host of which nothing is asked, for whoever asks is not
// answered: their file system hangs. The zero value is none.
type Hangs struct {
	mu    sync.Mutex
	paths []string
}

// errHangs is taken for one that passes, as where something may not be read now.
var errHangs = &Error{Words: "its file system does not answer over there: looked for again from time to time", kind: syscall.EACCES}

// Of returns an error if a path hangs, or a directory that leads to it.
func (h *Hangs) Of(name string) error {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.paths) == 0 {
		return nil
	}
	for at := name; ; at = path.Dir(at) {
		if slices.Contains(h.paths, at) {
			return errHangs
		}
		if at == path.Dir(at) {
			return nil
		}
	}
}

// Add notes that a path hangs.
func (h *Hangs) Add(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Contains(h.paths, name) {
		h.paths = append(h.paths, name)
	}
}

// Remove notes that a path answers.
func (h *Hangs) Remove(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.paths = slices.DeleteFunc(h.paths, func(p string) bool { return p == name })
}

// All returns what hangs.
func (h *Hangs) All() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.paths)
}
