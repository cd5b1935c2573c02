package stream

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// status returns the status with which a viewer is refused, or 101.
func (w *world) status(query string) int {
	w.t.Helper()
	conn, _, _, err := ws.Dialer{Timeout: patience}.Dial(w.t.Context(), "ws://"+w.addr+"/ws?"+query)
	if refused, ok := err.(ws.StatusError); ok {
		return int(refused)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	conn.Close()
	return http.StatusSwitchingProtocols
}

func TestViewersAreLimited(t *testing.T) {
	for _, test := range []struct {
		config Config
		status int
	}{
		{Config{MaxViewers: 2}, http.StatusServiceUnavailable},
		{Config{MaxPerAddress: 2}, http.StatusTooManyRequests},
	} {
		onEachPath(t, test.config, func(t *testing.T, w *world) {
			w.open("a")
			first, second := w.dial("stream=a"), w.dial("stream=a")
			if got := w.status("stream=a"); got != test.status {
				t.Fatalf("status %d, want %d", got, test.status)
			}
			if r := w.tail("stream=a"); r.StatusCode != test.status || r.Header.Get("Retry-After") == "" {
				t.Fatalf("over HTTP: %s %v", r.Status, r.Header)
			}
			second.send(ws.OpText, "quit")
			second.expectClose(wire.CloseEnd)
			second.Close()
			for w.server.Stats().Viewers > 1 { // the server sees it in its own time
				first.settle()
			}
			w.dial("stream=a").settle()
		})
	}
}

func TestAddressesAreLimitedEachOnItsOwn(t *testing.T) {
	var s seats
	s.init(&Config{MaxViewers: 100, MaxPerAddress: 1})
	for _, test := range []struct {
		addr string
		ok   bool
	}{
		{"192.0.2.1", true}, {"192.0.2.1", false}, {"::ffff:192.0.2.1", false}, {"192.0.2.2", true},
		{"2001:db8::1", true}, {"2001:db8::ffff:2", false}, {"2001:db8:0:1::1", true},
	} {
		if _, refusal := s.take(netip.MustParseAddr(test.addr)); (refusal == nil) != test.ok {
			t.Errorf("%s: %v", test.addr, refusal)
		}
	}
	if n := s.held.Load(); n != 4 {
		t.Errorf("%d seats are taken", n)
	}
}

func TestStreamsOfOneViewerAreLimited(t *testing.T) {
	onEachPath(t, Config{MaxStreams: 3}, func(t *testing.T, w *world) {
		for _, name := range []string{"a", "b", "c", "d"} {
			w.open(name)
		}
		c := w.dial("", wire.Subprotocol)
		c.subscribe(`"id":1,"stream":["a","b"],"n":0`)
		c.subscribe(`"id":2,"stream":["c","d"],"n":0`)
		if r := c.refusal(); *r.ID != 2 || r.Error.Status != http.StatusTooManyRequests {
			t.Fatalf("got %+v", r)
		}
		c.send(ws.OpText, `{"unsubscribe":1}`)
		c.subscribe(`"id":2,"stream":["c","d"],"n":0`)
		c.live()
	})
}

// refusal returns the next message that is an error.
func (c *client) refusal() received {
	c.t.Helper()
	for {
		if r := parseReceived(c.t, c.text()); r.Error != nil {
			return r
		}
	}
}

func TestMessagesOfOneViewerAreLimited(t *testing.T) {
	onEachPath(t, Config{MessageRate: 10}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("", wire.Subprotocol)
		c.raw(bytes.Repeat(masked(ws.OpPing, true, "?"), 100)) // in one write: within two seconds at the most
		if reason := c.expectClose(wire.ClosePolicy); !strings.Contains(reason, "too many messages within") {
			t.Errorf("reason %q", reason)
		}
	})
}

func TestUnsentAnswersAreLimited(t *testing.T) {
	onEachPath(t, Config{MessageRate: maxMessageRate}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("", wire.Subprotocol)
		c.Conn.(bufferedConn).Conn.(*net.TCPConn).SetReadBuffer(256 << 10) // more than a segment of the loopback device
		long := strings.Repeat("x", 60<<10)
		for range 150 { // which makes 9 MB of answers, none of which is read
			c.subscribe(`"id":1,"stream":%q`, long)
		}
		w.until("the viewer is closed", func() bool { return w.ended("limit") == 1 })
		if reason := c.expectClose(wire.ClosePolicy); !strings.Contains(reason, "unanswered") {
			t.Errorf("reason %q", reason)
		}
	})
}

func TestAHandshakeHasItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{HandshakeTimeout: time.Second}, func(ln net.Listener) net.Listener { return ln })
	for _, part := range []string{"", "GET /ws?stream=a HTTP/1.1\r\nHost: a\r\n", "GET /other HTTP/1.1\r\nHost: a\r\n"} {
		conn, err := net.Dial("tcp", w.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		fmt.Fprint(conn, part)
		if answer, err := io.ReadAll(conn); err != nil || strings.Contains(string(answer), "101") {
			t.Errorf("%q: %q, %v", part, answer, err)
		}
	}
}

func TestAViewerThatTakesNothingIsClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Config{Memory: minMemory, StalledTimeout: time.Second, CloseTimeout: patience}, func(ln net.Listener) net.Listener { return ln })
	w.openFile("a")
	c := w.dial("stream=a")
	c.Conn.(bufferedConn).Conn.(*net.TCPConn).SetReadBuffer(256 << 10) // more than a segment of the loopback device
	c.settle()
	next := w.fill("a", 0, 15<<20)
	w.until("the viewer is found", func() bool { return w.server.Stats().Stalled > 0 })
	reason, n := "", 0
	for reason == "" {
		switch f := c.frame(); f.Header.OpCode {
		case ws.OpText:
			if want := filling(n, n+1)[0]; string(f.Payload) != want {
				t.Fatalf("line %d is %q", n, f.Payload)
			}
			n++
		case ws.OpClose:
			code, text := ws.ParseCloseFrameData(f.Payload)
			if code != wire.CloseStalled {
				t.Fatalf("close %d %q", code, text)
			}
			reason = text
		}
	}
	w.dial("stream=a&" + reason).expect(filling(n, next)...)
}
