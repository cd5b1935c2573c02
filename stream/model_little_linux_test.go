package stream

import (
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestRandomViewersWithLittleMemory is TestRandomViewers where memory holds a
// few hundred lines and sockets take a few: writes are short all the time, and
// viewers fall behind, read on from the file and come back again and again.
func TestRandomViewersWithLittleMemory(t *testing.T) {
	for _, p := range paths {
		t.Run(p.name, func(t *testing.T) {
			config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
				c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUF, 8<<10) })
				return err
			}}
			var seen Stats
			for range 10 { // how many fall behind in one depends on who else runs
				ln, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				w := newWorldOn(t, Config{Loops: 3}, ln, p.listen)
				w.hub.config.Memory = 64 << 10
				watchRandomly(t, w, (*world).openFile)
				s := w.server.Stats()
				seen.Demoted += s.Demoted
				seen.Skipped += s.Skipped
				if seen.Demoted >= 5 && seen.Skipped > 0 {
					return
				}
			}
			t.Errorf("only %d demotions and %d skips", seen.Demoted, seen.Skipped)
		})
	}
}
