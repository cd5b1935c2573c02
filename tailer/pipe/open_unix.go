//go:build unix

package pipe

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// open returns the source for a reader. A file may be a terminal or a pipe that
// other processes share, so that it can be neither closed nor made non-blocking
// to interrupt a read: it is read only when poll(2) says that this does not
// block, and poll watches a pipe of ours as well.
func open(r io.Reader) source {
	f, ok := r.(*os.File)
	if !ok {
		return &plain{Reader: r, closed: make(chan struct{})}
	}
	var ends [2]int
	if err := unix.Pipe(ends[:]); err != nil {
		return &plain{Reader: r, closed: make(chan struct{})}
	}
	unix.CloseOnExec(ends[0])
	unix.CloseOnExec(ends[1])
	p := &polled{file: f, wait: ends[0], wake: ends[1]}
	p.fds = [...]unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLIN}, {Fd: int32(p.wait), Events: unix.POLLIN}}
	return p
}

// polled reads a descriptor until wake is closed.
type polled struct {
	file *os.File // kept open as long as this is
	fds  [2]unix.PollFd
	wait int // readable when wake was closed
	wake int
}

func (p *polled) Read(b []byte) (int, error) {
	for {
		if _, err := unix.Poll(p.fds[:], -1); err != nil {
			if err == unix.EINTR {
				continue
			}
			return 0, os.NewSyscallError("poll", err)
		}
		if p.fds[1].Revents != 0 {
			return 0, errClosed
		}
		n, err := unix.Read(int(p.fds[0].Fd), b)
		switch {
		case err == unix.EINTR || err == unix.EAGAIN:
			continue
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

func (p *polled) interrupt() { unix.Close(p.wake) }

func (p *polled) free() { unix.Close(p.wait) }
