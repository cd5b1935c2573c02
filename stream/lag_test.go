package stream

import (
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
)

// slowly makes the client's system take few bytes ahead of the client.
func (c *client) slowly() {
	c.Conn.(bufferedConn).Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
}

func TestLagSkipOnPlain(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		w.openFile("b")
		w.open("other")
		for i, query := range []string{"stream=a", "stream=b&stream=other"} {
			name := query[len("stream="):][:1]
			c := w.dial(query + "&lag=skip")
			c.slowly()
			c.settle()
			all := filling(0, w.fill(name, 0, 15<<20))
			var live sync.WaitGroup
			live.Go(func() {
				w.until("the viewer skipped", func() bool { return w.server.Stats().Skipped > uint64(i) })
				w.append(name, "live")
			})
			for n, got := 0, 0; ; n, got = n+1, got+1 {
				text := strings.TrimPrefix(c.text(), name+"\t")
				if text == "live" && got < len(all) {
					break
				}
				for n < len(all) && text != all[n] { // it may skip more than once
					n++
				}
				if n >= len(all) {
					t.Fatalf("line %d is %.40q", n, text)
				}
			}
			live.Wait()
		}
	})
}

func TestLagSkipIsToldExactly(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		c := w.dial("", wire.Subprotocol)
		c.slowly()
		c.subscribe(`"id":1,"stream":"a","n":0,"lag":"skip"`)
		c.live()
		all := filling(0, w.fill("a", 0, 15<<20))
		w.append("a", "behind")
		all = append(all, "behind")
		n, end, gaps := 0, "", 0
		for n < len(all) { // it may skip more than once
			m := c.message()
			if m.Gap == nil {
				for _, text := range m.lines {
					if text != all[n] {
						t.Fatalf("line %d is %.40q", n, text)
					}
					n++
				}
				end = m.To
				continue
			}
			if m.Gap.Lines <= 0 || m.Gap.Lines > len(all)-n {
				t.Fatalf("%+v behind %d of %d lines", m.Gap, n, len(all))
			}
			bytes := int64(0)
			for _, text := range all[n : n+m.Gap.Lines] {
				bytes += int64(len(text)) + 1
			}
			if m.Gap.Bytes == nil || *m.Gap.Bytes != bytes {
				t.Errorf("%+v, but its lines have %d bytes", m.Gap, bytes)
			}
			if m.Gap.From != end || m.Gap.To != m.To {
				t.Errorf("%+v behind %s and %d lines", m, end, n)
			}
			n, end = n+m.Gap.Lines, m.To
			gaps++
		}
		if gaps == 0 {
			t.Error("nothing was skipped")
		}
		w.append("a", "live")
		if lines, _ := c.lines(1); lines[0] != "live" {
			t.Errorf("got %q", lines)
		}
	})
}

func TestLagClose(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory, CloseTimeout: patience}, func(t *testing.T, w *world) {
		w.openFile("a")
		c, page := w.dial("stream=a&lag=close"), w.dial("", wire.Subprotocol)
		page.subscribe(`"id":1,"stream":"a","n":0,"lag":"close"`)
		page.live()
		c.slowly()
		c.settle()
		page.slowly()
		all := filling(0, w.fill("a", 0, 15<<20))
		n := 0
		for {
			f := c.frame()
			if f.Header.OpCode == ws.OpText {
				if string(f.Payload) != all[n] {
					t.Fatalf("line %d is %.40q", n, f.Payload)
				}
				n++
			}
			if f.Header.OpCode == ws.OpClose {
				code, reason := ws.ParseCloseFrameData(f.Payload)
				if code != wire.ClosePolicy || !strings.HasPrefix(reason, "from=") {
					t.Fatalf("close %d %q", code, reason)
				}
				w.dial("stream=a&" + reason).expect(all[n:]...)
				break
			}
		}
		if reason := page.expectClose(wire.ClosePolicy); !strings.Contains(reason, "lag close") {
			t.Errorf("reason %q", reason)
		}
	})
}

func TestLagIsNotAPause(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		c := w.dial("stream=a&lag=skip")
		c.send(ws.OpText, "pause")
		c.settle()
		next := w.fill("a", 0, 9<<20)
		c.send(ws.OpText, "resume")
		c.expect(filling(0, next)...)
	})
}

func TestLagThatIsNotKnownIsRefused(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("", wire.Subprotocol)
		c.subscribe(`"id":1,"stream":"a","lag":"wait"`)
		if r := c.refusal(); r.Error.Status != 400 || !strings.Contains(r.Error.Message, "skip or close") {
			t.Errorf("got %+v", r)
		}
	})
}
