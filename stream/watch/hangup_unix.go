//go:build unix

package watch

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how often hangup looks whether it is still wanted, in ms.
const patience = 500

// hangup calls closed when nobody reads from out any more, as tail(1) does
// that follows into a pipe. The function that it returns ends the wait.
func hangup(out io.Writer, closed func()) (stop func()) {
	f, ok := out.(*os.File)
	if !ok {
		return func() {}
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 && info.Mode()&os.ModeSocket == 0 {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		fds := []unix.PollFd{{Fd: int32(f.Fd())}} // errors are always told, poll(2)
		for {
			n, err := unix.Poll(fds, patience)
			select {
			case <-done:
				return
			default:
			}
			switch {
			case n > 0 && fds[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0:
				closed()
				return
			case err != nil && err != unix.EINTR:
				return
			case n > 0: // a system that tells something else
				time.Sleep(patience * time.Millisecond)
			}
		}
	}()
	return func() { close(done); <-ended }
}

// isHangup reports whether err says that the reader of a pipe is gone.
func isHangup(err error) bool { return errors.Is(err, unix.EPIPE) || errors.Is(err, io.ErrClosedPipe) }
