package stream

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// filling are lines of a size that fills memory with few of them.
func filling(from, to int) []string {
	var lines []string
	for i := from; i < to; i++ {
		lines = append(lines, fmt.Sprintf("line %d %s", i, strings.Repeat("x", i%1000)))
	}
	return lines
}

// fill appends n bytes of lines, as many batches.
func (w *world) fill(name string, from, bytes int) (next int) {
	for bytes > 0 {
		lines := filling(from, from+100)
		w.append(name, lines...)
		for _, l := range lines {
			bytes -= len(l) + 1
		}
		from += 100
	}
	return from
}

func TestASlowViewerReadsOnFromTheFile(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		w.open("other")
		slow, page, two := w.dial("stream=a"), w.dial("", wire.Subprotocol), w.dial("stream=a&stream=other")
		for _, c := range []*client{slow, page, two} {
			c.Conn.(bufferedConn).Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
			c.settle()
		}
		page.subscribe(`"id":1,"stream":"a","n":0`)
		page.live()
		next := w.fill("a", 0, 15<<20)
		for n := range next {
			want := filling(n, n+1)[0]
			slow.expect(want)
			two.expect("a\t" + want)
		}
		lines, _ := page.lines(next)
		for n := range next {
			if want := filling(n, n+1)[0]; lines[n] != want {
				t.Fatalf("line %d is %q", n, lines[n])
			}
		}
		w.append("a", "live again")
		slow.expect("live again")
		two.expect("a\tlive again")
		if lines, _ := page.lines(1); lines[0] != "live again" {
			t.Fatalf("got %q", lines)
		}
		if n := w.server.Stats().Demoted; n < 3 {
			t.Errorf("%d demotions", n)
		}
	})
}

func TestBacklogBeyondMemoryIsReadFromTheFile(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		next := w.fill("a", 0, 9<<20)
		for _, n := range []string{"all", "10000"} {
			first := 0
			if n != "all" {
				first = next - 10_000
			}
			plain, page := w.dial("stream=a&n="+n), w.dial("", wire.Subprotocol)
			page.subscribe(`"id":1,"stream":"a","n":%q`, n)
			plain.expect(filling(first, next)...)
			if lines, _ := page.lines(next - first); lines[0] != filling(first, first+1)[0] {
				t.Fatalf("n=%s begins with %q", n, lines[0])
			}
			plain.settle()
		}
	})
}

func TestAViewerWhoseLinesAreGoneIsToldWhereToGoOn(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.open("a") // without a history
		slow := w.dial("stream=a")
		slow.Conn.(bufferedConn).Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
		slow.settle()
		w.fill("a", 0, 15<<20)
		w.append("a", "the end")
		n := 0
		for {
			f := slow.frame()
			if f.Header.OpCode == ws.OpClose {
				code, reason := ws.ParseCloseFrameData(f.Payload)
				if code != wire.CloseGap || !strings.HasPrefix(reason, "from=") {
					t.Fatalf("close %d %q after %d lines", code, reason, n)
				}
				c := w.dial("stream=a&" + reason)
				for text := ""; text != "the end"; text = c.text() {
				}
				return
			}
			if want := filling(n, n+1)[0]; f.Header.OpCode == ws.OpText && string(f.Payload) != want {
				t.Fatalf("line %d is %q", n, f.Payload)
			} else if f.Header.OpCode == ws.OpText {
				n++
			}
		}
	})
}

func TestAPausedViewerGoesOnWhereItStood(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		c := w.dial("stream=a&n=0")
		w.append("a", "one")
		c.expect("one")
		c.send(ws.OpText, "pause")
		c.settle()
		next := w.fill("a", 0, 9<<20)
		c.send(ws.OpText, "resume")
		c.expect(filling(0, next)...)
	})
}

func TestAReplayGoesOnBehindOlderFiles(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.openFile("a")
		w.past["a"].write(5, []byte("older\n"))
		sink.Notice(line.Notice{Condition: line.Live, Pos: line.Position{Gen: 6}}) // an empty file
		c := w.dial("stream=a&n=all")
		c.expect("older")
		c.settle()
		w.append("a", "new")
		c.expect("new")
	})
}
