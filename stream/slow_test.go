package stream

import (
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// fill appends n bytes of lines, as many batches.
func (w *world) fill(name string, from, bytes int) (next int) {
	for bytes > 0 {
		lines := numbered(from, from+500)
		w.append(name, lines...)
		for _, l := range lines {
			bytes -= len(l) + 1
		}
		from += 500
	}
	return from
}

func TestAViewerThatFellBehindIsToldWhereToGoOn(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.open("a")
		slow, quick := w.dial("stream=a"), w.dial("stream=a")
		slow.Conn.(bufferedConn).Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
		slow.settle()
		quick.settle()
		next := 0
		for next < 250_000 { // one that reads gets all of it meanwhile
			lines := numbered(next, next+5000)
			w.append("a", lines...)
			quick.expect(lines...)
			next += 5000
		}
		w.append("a", "the end")
		quick.expect("the end")
		n := 0
		for {
			f := slow.frame()
			if f.Header.OpCode == ws.OpClose {
				code, reason := ws.ParseCloseFrameData(f.Payload)
				if code != wire.CloseGap || !strings.HasPrefix(reason, "from=") {
					t.Fatalf("close %d %q after %d lines", code, reason, n)
				}
				checkGoesOn(t, w, reason, n, next)
				return
			}
			if want := numbered(n, n+1)[0]; f.Header.OpCode == ws.OpText && string(f.Payload) != want {
				t.Fatalf("line %d is %q", n, f.Payload)
			} else if f.Header.OpCode == ws.OpText {
				n++
			}
		}
	})
}

// checkGoesOn resumes where a viewer fell behind: the lines between are gone
// from memory, and the next cursor is of the oldest that is there.
func checkGoesOn(t *testing.T, w *world, reason string, n, next int) {
	t.Helper()
	cursor, err := url.QueryUnescape(strings.TrimPrefix(reason, "from="))
	if err != nil {
		t.Fatal(err)
	}
	positions, err := wire.ParseCursors(cursor, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := int64(0)
	for _, l := range numbered(0, n) {
		want += int64(len(l)) + 1
	}
	if positions[0].Off != want {
		t.Fatalf("the cursor is at %d, the next line at %d", positions[0].Off, want)
	}
	again := w.dial("stream=a&" + reason)
	oldest := again.expectClose(wire.CloseGap)
	c := w.dial("stream=a&" + oldest)
	first := c.text()
	if !strings.HasPrefix(first, "line ") || first == numbered(n, n+1)[0] {
		t.Fatalf("goes on with %q", first)
	}
	for text := first; text != "the end"; text = c.text() {
	}
}

func TestAPausedViewerThatFellBehindIsToldWhereToGoOn(t *testing.T) {
	w := newWorld(t, Config{Memory: minMemory}, func(ln net.Listener) net.Listener { return ln })
	w.open("a")
	c := w.dial("stream=a&n=0")
	w.append("a", "one")
	c.expect("one")
	c.send(ws.OpText, "pause")
	c.settle()
	w.fill("a", 0, 16<<20)
	if reason := c.expectClose(wire.CloseGap); !strings.HasSuffix(reason, ".4") {
		t.Fatalf("reason %q, want the position behind one", reason)
	}
}
