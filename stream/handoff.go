package stream

import (
	"net"
	"sync"
)

// handoff is the listener of the second door: its connections come from the
// loops.
type handoff struct {
	addr  net.Addr
	conns chan net.Conn
	slots chan struct{} // one for each connection that there may be
	done  chan struct{}
	once  sync.Once
}

func newHandoff(max int) *handoff {
	return &handoff{
		conns: make(chan net.Conn, max),
		slots: make(chan struct{}, max),
		done:  make(chan struct{}),
	}
}

// push gives a connection to the HTTP server, or closes it where there are too
// many. It does not block.
func (h *handoff) push(conn net.Conn) {
	select {
	case h.slots <- struct{}{}:
	default:
		conn.Close()
		return
	}
	h.conns <- &countedConn{Conn: conn, slots: h.slots}
}

// Accept returns the next connection.
func (h *handoff) Accept() (net.Conn, error) {
	select {
	case conn := <-h.conns:
		return conn, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (h *handoff) Close() error {
	h.once.Do(func() { close(h.done) })
	return nil
}

// Addr returns the address of the real listener.
func (h *handoff) Addr() net.Addr { return h.addr }

// countedConn frees its slot when it is closed or taken over.
type countedConn struct {
	net.Conn
	slots chan struct{}
	once  sync.Once
}

// Close closes the connection.
func (c *countedConn) Close() error {
	c.leave()
	return c.Conn.Close()
}

func (c *countedConn) leave() { c.once.Do(func() { <-c.slots }) }

// prefixConn is a connection of which some bytes were read before.
type prefixConn struct {
	net.Conn
	prefix []byte
}

// Read returns the bytes read before, then those of the connection.
func (c *prefixConn) Read(p []byte) (int, error) {
	if len(c.prefix) > 0 {
		n := copy(p, c.prefix)
		if c.prefix = c.prefix[n:]; len(c.prefix) == 0 {
			c.prefix = nil
		}
		return n, nil
	}
	return c.Conn.Read(p)
}

// bare returns the connection under the wrappers of this file and what they
// hold unread, and gives up the slot at the second door.
func bare(conn net.Conn) (net.Conn, []byte) {
	var unread []byte
	for {
		switch c := conn.(type) {
		case *countedConn:
			c.leave()
			conn = c.Conn
		case *prefixConn:
			unread = append(unread, c.prefix...)
			conn = c.Conn
		default:
			return conn, unread
		}
	}
}
