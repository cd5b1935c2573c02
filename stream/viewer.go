package stream

import (
	"slices"
	"sync/atomic"

	"tailbeam/stream/netpoll"
	"tailbeam/stream/wire"
)

// viewer is one connection. It belongs to one loop, which alone touches it.
// One that has everything and says nothing costs this struct and nothing else.
type viewer struct {
	sock  netpoll.Socket
	sub   sub  // of a plain viewer
	log   *Log // that sub follows
	more  *extra
	party *party // of an open viewer, whose seat it has
	slot  uint32
	life  uint32 // counts the viewers that had this slot
	heard uint32 // second of the loop's clock in which it last gave a sign
	state state
	flags uint8
	said  uint16 // messages within the second heard
}

// state is how far a viewer's life has come.
type state uint8

const (
	free    state = iota
	shaking       // its request head is not complete
	open
	closing // its Close frame is queued or sent
	drained // its Close frame is sent, its end of stream is awaited
)

const (
	blocked    = 1 << iota // the socket takes nothing now
	batched                // speaks tailbeam.v1
	ignoreGaps             // goes on after a gap
	goodbye                // has sent its Close frame
	deaf                   // what it sends is not understood any more
	deflates               // takes compressed messages, and may send some
)

// wrapShift is where in the flags the framing of a viewer lies.
const wrapShift = 6

// wrap returns how the viewer is spoken to.
func (v *viewer) wrap() framing { return framing(v.flags >> wrapShift) }

// extra is what a viewer has only at times: while it shakes hands, lags, is in
// the middle of a message, or subscribes by message.
type extra struct {
	reader wire.Reader
	in     []byte // bytes of the client that are not a whole frame, or request, yet
	out    []byte // goes out before anything of a feed
	subs   []*subscription
	since  uint32 // second in which it was blocked or its state began
	stood  []standing
	sent   netpoll.Progress
	poll   *poll
	echoes bool // its messages are sent back

	keeps, trailers bool // see arrival
}

// standing is where a viewer stood when it was blocked or paused: its rings
// may drop those lines by the time that it is asked for.
type standing struct {
	sub    *sub
	places []wire.Place // one for each log
	lines  []count      // before each place, where sub.lag is LagSkip
}

// token is what the poller says of a viewer; it fits no later viewer in the
// same slot.
func (v *viewer) token() uint64 { return uint64(v.slot) | uint64(v.life)<<32 }

// extra returns the rarer part of v, made if need be.
func (v *viewer) extra() *extra {
	if v.more == nil {
		v.more = new(extra)
	}
	return v.more
}

// tidy drops the rarer part if there is nothing in it.
func (v *viewer) tidy() {
	m := v.more
	if m != nil && m.reader.Idle() && len(m.in) == 0 && len(m.out) == 0 && len(m.subs) == 0 &&
		v.flags&blocked == 0 && v.state == open && len(m.stood) == 0 && !m.echoes {
		v.more = nil
	}
}

// stand remembers where one of the viewer's subs stands.
func (v *viewer) stand(s *sub, places []wire.Place) {
	v.moved(s)
	stood := standing{sub: s, places: places}
	if s.lag == LagSkip && s != &v.sub {
		logs := v.subscriptionOf(s).logs()
		stood.lines = make([]count, len(logs))
		for i, place := range places {
			stood.lines[i] = logs[i].counted(place)
		}
	}
	m := v.extra()
	m.stood = append(m.stood, stood)
}

// standing returns where a sub stood, if that is remembered.
func (v *viewer) standing(s *sub) *standing {
	if v.more != nil {
		for i := range v.more.stood {
			if v.more.stood[i].sub == s {
				return &v.more.stood[i]
			}
		}
	}
	return nil
}

// subscriptionOf returns the subscription that s is part of, or nil for the
// viewer's own sub.
func (v *viewer) subscriptionOf(s *sub) *subscription {
	if v.more != nil {
		for _, sub := range v.more.subs {
			if &sub.sub == s {
				return sub
			}
		}
	}
	return nil
}

// moved forgets where a sub stood: it has been sent more since.
func (v *viewer) moved(s *sub) {
	if v.more == nil {
		return
	}
	v.more.stood = slices.DeleteFunc(v.more.stood, func(other standing) bool { return other.sub == s })
}

// places returns where a sub stands, in each log that it follows, or nothing
// where that is no longer known.
func (v *viewer) places(s *sub) []wire.Place {
	if stood := v.standing(s); stood != nil {
		return stood.places
	}
	if sub := v.subscriptionOf(s); sub != nil {
		return sub.places()
	}
	if s.tap == nil {
		return nil
	}
	return s.tap.ring.places(s.off)
}

// logs returns what a sub of a plain viewer follows.
func (v *viewer) logs(s *sub) []*Log {
	if s != &v.sub {
		return v.more.subs[0].logs()
	}
	return []*Log{v.log}
}

// sub is a viewer's position in a ring.
type sub struct {
	viewer *viewer
	tap    *tap   // nil while nothing is sent from a ring
	off    uint64 // of the next byte, at the beginning of a frame
	at     int32  // index in tap.subs, or -1
	paused uint8  // 1 while the viewer wants nothing
	lag    Lag
	packs  bool // changes over to the packed form of its ring when it can
}

// tap joins a loop to a ring: the loop's viewers of that ring, and whether
// there is something new for them.
type tap struct {
	ring   *ring
	loop   *loop
	packed *packed // which is made of the ring, instead of a loop
	// offered is how far every viewer that is not blocked was served.
	offered atomic.Uint64
	dirty   atomic.Bool

	// The loop's own.
	subs    []*sub
	replays int // subscriptions that will join
}

// wake tells the loops of the taps that there is something new.
func wake(taps []*tap) {
	for _, t := range taps {
		t.wake()
	}
}

func (t *tap) wake() {
	if !t.dirty.CompareAndSwap(false, true) {
		return
	}
	if t.packed != nil {
		t.packed.wake()
		return
	}
	t.loop.mark(t)
}

// lags has the loop come back to a viewer at off whose turn is over, and the
// appender wait for it.
func (t *tap) lags(off uint64) {
	t.offered.Store(min(off, t.offered.Load()))
	t.wake()
}

// add lets s follow the ring from off on.
func (t *tap) add(s *sub, off uint64) {
	s.tap, s.off, s.at = t, off, int32(len(t.subs))
	t.subs = append(t.subs, s)
}

// remove takes s out; its offset stays.
func (t *tap) remove(s *sub) {
	last := len(t.subs) - 1
	t.subs[s.at] = t.subs[last]
	t.subs[s.at].at = s.at
	t.subs[last] = nil
	t.subs = t.subs[:last]
	s.tap, s.at = nil, -1
}

// slab holds the viewers of a loop. A viewer stays where it is.
type slab struct {
	chunks []*[slabChunk]viewer
	unused []uint32
	count  int
}

const slabChunk = 256

// take returns a viewer that is not in use.
func (s *slab) take() *viewer {
	if len(s.unused) == 0 {
		base := uint32(len(s.chunks) * slabChunk)
		chunk := new([slabChunk]viewer)
		s.chunks = append(s.chunks, chunk)
		for i := slabChunk - 1; i >= 0; i-- {
			chunk[i].slot = base + uint32(i)
			s.unused = append(s.unused, base+uint32(i))
		}
	}
	v := s.at(s.unused[len(s.unused)-1])
	s.unused = s.unused[:len(s.unused)-1]
	s.count++
	return v
}

// at returns the viewer in a slot.
func (s *slab) at(slot uint32) *viewer {
	return &s.chunks[slot/slabChunk][slot%slabChunk]
}

// find returns the viewer that a token is for, or nil if that one is gone.
func (s *slab) find(token uint64) *viewer {
	slot := uint32(token)
	if int(slot) >= len(s.chunks)*slabChunk {
		return nil
	}
	v := s.at(slot)
	if v.life != uint32(token>>32) || v.state == free {
		return nil
	}
	return v
}

// give takes a viewer back.
func (s *slab) give(v *viewer) {
	*v = viewer{slot: v.slot, life: v.life + 1}
	s.unused = append(s.unused, v.slot)
	s.count--
}
