//go:build !linux

package stream

import "net"

// accept gives every connection to the second door.
func (s *Server) accept(ln net.Listener) error { return s.acceptConns(ln) }

// adopt takes the connection of an upgrade over.
func (a *arrival) adopt(conn net.Conn) error {
	conn, unread := bare(conn)
	a.conn, a.rest = conn, append(a.rest, unread...)
	return nil
}
