package stream

import (
	"errors"
	"net"
	"runtime"
	"time"

	"tailbeam/stream/netpoll"
)

// mostReserved is for how many descriptors there is room from the beginning.
const mostReserved = 1 << 15

// accept takes descriptors off a TCP listener and gives them to the loops. Any
// other listener, and a server without the first door, gets the second one.
func (s *Server) accept(ln net.Listener) error {
	tcp, ok := ln.(*net.TCPListener)
	if !ok {
		return s.acceptConns(ln)
	}
	acceptor, err := netpoll.NewAcceptor(tcp)
	if err != nil {
		return err
	}
	go func() {
		<-s.quit
		acceptor.Close()
	}()
	acceptor.Reserve(min(s.config.MaxViewers+maxHTTP, mostReserved))
	told := false
	for n := 1; ; n++ {
		sock, peer, err := acceptor.Accept()
		switch {
		case err == nil:
			told = false
			s.greet(guest{sock, peer})
			if n%maxGreeted == 0 {
				runtime.Gosched() // accepting does not part with the processor by itself
			}
		case errors.Is(err, netpoll.ErrExhausted):
			s.counters.exhausted.Add(1)
			if !told {
				s.log.Warn("out of descriptors: connections wait until viewers leave; raise the limit (ulimit -n, LimitNOFILE=)")
				told = true
			}
			select {
			case <-s.room:
			case <-time.After(retryAccept):
			case <-s.quit:
				return nil
			}
		default:
			select {
			case <-s.quit:
				return nil
			default:
				return err
			}
		}
	}
}

// adopt takes the connection of an upgrade over: its descriptor where it has
// one, else the connection as it is.
func (a *arrival) adopt(conn net.Conn) error {
	conn, unread := bare(conn)
	a.rest = append(a.rest, unread...)
	if tcp, ok := conn.(*net.TCPConn); ok {
		fd, err := netpoll.TakeFD(tcp)
		if err != nil {
			return err
		}
		a.sock = netpoll.FromFD(fd)
		return nil
	}
	a.conn = conn
	return nil
}
