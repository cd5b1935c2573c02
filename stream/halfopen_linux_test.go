package stream

import (
	"net"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"

	"tailbeam/stream/netpoll"
)

// vanish makes the client's system take no packet for the connection any more:
// the server hears nothing, not even that there is nobody.
func (c *client) vanish() {
	c.t.Helper()
	raw, err := c.Conn.(bufferedConn).Conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		c.t.Fatal(err)
	}
	nothing := []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0}}
	program := unix.SockFprog{Len: 1, Filter: &nothing[0]}
	var fault error
	if err := raw.Control(func(fd uintptr) {
		fault = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program)
	}); err != nil || fault != nil {
		c.t.Fatal(err, fault)
	}
}

func TestAPeerThatVanishedIsFoundAndALivingOneKept(t *testing.T) {
	t.Parallel()
	config := Config{Memory: minMemory, PingEvery: time.Second, DeadAfter: 3 * time.Second}
	for _, p := range paths[:2] { // behind a net.Conn it cannot be told
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, config, p.listen)
			w.openFile("busy")
			w.open("quiet")
			dial := func(query string) *client {
				c := w.dial(query)
				c.slowly()
				c.settle()
				return c
			}
			vanished := []*client{dial("stream=quiet"), dial("stream=busy")}
			stopped := []*client{dial("stream=quiet"), dial("stream=busy")} // no pong, and a closed window
			for _, c := range vanished {
				c.vanish()
			}
			next := w.fill("busy", 0, 15<<20)
			w.until("both are found", func() bool { return w.server.Stats().Dead == uint64(len(vanished)) })
			w.append("quiet", "still here")
			for {
				f := stopped[0].frame()
				if f.Header.OpCode == ws.OpText && string(f.Payload) == "still here" {
					break
				}
			}
			stopped[1].expect(filling(0, next)...)
			if s := w.server.Stats(); s.Viewers != len(stopped) {
				t.Errorf("%d viewers are left", s.Viewers)
			}
		})
	}
}

func TestSilenceIsNotDeath(t *testing.T) {
	const after = 90 * time.Second
	for _, test := range []struct {
		what     string
		progress netpoll.Progress
		gone     bool
	}{
		{"answers", netpoll.Progress{AckAge: 10}, false},
		{"was asked again a moment ago", netpoll.Progress{AckAge: 10, Unanswered: 1}, false},
		{"does not answer", netpoll.Progress{AckAge: 90_000, Unanswered: 5}, true},
		{"has a closed window, probed two minutes apart", netpoll.Progress{AckAge: 110_000}, false},
		{"was not asked anything", netpoll.Progress{AckAge: 1e9}, false},
		{"cannot be told", netpoll.Progress{AckAge: -1, Unacked: -1}, false},
	} {
		if got := gone(test.progress, after); got != test.gone {
			t.Errorf("a peer that %s: gone %t", test.what, got)
		}
	}
}
