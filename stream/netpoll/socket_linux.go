package netpoll

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Socket is one side of a TCP connection that never blocks. The zero value is
// no socket.
type Socket struct {
	conn *Conn
	fd   int32
}

// FromFD takes over a connected, non-blocking descriptor.
func FromFD(fd int) Socket { return Socket{fd: int32(fd)} }

// FromConn takes over a connection whose readiness is told to post. post is
// called from other goroutines and must not block.
func FromConn(conn net.Conn, post func(Ready)) Socket {
	return Socket{conn: newConn(conn, post), fd: -1}
}

// TakeFD takes the descriptor out of conn, whatever its runtime thinks of it,
// and closes conn.
func TakeFD(conn net.Conn) (fd int, err error) {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return -1, fmt.Errorf("take the descriptor of %T: it has none", conn)
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return -1, err
	}
	var dup error
	if err := raw.Control(func(f uintptr) {
		fd, dup = unix.FcntlInt(f, unix.F_DUPFD_CLOEXEC, 0)
	}); err != nil {
		return -1, err
	}
	if dup != nil {
		return -1, os.NewSyscallError("fcntl", dup)
	}
	conn.Close()
	return fd, nil
}

// NetConn gives the descriptor back to Go's runtime as a net.Conn. The socket
// is gone afterwards, on error too.
func (s Socket) NetConn() (net.Conn, error) {
	f := os.NewFile(uintptr(s.fd), "tcp")
	defer f.Close()
	return net.FileConn(f)
}

// Polled reports whether a Poller can watch the socket. The others tell of
// their readiness by themselves.
func (s Socket) Polled() bool { return s.conn == nil }

// Read reads what there is, at most len(p) bytes. It returns 0 and no error at
// the end of the stream, and ErrAgain when there is nothing now.
func (s Socket) Read(p []byte) (int, error) {
	if s.conn != nil {
		return s.conn.read(p)
	}
	for {
		n, err := receive(int(s.fd), p)
		switch err {
		case nil:
			return n, nil
		case unix.EINTR:
		case unix.EAGAIN:
			return 0, ErrAgain
		default:
			return 0, os.NewSyscallError("read", err)
		}
	}
}

// Write writes at most MaxVector buffers as one run of bytes and returns how many bytes the
// system took: fewer than given, with no error, where it takes no more now,
// and ErrAgain where it takes nothing. It keeps no buffer after it returned.
func (s Socket) Write(bufs [][]byte) (int, error) {
	if s.conn != nil {
		return s.conn.write(bufs)
	}
	for {
		var n int
		var err error
		if len(bufs) == 1 {
			n, err = send(int(s.fd), bufs[0])
		} else {
			n, err = sendAll(int(s.fd), bufs)
		}
		switch err {
		case nil:
			return n, nil
		case unix.EINTR:
		case unix.EAGAIN:
			return 0, ErrAgain
		default:
			return 0, os.NewSyscallError("write", err)
		}
	}
}

// KeepAlive has the system ask an idle peer for a sign of life, and end the
// connection after 90 s without one (tcp(7)). It is for peers that are sent
// nothing while nothing happens.
func (s Socket) KeepAlive() {
	if s.conn != nil {
		return // Go's runtime asks already
	}
	unix.SetsockoptInt(int(s.fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
	unix.SetsockoptInt(int(s.fd), unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 30)
	unix.SetsockoptInt(int(s.fd), unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 15)
	unix.SetsockoptInt(int(s.fd), unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 4)
}

// CloseWrite says to the peer that nothing more will come, behind what was
// written before.
func (s Socket) CloseWrite() {
	if s.conn != nil {
		s.conn.closeWrite()
		return
	}
	unix.Shutdown(int(s.fd), unix.SHUT_WR)
}

// Close ends the connection and frees the descriptor.
func (s Socket) Close() {
	if s.conn != nil {
		s.conn.close()
		return
	}
	unix.Close(int(s.fd))
}

// Progress tells what the peer acknowledged (tcp(7), TCP_INFO and SIOCOUTQ).
func (s Socket) Progress() Progress {
	if s.conn != nil {
		return Progress{Unacked: -1, AckAge: -1}
	}
	p := Progress{Unacked: -1, AckAge: -1}
	if n, err := unix.IoctlGetInt(int(s.fd), unix.SIOCOUTQ); err == nil {
		p.Unacked = n
	}
	if info, err := unix.GetsockoptTCPInfo(int(s.fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
		p.AckAge = int(info.Last_ack_recv)
		p.Unanswered = int(info.Retransmits) + int(info.Probes)
	}
	return p
}

// Remote returns the address of the peer, or the zero value where it cannot be
// told.
func (s Socket) Remote() netip.AddrPort {
	if s.conn != nil {
		ap, _ := netip.ParseAddrPort(s.conn.conn.RemoteAddr().String())
		return ap
	}
	sa, err := unix.Getpeername(int(s.fd))
	if err != nil {
		return netip.AddrPort{}
	}
	return addrPort(sa)
}

func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr).Unmap(), uint16(sa.Port))
	}
	return netip.AddrPort{}
}
