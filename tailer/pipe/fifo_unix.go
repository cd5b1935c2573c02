//go:build unix

package pipe

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"tailbeam/tailer/line"
)

// fifoLook is how often it is looked whether a FIFO still has its name, in
// milliseconds.
const fifoLook = 500

// ReadFifo gives the lines of the FIFO of a name to a sink, of one writer after
// the other. When the last writer has gone, what it wrote ends the line. When
// the name leads to another file and no writer is left, ended is called, on the
// goroutine of the Reader and as its last act; Close may not be called there.
func ReadFifo(path string, sink line.Sink, opt Options, ended func()) (*Reader, error) {
	fd, err := openFifo(path)
	if err != nil {
		return nil, err
	}
	var ends [2]int
	if err := unix.Pipe(ends[:]); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("pipe", err)
	}
	unix.CloseOnExec(ends[0])
	unix.CloseOnExec(ends[1])
	f := &fifo{path: path, fd: fd, wait: ends[0], wake: ends[1]}
	p := newReader(f, sink, opt)
	p.ended = ended
	go p.run()
	return p, nil
}

func openFifo(path string) (int, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, &os.PathError{Op: "open", Path: path, Err: err}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
		unix.Close(fd)
		return -1, fmt.Errorf("%s: %w", path, errReplaced)
	}
	return fd, nil
}

// fifo reads one FIFO.
type fifo struct {
	path       string
	fd         int
	wait, wake int // as in polled
	fds        [2]unix.PollFd
}

func (f *fifo) Read(b []byte) (int, error) {
	for {
		f.fds = [...]unix.PollFd{{Fd: int32(f.fd), Events: unix.POLLIN}, {Fd: int32(f.wait), Events: unix.POLLIN}}
		ready, err := unix.Poll(f.fds[:], fifoLook)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return 0, os.NewSyscallError("poll", err)
		case f.fds[1].Revents != 0:
			return 0, errClosed
		case ready == 0:
			if !f.named() {
				return 0, errReplaced
			}
			continue
		}
		n, err := unix.Read(f.fd, b)
		switch {
		case err == unix.EINTR || err == unix.EAGAIN:
			continue
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0:
			return 0, f.reopen()
		}
		return n, nil
	}
}

// reopen waits for the next writer: a descriptor that has seen the last one go
// is at its end for ever. The new one is opened before the old one is closed,
// so that a writer that came meanwhile never finds itself without a reader.
func (f *fifo) reopen() error {
	if !f.named() {
		return errReplaced
	}
	fd, err := openFifo(f.path)
	if err != nil {
		return errReplaced
	}
	unix.Close(f.fd)
	f.fd = fd
	return errPause
}

// named reports whether the name leads to this FIFO.
func (f *fifo) named() bool {
	var at, is unix.Stat_t
	return unix.Stat(f.path, &at) == nil && unix.Fstat(f.fd, &is) == nil && at.Dev == is.Dev && at.Ino == is.Ino
}

func (f *fifo) interrupt() { unix.Close(f.wake) }

func (f *fifo) free() {
	unix.Close(f.wait)
	unix.Close(f.fd)
}
