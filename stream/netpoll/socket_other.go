//go:build !linux

package netpoll

import (
	"errors"
	"net"
	"net/netip"
)

// Socket is one side of a TCP connection that never blocks. The zero value is
// no socket.
type Socket struct {
	conn *Conn
}

// FromConn takes over a connection whose readiness is told to post. post is
// called from other goroutines and must not block.
func FromConn(conn net.Conn, post func(Ready)) Socket {
	return Socket{conn: newConn(conn, post)}
}

// NetConn is for descriptors, which this system does not use bare.
func (s Socket) NetConn() (net.Conn, error) { return nil, errors.ErrUnsupported }

// Polled reports whether a Poller can watch the socket: never here.
func (s Socket) Polled() bool { return false }

// Read reads what there is, at most len(p) bytes. It returns 0 and no error at
// the end of the stream, and ErrAgain when there is nothing now.
func (s Socket) Read(p []byte) (int, error) { return s.conn.read(p) }

// Write writes the buffers as one run of bytes and returns how many bytes were
// taken: fewer than given, with no error, where no more is taken now, and
// ErrAgain where nothing is. It keeps no buffer after it returned.
func (s Socket) Write(bufs [][]byte) (int, error) { return s.conn.write(bufs) }

// KeepAlive does nothing here: Go's runtime asks already.
func (s Socket) KeepAlive() {}

// CloseWrite says to the peer that nothing more will come, behind what was
// written before.
func (s Socket) CloseWrite() { s.conn.closeWrite() }

// Close ends the connection.
func (s Socket) Close() { s.conn.close() }

// Progress tells nothing here.
func (s Socket) Progress() Progress { return Progress{Unacked: -1, AckAge: -1} }

// Remote returns the address of the peer, or the zero value where it cannot be
// told.
func (s Socket) Remote() netip.AddrPort {
	ap, _ := netip.ParseAddrPort(s.conn.conn.RemoteAddr().String())
	return ap
}
