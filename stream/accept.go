package stream

import (
	"errors"
	"net"
	"time"
)

// retryAccept is how long the acceptor waits for a free descriptor before it
// tries again unasked: other parts of the program free some as well.
const retryAccept = 250 * time.Millisecond

// acceptConns gives every connection of a listener to the second door.
func (s *Server) acceptConns(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		switch {
		case err == nil:
			s.counters.accepted.Add(1)
			s.second.push(conn)
			continue
		case errors.Is(err, net.ErrClosed):
			return nil
		}
		s.counters.exhausted.Add(1)
		s.log.Warn("accept a connection", "err", err)
		select {
		case <-s.room:
		case <-time.After(retryAccept):
		case <-s.quit:
			return nil
		}
	}
}
