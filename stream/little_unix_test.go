//go:build unix

package stream

import (
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// listenLittle listens for connections on which the system takes little of what
// is sent ahead of the reader.
func listenLittle(t *testing.T) net.Listener {
	t.Helper()
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUF, 8<<10) })
		return err
	}}
	ln, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}
