package stream

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"tailbeam/stream/wire"
)

// packed is a ring once more with its frames compressed, one by one and with
// one context for all viewers (RFC 7692, section 7.2). It exists for as long as
// somebody wants it. A goroutine of its own makes it.
//
// # Key points
//
// At a key point the context begins anew: what comes behind refers to nothing
// before. So a viewer changes over from the ring to the packed one at a key
// point and nowhere else. They are set behind each keyEvery bytes of the ring,
// at the next frame, so that a viewer knows where to wait for the next one.
// Until then, in a replay and after it, a viewer gets frames that are not
// compressed, which it may get at any time: they are no part of the context.
//
// # One for a connection
//
// A client inflates all of a connection with one context, and the deflater of a
// ring knows only what that ring said. Compressed messages of a second ring in
// between would lie where the first one's refer to; without context they shrink
// by a tenth or two, and shift the others all the same. So of the subscriptions
// of tailbeam.v1 on a connection one is compressed, the first, or when that has
// ended the next that is begun; the others come as they are. Several streams in
// one subscription share one ring, and are compressed together.
//
// # What cannot be compressed
//
// Where the frames of the ring come faster than they can be compressed, or
// all deflaters are in use, frames are copied as they are.
type packed struct {
	ring
	refs int  // under of.mu
	tap  *tap // on the ring that it is made of
	pool *deflaters

	wakes  chan struct{} // holds one
	cancel context.CancelFunc

	// Under mu: key points, up to where the ring was taken, and whether a key
	// point is due there.
	keys   []key
	taken  uint64
	due    bool
	wanted uint64 // where a viewer waits for one, or 0

	// The maker's own.
	deflater *wire.Deflater
	set      []key  // not shown yet
	next     uint64 // of the ring: where the next key point is due
}

// key is a key point: an offset of a ring and the same place in its packed
// form.
type key struct{ plain, packed uint64 }

const (
	// keyEvery is how many bytes of a ring lie between two key points.
	keyEvery = 64 << 10
	// packLag is how many bytes may wait to be compressed before frames are
	// copied.
	packLag = 2 << 20
	// smallest is the length of text, in bytes, from which on compressing can
	// gain anything.
	smallest = 8
	// deflaterIdle is after how long without a frame a deflater is given back.
	deflaterIdle = 30 * time.Second
)

// deflaters bounds how many there are.
type deflaters struct {
	max  int64
	held atomic.Int64
	// Bytes of frames that were compressed, what became of them, and how many
	// frames were copied instead.
	in, out, copied atomic.Uint64
}

// take returns a deflater, or nil where there are too many.
func (d *deflaters) take() *wire.Deflater {
	if d.held.Add(1) > d.max {
		d.held.Add(-1)
		return nil
	}
	return wire.NewDeflater()
}

// holdPacked lets a ring have a packed form; each call is followed by one of
// releasePacked.
func (h *Hub) holdPacked(r *ring) {
	r.mu.Lock()
	if p := r.packed; p != nil {
		p.refs++
		r.mu.Unlock()
		return
	}
	p := &packed{refs: 1, pool: &h.deflaters, wakes: make(chan struct{}, 1), due: true}
	p.derive(h.config.Memory / 2)
	p.plain, p.derived.made = r, p.made
	p.tap = &tap{ring: r, packed: p}
	p.taken = r.end
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	r.packed = p
	r.taps = append(r.taps[:len(r.taps):len(r.taps)], p.tap)
	p.tap.offered.Store(r.end)
	v, ends := r.viewLocked(), r.endsLocked()
	r.mu.Unlock()
	p.ended, p.ends = v.ended, v.places(ends, p.taken)
	h.budget.join(&p.ring)
	h.makers.Go(func() { p.run(ctx) })
}

// releasePacked ends the packed form of a ring that nobody wants any more.
func (h *Hub) releasePacked(r *ring) {
	r.mu.Lock()
	p := r.packed
	if p == nil {
		r.mu.Unlock()
		return
	}
	p.refs--
	last := p.refs == 0
	if last {
		r.packed = nil
	}
	r.mu.Unlock()
	if last {
		p.cancel()
		r.detach(p.tap)
		h.budget.leave(&p.ring)
	}
}

// wake says that the ring has something new.
func (p *packed) wake() {
	select {
	case p.wakes <- struct{}{}:
	default:
	}
}

// run makes the packed form until ctx ends.
func (p *packed) run(ctx context.Context) {
	idle := time.NewTimer(deflaterIdle)
	defer idle.Stop()
	defer p.giveBack()
	for ctx.Err() == nil {
		p.tap.dirty.Store(false)
		if p.turn() {
			continue
		}
		idle.Reset(deflaterIdle)
		select {
		case <-ctx.Done():
		case <-p.wakes:
		case <-idle.C:
			p.giveBack()
		}
	}
}

// giveBack lets others have the deflater. What comes next begins anew.
func (p *packed) giveBack() {
	if p.deflater == nil {
		return
	}
	p.deflater = nil
	p.pool.held.Add(-1)
	p.mu.Lock()
	p.due = true
	p.mu.Unlock()
}

// turn takes a part of what is new in the ring and reports whether there was
// something.
func (p *packed) turn() bool {
	r := p.plain
	r.mu.Lock()
	v, ends := r.viewLocked(), r.endsLocked()
	r.mu.Unlock()
	at := p.taken // only this goroutine writes it
	if at < v.start {
		p.breakOff(&v, ends)
		return true
	}
	if at == v.end {
		return p.catchUp(&v, ends)
	}
	to, gap := v.next(at)
	if gap != nil {
		p.mu.Lock()
		p.markLocked(*gap)
		p.taken, p.due = at+1, true
		p.ends = v.places(ends, at+1)
		taps := p.taps
		p.mu.Unlock()
		p.offer(at+1, taps)
		return true
	}
	at = p.pack(&v, at, to)
	p.mu.Lock()
	p.taken = at
	p.keys = append(p.keys, p.set...)
	p.ends = v.places(ends, at) // before it publishes, which may wait without the lock
	taps := p.publishLocked()
	changeOver := len(p.set) > 0 || p.wanted > 0 && p.wanted < at
	if p.wanted < at {
		p.wanted = 0
	}
	gone := 0
	for gone < len(p.keys)-1 && p.keys[gone+1].plain <= v.start {
		gone++
	}
	p.keys = slices.Delete(p.keys, 0, gone)
	p.mu.Unlock()
	p.set = p.set[:0]
	p.offer(at, taps)
	if changeOver {
		r.mu.Lock()
		waiting := r.taps
		r.mu.Unlock()
		wake(waiting)
	}
	return true
}

// offer wakes viewers and lets the ring drop what was taken.
func (p *packed) offer(at uint64, taps []*tap) {
	p.tap.offered.Store(at)
	p.plain.offered()
	wake(taps)
}

// catchUp takes what changes without a frame: that the ring ended, and where
// its viewers stand at the end.
func (p *packed) catchUp(v *view, ends []wire.Place) bool {
	p.mu.Lock()
	changed := p.ended != v.ended
	p.ended, p.ends = v.ended, v.places(ends, v.end)
	taps := p.taps
	p.mu.Unlock()
	if changed {
		wake(taps)
	}
	return false
}

// pack packs frames from an offset on and returns the one behind them.
func (p *packed) pack(v *view, from, to uint64) uint64 {
	p.mu.Lock()
	due, wanted := p.due, p.wanted
	p.due = false
	p.mu.Unlock()
	for walk := v.from(from); ; {
		s, ok := walk.advance()
		if !ok || s.off >= to {
			return to
		}
		if s.off-from >= keyEvery {
			return s.off
		}
		if due || s.off >= p.next || s.off == wanted {
			p.setKey(s.off)
			due = false
		}
		p.add(v, &s)
	}
}

// setKey sets a key point at an offset of the ring.
func (p *packed) setKey(at uint64) {
	switch {
	case p.deflater != nil:
		p.deflater.Reset()
	default:
		p.deflater = p.pool.take()
	}
	p.next = at + keyEvery
	p.set = append(p.set, key{at, p.filled()})
}

// add adds one frame.
func (p *packed) add(v *view, s *shown) {
	n := int(s.next - s.off)
	if p.deflater == nil || len(s.text) < smallest || v.end-s.off > packLag {
		_ = append(p.frame(n), v.bytes(s.off, s.next)...)
		p.pool.copied.Add(1)
	} else {
		text := p.deflater.Compress(s.text)
		n = wire.HeaderLen(len(text)) + len(text)
		wire.AppendCompressed(p.frame(n), text)
		p.pool.in.Add(s.next - s.off)
		p.pool.out.Add(uint64(n))
	}
	p.note(n, s.log, s.pos, s.older, s.end, s.flags)
}

// breakOff gives up what was to be packed, and begins with what the ring holds.
func (p *packed) breakOff(v *view, ends []wire.Place) {
	p.mu.Lock()
	p.awaitLocked(p.end) // so that who reads along stands at the end
	p.clearLocked()
	p.keys, p.wanted = nil, 0
	p.taken, p.due = v.start, true
	p.ends = v.places(ends, v.start)
	taps := p.taps
	p.mu.Unlock()
	p.offer(v.start, taps)
}

// entry returns where a viewer at an offset of the ring changes over, or how
// far it may go until it can.
func (p *packed) entry(off uint64, v *view) (packed uint64, ok bool, limit uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	limit = math.MaxUint64
	if p.due && p.taken == off {
		return p.end, true, limit
	}
	i, found := slices.BinarySearchFunc(p.keys, off, func(k key, off uint64) int { return cmp.Compare(k.plain, off) })
	switch {
	case found && p.keys[i].packed >= p.start:
		return p.keys[i].packed, true, limit
	case found:
		i++
	}
	if i < len(p.keys) {
		return 0, false, p.keys[i].plain
	}
	if i > 0 {
		limit = v.frameAt(p.keys[i-1].plain + keyEvery)
	}
	if limit < off { // it is not known where the next one will be: the maker lags
		limit = math.MaxUint64
		if p.wanted <= p.taken {
			p.wanted = off
		}
		if p.wanted >= off {
			limit = p.wanted
		}
	}
	return 0, false, limit
}

// made reports whether the packed form holds all that the ring will have once
// what was appended is in it.
func (p *packed) made() bool {
	p.mu.Lock()
	taken := p.taken
	p.mu.Unlock()
	return taken == p.plain.view().end && p.plain.complete()
}
