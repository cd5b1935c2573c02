package stream

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// budget bounds what the rings of a hub hold together. Where there is too much,
// those that hold the most give up their oldest lines, down to one level for
// all: a stream that says little keeps what it has. Of each ring the newest
// segment stays, and what a viewer that keeps up still lacks.
type budget struct {
	max  int64
	held atomic.Int64

	mu    sync.Mutex
	rings map[*ring]struct{}
}

func newBudget(max int64) *budget {
	return &budget{max: max, rings: make(map[*ring]struct{})}
}

// join lets a ring count.
func (b *budget) join(r *ring) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rings[r] = struct{}{}
	r.budget = b
}

// leave takes a ring out that nobody needs any more.
func (b *budget) leave(r *ring) {
	b.mu.Lock()
	delete(b.rings, r)
	b.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.retired {
		r.retired = true
		b.held.Add(-r.held)
	}
}

// reserve makes room for size bytes. It is called without the lock of a ring.
func (b *budget) reserve(size int) {
	if b == nil || b.held.Load()+int64(size) <= b.max || !b.mu.TryLock() {
		return // or somebody else is at it
	}
	defer b.mu.Unlock()
	goal := b.max - b.max/16 - int64(size) // so that this is done now and then only
	level := b.levelLocked(goal)
	for r := range b.rings {
		r.shrink(level)
	}
}

// levelLocked returns the level to which all rings are cut so that they hold
// about goal bytes together.
func (b *budget) levelLocked(goal int64) int64 {
	held := make([]int64, 0, len(b.rings))
	for r := range b.rings {
		r.mu.Lock()
		held = append(held, r.held)
		r.mu.Unlock()
	}
	slices.Sort(held)
	for i, bytes := range held {
		share := max(goal, 0) / int64(len(held)-i)
		if bytes > share {
			return share
		}
		goal -= bytes
	}
	return math.MaxInt64 // all of it fits
}

// shrink drops the oldest segments until at most bytes are held, as far as
// every loop has offered them to its viewers.
func (r *ring) shrink(bytes int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.held > bytes && len(r.segs) > 1 && r.segs[1].base <= r.keep && !r.awaitedLocked(r.segs[1].base) {
		r.dropLocked()
	}
}
