//go:build !unix

package watch

import (
	"errors"
	"io"
	"syscall"
)

// hangup cannot be told here before the next line is written.
func hangup(io.Writer, func()) (stop func()) { return func() {} }

// isHangup reports whether err says that the reader of a pipe is gone:
// ERROR_BROKEN_PIPE and ERROR_NO_DATA on Windows.
func isHangup(err error) bool {
	var code syscall.Errno
	return errors.Is(err, io.ErrClosedPipe) || errors.As(err, &code) && (code == 109 || code == 232)
}
