package notify

import (
	"sync"
)

// names are those that are watched in one directory. Several descriptors may
// tell it what happens there; wake functions run with its lock held.
type names struct {
	mu    sync.Mutex
	first map[string]*name
}

// A name is one watch of a name. There may be several of the same.
type name struct {
	of   *names
	base string // in the directory
	wake Waker
	next *name // of the same name
}

func newNames() *names { return &names{first: map[string]*name{}} }

func (t *names) add(n *name) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n.of, n.next = t, t.first[n.base]
	t.first[n.base] = n
}

func (n *name) remove() {
	t := n.of
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.first[n.base] == n {
		if n.next == nil {
			delete(t.first, n.base)
		} else {
			t.first[n.base] = n.next
		}
		return
	}
	for before := t.first[n.base]; before != nil; before = before.next {
		if before.next == n {
			before.next = n.next
			return
		}
	}
}

func (t *names) isEmpty() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.first) == 0
}

// each calls do for every name, which may not add or remove one.
func (t *names) each(do func(*name)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range t.first {
		for ; n != nil; n = n.next {
			do(n)
		}
	}
}

// tell implements listener.
func (t *names) tell(base []byte, op Op) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for n := t.first[string(base)]; n != nil; n = n.next {
		n.wake.Wake(op)
	}
}

// tellAll implements listener.
func (t *names) tellAll(op Op) { t.each(func(n *name) { n.wake.Wake(op) }) }

// whole is a listener that hears of every name in a directory.
type whole func(name string, op Op)

// tell implements listener.
func (w whole) tell(base []byte, op Op) {
	if op.Structural() {
		w(string(base), op)
	}
}

// tellAll implements listener.
func (w whole) tellAll(op Op) { w("", op) }
