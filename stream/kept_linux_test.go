package stream

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// answers reads responses off one connection.
type answers struct {
	*rawClient
	in *bufio.Reader
}

// next reads a response with its whole body.
func (a *answers) next() (*http.Response, string) {
	a.t.Helper()
	r, err := http.ReadResponse(a.in, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		a.t.Fatalf("after %q: %v", body, err)
	}
	return r, string(body)
}

// over reports whether the server ended the connection.
func (a *answers) over() bool {
	_, err := a.in.ReadByte()
	return err == io.EOF
}

// say sends some bytes.
func (a *answers) say(text string) {
	a.t.Helper()
	if _, err := io.WriteString(a, text); err != nil {
		a.t.Fatal(err)
	}
}

func onOneConnection(w *world) *answers {
	c := w.raw("")
	return &answers{c, bufio.NewReader(c)}
}

const host = " HTTP/1.1\r\nHost: localhost\r\n\r\n"

// An answer that has an end leaves the connection for the next request, whether
// that comes behind it, before it or in two parts.
func TestConnectionsAreKept(t *testing.T) {
	w := newWorld(t, Config{}, paths[0].listen)
	w.open("a")
	w.append("a", "one", "two")
	c := onOneConnection(w)
	c.say("GET /tail?stream=a&n=1&wait=30s" + host)
	r, body := c.next()
	if body != "two\n" || r.Close {
		t.Fatalf("%q %v", body, r.Header)
	}
	from := "&from=" + r.Header.Get(wire.CursorHeader)
	w.gone() // a kept connection has no seat
	c.say("GET /tail?stream=a&wait=1h" + from + host + "GET /tail?stream=a&n=all&follow=0" + host + "GET /tail?stream=a&n=all&wai")
	w.viewers(1)
	w.append("a", "three")
	if _, body = c.next(); body != "three\n" {
		t.Fatalf("the second has %q", body)
	}
	if r, body = c.next(); body != "one\ntwo\nthree\n" || r.Close || r.Trailer.Get(wire.EndHeader) != "end" {
		t.Fatalf("the third has %q %v", body, r.Header)
	}
	c.say("t=0s" + host)
	if r, body = c.next(); body != "one\ntwo\nthree\n" || r.Close {
		t.Fatalf("the fourth has %q", body)
	}
	c.say("GET /tail?stream=a&n=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if r, _ := http.ReadResponse(c.in, nil); !r.Close {
		t.Error("one without an end is kept")
	}
	if n := w.server.Stats().Accepted; n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestAKeptConnectionBecomesAWebSocket(t *testing.T) {
	w := newWorld(t, Config{}, paths[0].listen)
	w.open("a")
	w.append("a", "one")
	c := onOneConnection(w)
	upgrade := "GET /ws?stream=a&n=1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	c.say("GET /tail?stream=a&n=1&wait=1h" + host + upgrade)
	if _, body := c.next(); body != "one\n" {
		t.Fatalf("%q", body)
	}
	r, err := http.ReadResponse(c.in, nil)
	if err != nil || r.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(r, err)
	}
	frame := make([]byte, 5)
	if _, err := io.ReadFull(c.in, frame); err != nil || string(frame) != "\x81\x03one" {
		t.Fatalf("%q %v", frame, err)
	}
}

func TestConnectionsThatAreNotKept(t *testing.T) {
	w := newWorld(t, Config{}, paths[0].listen)
	w.open("a")
	w.append("a", "one")
	for what, request := range map[string]string{
		"told to close": "GET /tail?stream=a&n=1&wait=30s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		"HTTP/1.0":      "GET /tail?stream=a&n=1&wait=30s HTTP/1.0\r\nHost: localhost\r\n\r\n",
		"a body":        "GET /tail?stream=a&n=1&wait=30s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody",
		"too much":      "GET /tail?stream=a&n=1&follow=0" + host + strings.Repeat("x", 2*maxHead),
	} {
		c := onOneConnection(w)
		c.say(request)
		if _, body := c.next(); body != "one\n" || !c.over() {
			t.Errorf("%s: %q, or the connection stays", what, body)
		}
	}
}

// One that asks for nothing more is let go, and so is one when the server stops.
func TestKeptConnectionsEnd(t *testing.T) {
	w := newWorld(t, Config{HandshakeTimeout: time.Second}, paths[0].listen)
	w.open("a")
	w.append("a", "one")
	c := onOneConnection(w)
	c.say("GET /tail?stream=a&n=1&wait=30s" + host)
	if c.next(); !c.over() {
		t.Error("it stays")
	}
	w = newWorld(t, Config{HandshakeTimeout: time.Hour}, paths[0].listen)
	w.open("a")
	w.append("a", "one")
	c = onOneConnection(w)
	c.say("GET /tail?stream=a&n=1&wait=30s" + host)
	c.next()
	if err := w.server.Shutdown(t.Context()); err != nil || !c.over() {
		t.Errorf("it stays when the server stops: %v", err)
	}
}

// Who hears trailers is told of a gap in order.
func TestAGapInATrailer(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		w.append("a", "one")
		r := w.tail("stream=a&n=1", "TE", "trailers")
		r.expect("one")
		to := line.Position{Gen: 7, Off: w.offset["a"] + 100}
		sink.Gap(line.Gap{To: to, Bytes: 100, Reason: "test"})
		w.offset["a"] = to.Off
		w.append("a", "behind")
		if body := r.rest(); body != "" || r.Trailer.Get(wire.EndHeader) != "gap" {
			t.Fatalf("%q %v", body, r.Trailer)
		}
		r = w.tail("stream=a&follow=0&from=" + r.Trailer.Get(wire.CursorHeader))
		if body := r.rest(); body != "behind\n" {
			t.Fatalf("behind the gap: %q", body)
		}
	})
}
