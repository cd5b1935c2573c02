package stream

import (
	"net"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"tailbeam/stream/netpoll"
)

// loop owns viewers outright: their sockets, their positions and what they
// have not been sent yet. Only its own goroutine touches those; others leave
// word in the inbox and wake it.
type loop struct {
	server *Server
	poll   *netpoll.Poller
	wakes  chan struct{} // holds one
	ended  chan struct{}

	mu     sync.Mutex
	inbox  inbox
	posted []netpoll.Event // of sockets that are not polled
	dirty  []*tap          // rings with something new
	over   bool            // run has returned

	viewers  slab
	taps     map[*ring]*tap
	watched  map[*viewer]struct{} // those with a deadline
	replays  []*subscription      // being served from a replay
	clock    time.Time            // when second was 0
	second   uint32
	pace     pace
	leaving  bool // the server shuts down
	door     door
	buf      []byte   // what is read from sockets
	bufs     [][]byte // what is written to one
	kept     []uint64 // tokens of connections that were asked again already
	spare    []*tap
	sweeping view
	shared   stretch        // of the view that is swept
	looked   uint64         // see lookAt
	peer     netip.AddrPort // of the guest that is greeted
	tally    tally
}

// inbox is what others want of a loop.
type inbox struct {
	guests []guest   // accepted, no byte read
	conns  []arrival // upgraded at the second door
	read   []result  // of history, for replays
	leave  bool
	drop   bool
}

// guest is an accepted connection and the address of its peer.
type guest struct {
	sock netpoll.Socket
	peer netip.AddrPort
}

// arrival is a connection whose handshake was done over HTTP.
type arrival struct {
	sock  netpoll.Socket // or
	conn  net.Conn
	rest  []byte // what the client sent already
	wrap  framing
	head  []byte // of a response over plain HTTP, not sent yet
	ask   Ask
	begin []beginning
	fault error // of the beginning
	party *party
	// Of a response over plain HTTP: the connection is for another request
	// afterwards, and what stands behind the last chunk is heard (RFC 9110,
	// section 6.5.1).
	keeps, trailers bool
}

// What a loop does for those who come, lag or look back is cut in turns, so that
// viewers that are live wait for a few milliseconds at most.
const (
	// maxTurn is about how many bytes a viewer gets before the next one's turn.
	maxTurn = 256 << 10
	// maxBurst is about how many bytes a loop sends to viewers that had to wait
	// or are in replay before it looks whether there are new lines.
	maxBurst = 2 << 20
	// maxGreeted is how many connections it takes on before it looks, and
	// maxReplayed how many chunks that were read for replays.
	maxGreeted  = 64
	maxReplayed = 8
)

func newLoop(s *Server) (*loop, error) {
	poll, err := netpoll.NewPoller()
	if err != nil {
		return nil, err
	}
	l := &loop{
		server:  s,
		poll:    poll,
		wakes:   make(chan struct{}, 1),
		ended:   make(chan struct{}),
		taps:    make(map[*ring]*tap),
		watched: make(map[*viewer]struct{}),
		clock:   time.Now(),
		pace:    pace{most: s.config.Gather},
		buf:     make([]byte, s.config.MaxMessage+netReadSize),
		bufs:    make([][]byte, 0, netpoll.MaxVector),
	}
	l.door.init()
	return l, nil
}

// netReadSize is how much is read from a socket at once, beside the beginning
// of a message that was read before.
const netReadSize = 16 << 10

// wake makes the loop look at its inbox and its dirty rings.
func (l *loop) wake() {
	select {
	case l.wakes <- struct{}{}:
	default:
	}
}

// mark notes that a ring has something new.
func (l *loop) mark(t *tap) {
	l.mu.Lock()
	l.dirty = append(l.dirty, t)
	l.mu.Unlock()
	l.wake()
}

// leave puts a message into the inbox.
func (l *loop) leave(put func(*inbox)) {
	l.mu.Lock()
	put(&l.inbox)
	over := l.over
	l.mu.Unlock()
	if over {
		l.discard()
		return
	}
	l.wake()
}

// discard closes what came after the loop had ended.
func (l *loop) discard() {
	l.mu.Lock()
	in := l.inbox
	l.inbox, l.over = inbox{}, true
	l.mu.Unlock()
	for _, g := range in.guests {
		g.sock.Close()
	}
	for i := range in.conns {
		a := &in.conns[i]
		if a.conn != nil {
			a.conn.Close()
		} else {
			a.sock.Close()
		}
		l.server.dismiss(a.party, &a.ask)
	}
}

// post takes the readiness of a socket that is not polled.
func (l *loop) post(e netpoll.Event) {
	l.mu.Lock()
	l.posted = append(l.posted, e)
	l.mu.Unlock()
	l.wake()
}

// run serves until the server leaves and the last viewer is gone.
func (l *loop) run() {
	defer close(l.ended)
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for !l.leaving || l.viewers.count > 0 {
		select {
		case <-l.wakes:
		case <-l.pace.timer():
			l.pace.armed = false
		case events := <-l.poll.Events():
			l.readyAll(events)
			l.poll.Done()
		case <-ticks.C:
			l.tick()
		}
		l.intake()
		l.sweep()
		l.replay()
		l.tally.show(&l.server.counters)
		l.yield()
	}
	for _, t := range l.taps {
		t.ring.detach(t)
	}
	l.poll.Close()
	l.discard()
}

// yield lets others have the processor if the loop has more to do right now:
// it would not part with it by itself, and the lines that it sends are read by
// others.
func (l *loop) yield() {
	if len(l.wakes) > 0 {
		runtime.Gosched()
	}
}

// intake takes what others left.
func (l *loop) intake() {
	l.mu.Lock()
	in, events := l.inbox, l.posted
	l.inbox, l.posted = in.rest(), nil
	l.mu.Unlock()
	l.readyAll(events)
	for _, g := range in.guests {
		l.greet(g)
	}
	for _, a := range in.conns {
		l.welcome(a)
	}
	for i := range in.read {
		l.replayed(&in.read[i])
	}
	l.askedAgain()
	if len(in.guests) == maxGreeted || len(in.read) == maxReplayed {
		l.wake() // there may be more
	}
	if in.leave {
		l.leaveAll()
	}
	if in.drop {
		l.each(func(v *viewer) { l.drop(v, endedCut) })
	}
}

// rest takes what is too much for one turn out of an inbox and returns it. A
// loop that is to end takes everything.
func (in *inbox) rest() (later inbox) {
	if in.leave || in.drop {
		return later
	}
	if n := maxGreeted; len(in.guests) > n {
		in.guests, later.guests = in.guests[:n:n], in.guests[n:]
	}
	if n := maxReplayed; len(in.read) > n {
		in.read, later.read = in.read[:n:n], in.read[n:]
	}
	return later
}

// readyAll serves sockets that are ready, and those that are live in between.
func (l *loop) readyAll(events []netpoll.Event) {
	sent := l.tally.bytes
	for i, e := range events {
		l.ready(e)
		if l.tally.bytes-sent > maxBurst || i%maxGreeted == maxGreeted-1 {
			l.sweep()
			sent = l.tally.bytes
		}
	}
}

// ready serves a socket that is ready.
func (l *loop) ready(e netpoll.Event) {
	v := l.viewers.find(e.Token)
	if v == nil {
		return
	}
	if e.Ready&netpoll.Writable != 0 && v.flags&blocked != 0 {
		l.unblock(v)
	}
	if e.Ready&netpoll.Readable != 0 && v.life == uint32(e.Token>>32) {
		l.read(v)
	}
}

// tapOf returns the loop's tap of a ring, made if need be.
func (l *loop) tapOf(r *ring) *tap {
	t := l.taps[r]
	if t == nil {
		t = &tap{ring: r, loop: l}
		l.taps[r] = t
		r.attach(t)
	}
	return t
}

// untap takes s off its ring.
func (l *loop) untap(s *sub) {
	if t := s.tap; t != nil {
		t.remove(s)
		l.dropTap(t)
	}
}

// dropTap takes the loop off a ring that none of its viewers needs.
func (l *loop) dropTap(t *tap) {
	if len(t.subs) == 0 && t.replays == 0 {
		delete(l.taps, t.ring)
		t.ring.detach(t)
	}
}

// each calls f for every viewer.
func (l *loop) each(f func(*viewer)) {
	for _, chunk := range l.viewers.chunks {
		for i := range chunk {
			if chunk[i].state != free {
				f(&chunk[i])
			}
		}
	}
}
