package stream

import (
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

func TestPlainSendsEachLineAsOneTextFrame(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("stream=a")
		c.settle()
		w.append("a", "one", "", "with\rreturn", "nul\x00 and \x1b[1mescape", "\r", "ends\r")
		c.expect("one", "", "with\rreturn", "nul\x00 and \x1b[1mescape", "", "ends")
	})
}

func TestPlainBacklog(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		all := numbered(0, 1000)
		w.append("a", all[:500]...)
		w.append("a", all[500:]...)
		for query, want := range map[string][]string{
			"stream=a&n=0":   nil,
			"stream=a&n=1":   all[999:],
			"stream=a&n=10":  all[990:],
			"stream=a&n=all": all,
		} {
			c := w.dial(query)
			c.expect(want...)
			c.settle()
		}
	})
}

func TestSeveralStreamsArePrefixed(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		w.open("b")
		w.append("a", "a1", "a2", "a3")
		w.append("b", "b1")
		c := w.dial("stream=a&stream=b&n=2")
		c.expect("a\ta2", "a\ta3", "b\tb1")
		w.append("b", "b2")
		c.expect("b\tb2")
		w.append("a", "a4")
		w.append("b", "b3", "b4")
		c.expect("a\ta4", "b\tb3", "b\tb4")
	})
}

func TestACloseTellsTheCursorOfFourStreamsAndThatOfMoreHasNoRoom(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		query := "n=1"
		for i := range 8 {
			name := string(rune('a' + i))
			w.open(name)
			w.append(name, "old")
			query += "&stream=" + name
			if i != 3 && i != 7 {
				continue
			}
			c := w.dial(query)
			for k := range i + 1 {
				c.expect(string(rune('a'+k)) + "\told")
			}
			c.send(ws.OpText, "quit")
			reason := c.expectClose(wire.CloseEnd)
			if i == 7 {
				if !strings.Contains(reason, "format=ndjson") || len(reason) > 123 {
					t.Errorf("of eight streams the reason is %q", reason)
				}
				continue
			}
			w.append("c", "old")
			w.dial(strings.TrimPrefix(query, "n=1&") + "&" + reason).expect("c\told")
		}
	})
}

func TestInvalidTextIsRepaired(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("stream=a")
		c.settle()
		w.append("a", "ok", "latin \xe9t\xe9", "cut \xe2\x82", "\xff\xfe")
		c.expect("ok", "latin \uFFFDt\uFFFD", "cut \uFFFD", "\uFFFD\uFFFD")
	})
}

func TestAnEndlessLineComesInPieces(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("stream=a")
		c.settle()
		w.append("a", strings.Repeat("\xff", maxMessage))
		got := 0
		for got < maxMessage {
			piece := c.text()
			if len(piece) > maxMessage {
				t.Fatalf("a piece of %d bytes", len(piece))
			}
			got += strings.Count(piece, "\uFFFD")
		}
		w.append("a", "next")
		c.expect("next")
	})
}

func TestPauseResumeQuit(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("stream=a")
		c.send(ws.OpText, "pause")
		c.settle()
		w.append("a", "one", "two")
		c.send(ws.OpPing, "still paused")
		if f := c.answer(); f.Header.OpCode != ws.OpPong {
			t.Fatalf("got %v %q while paused", f.Header.OpCode, f.Payload)
		}
		c.send(ws.OpText, "resume\n")
		c.expect("one", "two")
		c.send(ws.OpText, "quit")
		reason := c.expectClose(wire.CloseEnd)
		w.append("a", "three")
		w.dial("stream=a&" + strings.Replace(reason, "from=", "from=", 1)).expect("three")
	})
}

func TestTheEndOfAStreamClosesPlainViewers(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		c := w.dial("stream=a")
		c.settle()
		w.append("a", "last")
		sink.Notice(line.Notice{Condition: line.Ended})
		c.expect("last")
		c.expectClose(wire.CloseEnd)
		late := w.dial("stream=a&n=10")
		late.expect("last")
		late.expectClose(wire.CloseEnd)
	})
}

func TestAGapClosesPlainViewersWithTheCursorBehindIt(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		c := w.dial("stream=a")
		deaf := w.dial("stream=a&gaps=ignore")
		c.settle()
		deaf.settle()
		w.append("a", "before")
		to := line.Position{Gen: 7, Off: w.offset["a"] + 100}
		sink.Gap(line.Gap{To: to, Bytes: 100, Reason: "test"})
		w.offset["a"] = to.Off
		w.append("a", "behind")
		c.expect("before")
		reason := c.expectClose(wire.CloseGap)
		deaf.expect("before", "behind")
		w.dial("stream=a&" + reason).expect("behind")
	})
}

// A file that was cut is empty at first, and its generation has another name
// then than with its first line.
func TestAGapIsToldOnceWhereAFileWasCut(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		w.append("a", "before")
		empty := line.Position{Gen: 8}
		sink.Gap(line.Gap{To: empty, Bytes: line.UnknownBytes, Reason: "test"})
		sink.Notice(line.Notice{Event: line.Truncated, Condition: line.Live, Pos: empty})
		sink.Append(&line.Batch{Pos: line.Position{Gen: 9}, Data: []byte("1\n2\n"), Ends: []uint32{2, 4}})
		c := w.dial("", wire.Subprotocol)
		c.subscribe(`"id":1,"stream":["a"],"n":2`)
		_, cursors := c.lines(2)
		w.dial("stream=a&from="+cursors[0]).expect("1", "2")
		w.dial("stream=a&from=" + cursors[1]).expect("2")
	})
}
