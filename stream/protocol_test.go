package stream

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// raw writes bytes as they are.
func (c *client) raw(p ...[]byte) {
	c.t.Helper()
	if _, err := c.Write(bytes.Join(p, nil)); err != nil {
		c.t.Fatal(err)
	}
}

// masked returns a frame as a client sends it.
func masked(op ws.OpCode, fin bool, payload string) []byte {
	return ws.MustCompileFrame(ws.MaskFrame(ws.NewFrame(op, fin, []byte(payload))))
}

func TestAClientThatBreaksTheProtocolIsClosed(t *testing.T) {
	reserved := masked(ws.OpText, true, "x")
	reserved[0] |= 0x40
	long := append([]byte{0x81, 0xff, 0x80}, make([]byte, 11)...)
	for _, test := range []struct {
		name string
		send []byte
		code ws.StatusCode
	}{
		{"unmasked", ws.MustCompileFrame(ws.NewTextFrame([]byte("x"))), wire.CloseProtocol},
		{"reserved bit", reserved, wire.CloseProtocol},
		{"reserved opcode", masked(3, true, "x"), wire.CloseProtocol},
		{"fragmented ping", masked(ws.OpPing, false, "x"), wire.CloseProtocol},
		{"long ping", masked(ws.OpPing, true, strings.Repeat("x", 126)), wire.CloseProtocol},
		{"continuation of nothing", masked(ws.OpContinuation, true, "x"), wire.CloseProtocol},
		{"text within a message", append(masked(ws.OpText, false, "x"), masked(ws.OpText, true, "y")...), wire.CloseProtocol},
		{"64-bit length with the top bit", long, wire.CloseProtocol},
		{"text that is not UTF-8", masked(ws.OpText, true, "\xff"), wire.CloseText},
		{"fragments that are not UTF-8", append(masked(ws.OpText, false, "\xe2"), masked(ws.OpContinuation, false, "x")...), wire.CloseText},
		{"binary", masked(ws.OpBinary, true, "x"), wire.CloseKind},
		{"too big", masked(ws.OpText, true, strings.Repeat("x", defaultMessage+1))[:64], wire.CloseBig},
		{"fragments too big", append(masked(ws.OpText, false, strings.Repeat("x", defaultMessage)), masked(ws.OpContinuation, true, "x")...), wire.CloseBig},
		{"close of one byte", masked(ws.OpClose, true, "x"), wire.CloseProtocol},
		{"close with a code that is not in use", masked(ws.OpClose, true, "\x00\x05"), wire.CloseProtocol},
		{"close with 1005", masked(ws.OpClose, true, "\x03\xed"), wire.CloseProtocol},
		{"close with a reason that is not UTF-8", masked(ws.OpClose, true, "\x03\xe8\xff"), wire.CloseText},
		{"close", masked(ws.OpClose, true, "\x03\xe8bye"), 1000},
		{"close of an application", masked(ws.OpClose, true, "\x0f\xa0"), 4000},
		{"close without a code", masked(ws.OpClose, true, ""), 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			onEachPath(t, Config{}, func(t *testing.T, w *world) {
				w.open("a")
				w.append("a", "kept")
				c := w.dial("stream=a&n=1")
				c.expect("kept")
				c.raw(test.send)
				c.expectClose(test.code)
				if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
					t.Errorf("behind Close: %d bytes, %v", n, err)
				}
			})
		})
	}
}

func TestPingsAreAnsweredInOrderBetweenFragments(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("stream=a&n=0")
		c.raw(masked(ws.OpText, false, "pa"), masked(ws.OpPing, true, "1"), masked(ws.OpContinuation, false, "us"),
			masked(ws.OpPing, true, ""), masked(ws.OpContinuation, true, "e"), masked(ws.OpPing, true, strings.Repeat("3", 125)))
		for _, want := range []string{"1", "", strings.Repeat("3", 125)} {
			if f := c.answer(); f.Header.OpCode != ws.OpPong || string(f.Payload) != want {
				t.Fatalf("got %v %q, want pong %q", f.Header.OpCode, f.Payload, want)
			}
		}
		w.append("a", "held")
		c.send(ws.OpText, "resume")
		c.expect("held")
	})
}

func TestFramesCutAnywhereAreUnderstood(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("stream=a&n=0")
		stream := bytes.Join([][]byte{masked(ws.OpPing, true, "a"), masked(ws.OpText, true, strings.Repeat("?", 70_00)),
			masked(ws.OpPing, true, "b"), masked(ws.OpText, true, "quit")}, nil)
		for len(stream) > 0 {
			n := min(len(stream), 1+len(stream)%7)
			c.raw(stream[:n])
			stream = stream[n:]
		}
		for _, want := range "ab" {
			if f := c.answer(); f.Header.OpCode != ws.OpPong || string(f.Payload) != string(want) {
				t.Fatalf("got %v %q", f.Header.OpCode, f.Payload)
			}
		}
		c.expectClose(wire.CloseEnd)
	})
}

func TestBothDoorsServeOnePort(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		w.append("a", "line")
		conn, err := net.Dial("tcp", w.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		in := bufio.NewReader(conn)
		for range 2 { // a kept-alive connection asks over HTTP first
			fmt.Fprintf(conn, "GET /other?stream=a HTTP/1.1\r\nHost: %s\r\n\r\n", w.addr)
			response, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if body, _ := io.ReadAll(response.Body); string(body) != "plain answer\n" {
				t.Fatalf("body %q", body)
			}
		}
		request := "GET /ws?stream=a&n=1 HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
		conn.Write(append([]byte(request), masked(ws.OpPing, true, "early")...))
		response, err := http.ReadResponse(in, nil)
		if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("%+v, %v", response, err)
		}
		seen := map[string]bool{}
		for range 2 {
			f, err := readFrame(in)
			if err != nil {
				t.Fatal(err)
			}
			seen[string(f.Payload)] = true
		}
		if !seen["line"] || !seen["early"] {
			t.Fatalf("got %v", seen)
		}
	})
}

func TestARefusedUpgradeIsAnsweredOverHTTP(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		_, _, _, err := ws.Dialer{}.Dial(t.Context(), "ws://"+w.addr+"/ws?stream=nope")
		if status, ok := err.(ws.StatusError); !ok || status != http.StatusNotFound {
			t.Fatalf("error %v, want status 404", err)
		}
	})
}
