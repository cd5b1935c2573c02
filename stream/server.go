// Package stream pushes the lines of logs to viewers.
//
// A Hub holds one Log for each stream: the newest lines in memory, as finished
// frames. A Server has two doors for one port. The first one, on the event
// loops, upgrades a request for a WebSocket on the bare descriptor; everything
// else goes to the second one, net/http, which can upgrade too. Every viewer
// belongs to one loop and is nothing but a position there.
//
// # Goroutines
//
//	loop          one per core: viewers, sockets, sending       ends with Shutdown
//	poller        one per loop, parked in the runtime's poller  ends with its loop
//	maker         one per filtered feed                         ends with its last viewer
//	packer        one per ring that is sent compressed          ends with its last viewer
//	reader        a few: history for replays                    ends with Shutdown
//	acceptor      one: takes connections off the listener       ends with the listener
//	net/http      one per connection at the second door         ends with the connection
//
// There is none per viewer, except where a viewer's descriptor cannot be used
// bare: then two, see netpoll.Conn.
//
// # Memory
//
// Bytes that a viewer can reach never change. What is held is bounded per
// stream by Config.Memory; what a viewer lacks beyond that it is told.
package stream

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// Server serves the logs of a hub to viewers.
type Server struct {
	config Config
	log    *slog.Logger
	hub    *Hub
	loops  []*loop
	second *handoff
	web    *http.Server
	began  chan struct{} // closed when the loops run

	readers  readers
	seats    seats
	next     atomic.Uint32 // loop of the next connection
	counters counters

	room chan struct{} // a descriptor was freed; holds one
	quit chan struct{} // closed by Shutdown
	once sync.Once
}

// Limits of the second door.
const (
	maxHeaderBytes = 16 << 10
	bodyTimeout    = 30 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHTTP        = 1024 // connections
)

// NewServer returns a server for the streams of hub.
func NewServer(hub *Hub, c Config) *Server {
	c = c.withDefaults()
	s := &Server{
		config: c,
		log:    c.Logger,
		hub:    hub,
		second: newHandoff(maxHTTP),
		room:   make(chan struct{}, 1),
		quit:   make(chan struct{}),
		began:  make(chan struct{}),
	}
	s.seats.init(&s.config)
	return s
}

// Serve answers on ln until Shutdown and then returns http.ErrServerClosed. It
// is called once, before Shutdown; ln is closed when it returns.
func (s *Server) Serve(ln net.Listener, site Site) error {
	for range s.config.Loops {
		l, err := newLoop(s)
		if err != nil {
			ln.Close()
			return err
		}
		l.door.admit, l.door.negotiate = site.Admit, s.negotiate
		s.loops = append(s.loops, l)
	}
	s.web = &http.Server{
		Handler:           site,
		ReadHeaderTimeout: s.config.HandshakeTimeout,
		ReadTimeout:       bodyTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.second.addr = ln.Addr()
	s.readers.start(s.config.Readers, s.config.MaxLine+replayChunk)
	for _, l := range s.loops {
		go l.run()
	}
	close(s.began)
	accepted := make(chan error, 1)
	go func() {
		accepted <- s.accept(ln)
		s.second.Close() // ends web.Serve
	}()
	go func() {
		<-s.quit
		ln.Close()
	}()
	err := s.web.Serve(s.second)
	ln.Close()
	if fault := <-accepted; fault != nil {
		return fault
	}
	<-s.quit
	if errors.Is(err, net.ErrClosed) { // the second door closed before web knew
		return http.ErrServerClosed
	}
	return err
}

// Upgrade makes a viewer of a request at the second door, or answers why not.
// The request was admitted: ask is what it gets.
func (s *Server) Upgrade(w http.ResponseWriter, r *http.Request, ask Ask) {
	if keys := r.Header.Values(keyName); len(keys) != 1 || !isKey([]byte(keys[0])) {
		http.Error(w, keyFault, http.StatusBadRequest)
		return
	}
	remote, _ := netip.ParseAddrPort(r.RemoteAddr)
	party, refusal := s.admit(remote.Addr(), &ask, webSocket)
	if refusal != nil {
		refuse(w, refusal)
		return
	}
	a := arrival{ask: ask, party: party}
	if ask.Since.IsZero() {
		a.begin, a.fault = beginnings(ask.Streams, ask.Backlog, ask.From)
	} else {
		a.begin = since(ask.Streams, ask.Since)
		if err := findTimes(r.Context(), ask.Streams, a.begin); err != nil {
			s.dismiss(party, &ask)
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	upgrader := ws.HTTPUpgrader{
		Protocol: func(name string) bool { return name == wire.Subprotocol },
		Negotiate: func(offer httphead.Option) (answer httphead.Option, err error) {
			if !a.ask.deflates {
				answer = s.negotiate(offer)
				a.ask.deflates = answer.Size() > 0
			}
			return answer, nil
		},
	}
	conn, rw, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		s.dismiss(party, &ask)
		if conn != nil {
			conn.Close()
		}
		return
	}
	buffered, _ := rw.Reader.Peek(rw.Reader.Buffered())
	a.rest = bytes.Clone(buffered)
	if err := a.adopt(conn); err != nil {
		s.dismiss(party, &ask)
		conn.Close()
		s.log.Warn("take over a connection", "err", err)
		return
	}
	s.nextLoop().leave(func(in *inbox) { in.conns = append(in.conns, a) })
}

// refuse answers a request that was admitted and has no place.
func refuse(w http.ResponseWriter, r *Refusal) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, r.Message, r.Status)
}

// negotiate answers an offer of an extension.
func (s *Server) negotiate(offer httphead.Option) httphead.Option {
	if s.config.MaxCompressed < 0 {
		return httphead.Option{}
	}
	return wire.AcceptDeflate(offer)
}

// admit gives a viewer its seat and what it will follow, or says why not.
func (s *Server) admit(addr netip.Addr, ask *Ask, wrap framing) (*party, *Refusal) {
	p, refusal := s.seats.take(addr)
	if refusal != nil {
		return nil, refusal
	}
	if ask.feed, refusal = s.hub.feedFor(ask, wrap); refusal != nil {
		s.seats.leave(p)
		return nil, refusal
	}
	return p, nil
}

// dismiss takes back what admit gave.
func (s *Server) dismiss(p *party, ask *Ask) {
	s.seats.leave(p)
	s.hub.release(ask.feed)
}

// nextLoop returns the loops in turn.
func (s *Server) nextLoop() *loop {
	return s.loops[int(s.next.Add(1))%len(s.loops)]
}

// greet gives an accepted connection to a loop.
func (s *Server) greet(g guest) {
	s.counters.accepted.Add(1)
	s.nextLoop().leave(func(in *inbox) { in.guests = append(in.guests, g) })
}

// freed tells the acceptor that there is a descriptor again.
func (s *Server) freed() {
	select {
	case s.room <- struct{}{}:
	default:
	}
}

// Shutdown stops accepting, sends every viewer what was appended and Close
// 1001, and waits until they are gone. When ctx ends first, the rest is cut
// off and its error returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.once.Do(func() { close(s.quit) })
	select {
	case <-s.began:
	default:
		return nil
	}
	for _, l := range s.loops {
		l.leave(func(in *inbox) { in.leave = true })
	}
	err := s.web.Shutdown(ctx)
	for _, l := range s.loops {
		select {
		case <-l.ended:
		case <-ctx.Done():
			err = ctx.Err()
			l.leave(func(in *inbox) { in.drop = true })
			<-l.ended
		}
	}
	s.readers.stop()
	s.hub.makers.Wait()
	return err
}
