package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// viewer is a client: what a script would do, with one library or another.
type viewer interface {
	// next returns the next message, or how the server closed.
	next(t *testing.T) (string, *closed)
	// say sends a text message.
	say(t *testing.T, text string)
}

// closed is a close frame of the server.
type closed struct {
	code   int
	reason string
}

// dialers are two libraries that know nothing of each other.
var dialers = map[string]func(t *testing.T, address string, header ...string) viewer{
	"gobwas": dialGobwas,
	"coder":  dialCoder,
}

// gobwasViewer uses github.com/gobwas/ws.
type gobwasViewer struct {
	net.Conn
	r *bufio.Reader // over what came with the handshake, and then the connection
}

// Read implements io.Reader for wsutil.
func (v *gobwasViewer) Read(p []byte) (int, error) { return v.r.Read(p) }

// dialGobwas connects to an address, with headers in pairs.
func dialGobwas(t *testing.T, address string, header ...string) viewer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	h := headers(header)
	dialer := ws.Dialer{Host: h.Get("Host")}
	h.Del("Host")
	dialer.Header = ws.HandshakeHeaderHTTP(h)
	conn, early, _, err := dialer.Dial(ctx, address)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	t.Cleanup(func() { conn.Close() })
	r := io.Reader(conn)
	if early != nil {
		begun, _ := early.Peek(early.Buffered())
		r = io.MultiReader(bytes.NewReader(begun), conn)
	}
	return &gobwasViewer{conn, bufio.NewReader(r)}
}

func (v *gobwasViewer) next(t *testing.T) (string, *closed) {
	t.Helper()
	v.SetDeadline(time.Now().Add(deadline))
	text, err := wsutil.ReadServerText(v)
	if end := new(wsutil.ClosedError); errors.As(err, end) {
		v.Close() // it was answered
		return "", &closed{int(end.Code), end.Reason}
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text), nil
}

func (v *gobwasViewer) say(t *testing.T, text string) {
	t.Helper()
	if err := wsutil.WriteClientText(v, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// coderViewer uses github.com/coder/websocket.
type coderViewer struct{ conn *websocket.Conn }

// dialCoder connects to an address, with headers in pairs.
func dialCoder(t *testing.T, address string, header ...string) viewer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	h := headers(header)
	conn, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPHeader: h, Host: h.Get("Host")})
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	conn.SetReadLimit(2 << 20)
	t.Cleanup(func() { conn.CloseNow() })
	return &coderViewer{conn}
}

func (v *coderViewer) next(t *testing.T) (string, *closed) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	kind, text, err := v.conn.Read(ctx)
	if end := (websocket.CloseError{}); errors.As(err, &end) {
		return "", &closed{int(end.Code), end.Reason}
	}
	if err != nil || kind != websocket.MessageText {
		t.Fatal(kind, err)
	}
	return string(text), nil
}

func (v *coderViewer) say(t *testing.T, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if err := v.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func headers(pairs []string) http.Header {
	h := make(http.Header)
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// expect reads messages and holds each against the one that must come.
func expect(t *testing.T, v viewer, want ...string) {
	t.Helper()
	for i, w := range want {
		got, end := v.next(t)
		if end != nil {
			t.Fatalf("message %d: closed with %d %q, want %q", i, end.code, end.reason, w)
		}
		if got != w {
			t.Fatalf("message %d: %q, want %q", i, got, w)
		}
	}
}

// expectClose reads on until the server closes, and returns the reason. There
// may be no message before.
func expectClose(t *testing.T, v viewer, code int) string {
	t.Helper()
	text, end := v.next(t)
	if end == nil {
		t.Fatalf("message %q, want a close with %d", text, code)
	}
	if end.code != code {
		t.Fatalf("closed with %d %q, want %d", end.code, end.reason, code)
	}
	return end.reason
}
