package netpoll

import (
	"cmp"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ErrExhausted says that the process or the system is out of descriptors. The
// connection stays in the listener's queue: wait until one is freed, then try
// again.
var ErrExhausted = errors.New("out of descriptors")

// Acceptor takes bare descriptors off a listener.
type Acceptor struct {
	file *os.File
	raw  syscall.RawConn
	// early is set until the queue of the listener was seen empty: what lay in it
	// may have come before its options were set.
	early bool
}

// unsent is how many bytes the system takes of a connection before the network
// does (TCP_NOTSENT_LOWAT, tcp(7)); what is on its way comes on top. Left alone
// it takes up to 4 MiB (tcp_wmem). A few hundred readers that have stopped then
// fill what all connections together may have (tcp_mem), and everybody's lines
// wait for memory. What the system does not take is in the log anyway.
const unsent = 256 << 10

// setOptions says what holds for a connection, or for all of a listener.
func setOptions(fd int) error {
	err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	return cmp.Or(err, unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsent))
}

// NewAcceptor returns an acceptor for the socket of ln, which the caller may
// close: the acceptor has a descriptor of its own. Its options go over to every
// connection: lines go out when they are written (TCP_NODELAY), and of one who
// does not read little lies with the system. Accept is called by one goroutine
// at a time.
func NewAcceptor(ln *net.TCPListener) (*Acceptor, error) {
	file, err := ln.File()
	if err != nil {
		return nil, err
	}
	raw, err := file.SyscallConn()
	if err == nil {
		var fault error
		err = raw.Control(func(fd uintptr) {
			fault = setOptions(int(fd))
		})
		err = cmp.Or(err, os.NewSyscallError("setsockopt", fault))
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return &Acceptor{file: file, raw: raw, early: true}, nil
}

// Reserve has the system make room for n descriptors of this process ahead, or as
// many as it may have. The system doubles the table when a descriptor has no
// place in it, and of a process with several threads it waits then, in
// accept(2), until no processor can look at the old one: that takes 10 ms and
// more (expand_fdtable in fs/file.c of Linux), eight times on the way to 20,000,
// while nobody is served. A place takes 8 bytes of the system's memory.
func (a *Acceptor) Reserve(n int) {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil || limit.Cur < 1 {
		return
	}
	last := min(uint64(n), limit.Cur) - 1
	a.raw.Control(func(listener uintptr) {
		if fd, err := unix.FcntlInt(listener, unix.F_DUPFD_CLOEXEC, int(last)); err == nil {
			unix.Close(fd)
		}
	})
}

// Close ends Accept. It may be called from any goroutine.
func (a *Acceptor) Close() { a.file.Close() }

// Accept waits for a connection and returns it with the address of its peer. The
// error is ErrExhausted, or net.ErrClosed after Close.
func (a *Acceptor) Accept() (Socket, netip.AddrPort, error) {
	fd, peer, fault := -1, unix.RawSockaddrAny{}, error(nil)
	err := a.raw.Read(func(listener uintptr) bool {
		for {
			fd, fault = accept(int(listener), &peer)
			switch fault {
			case unix.EINTR, unix.ECONNABORTED, unix.EPROTO:
				continue
			case unix.EAGAIN:
				a.early = false
				return false
			}
			return true
		}
	})
	switch {
	case err != nil:
		return Socket{}, netip.AddrPort{}, net.ErrClosed
	case fault == unix.EMFILE || fault == unix.ENFILE || fault == unix.ENOBUFS || fault == unix.ENOMEM:
		return Socket{}, netip.AddrPort{}, ErrExhausted
	case fault != nil:
		return Socket{}, netip.AddrPort{}, os.NewSyscallError("accept4", fault)
	}
	if a.early {
		setOptions(fd)
	}
	return FromFD(fd), rawAddrPort(&peer), nil
}

// rawAddrPort returns an address as the system writes it (ip(7), ipv6(7)).
func rawAddrPort(raw *unix.RawSockaddrAny) netip.AddrPort {
	port := func(p *uint16) uint16 { return binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(p))[:]) }
	switch raw.Addr.Family {
	case unix.AF_INET:
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(raw))
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), port(&sa.Port))
	case unix.AF_INET6:
		sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(raw))
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr).Unmap(), port(&sa.Port))
	}
	return netip.AddrPort{}
}
