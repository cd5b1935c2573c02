package netpoll

import (
	"errors"
	"net"
	"os"
	"syscall"

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
}

// NewAcceptor returns an acceptor for the socket of ln, which the caller may
// close: the acceptor has a descriptor of its own.
func NewAcceptor(ln *net.TCPListener) (*Acceptor, error) {
	file, err := ln.File()
	if err != nil {
		return nil, err
	}
	raw, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return nil, err
	}
	return &Acceptor{file: file, raw: raw}, nil
}

// Close ends Accept. It may be called from any goroutine.
func (a *Acceptor) Close() { a.file.Close() }

// Accept waits for a connection and returns it with TCP_NODELAY set: lines go
// out when they are written. The error is ErrExhausted, or net.ErrClosed after
// Close.
func (a *Acceptor) Accept() (Socket, error) {
	fd, fault := -1, error(nil)
	err := a.raw.Read(func(listener uintptr) bool {
		for {
			fd, _, fault = unix.Accept4(int(listener), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
			switch fault {
			case unix.EINTR, unix.ECONNABORTED, unix.EPROTO:
				continue
			case unix.EAGAIN:
				return false
			}
			return true
		}
	})
	switch {
	case err != nil:
		return Socket{}, net.ErrClosed
	case fault == unix.EMFILE || fault == unix.ENFILE || fault == unix.ENOBUFS || fault == unix.ENOMEM:
		return Socket{}, ErrExhausted
	case fault != nil:
		return Socket{}, os.NewSyscallError("accept4", fault)
	}
	unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	return FromFD(fd), nil
}
