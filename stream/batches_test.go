package stream

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// received is any message of tailbeam.v1 as a client reads it.
type received struct {
	ID      *int
	Stream  string
	Base    string
	Partial bool
	N       int
	Off     []int64
	To      string
	Cont    string
	T       int64
	Gap     *struct {
		From, To, Reason string
		Bytes            *int64
		Lines            int
	}
	Notice *struct{ Event, Condition, Reason string }
	Error  *struct {
		Status  int
		Message string
	}
	lines []string
}

func (c *client) message() received {
	c.t.Helper()
	return parseReceived(c.t, c.text())
}

func parseReceived(t *testing.T, text string) received {
	t.Helper()
	header, rest, hasLines := strings.Cut(text, "\n")
	var m received
	if err := json.Unmarshal([]byte(header), &m); err != nil {
		t.Errorf("header %q: %v", header, err)
	}
	if hasLines {
		m.lines = strings.Split(rest, "\n")
	}
	if len(m.lines) != m.N || len(m.Off) != m.N {
		t.Errorf("n is %d, with %d offsets and %d lines", m.N, len(m.Off), len(m.lines))
	}
	return m
}

// lines reads messages until n lines came, and returns them with their
// cursors.
func (c *client) lines(n int) (lines, cursors []string) {
	c.t.Helper()
	for len(lines) < n {
		m := c.message()
		if m.Error != nil || m.Gap != nil || m.Partial {
			c.t.Fatalf("%+v among lines", m)
		}
		for i := range m.lines {
			lines = append(lines, m.lines[i])
			cursors = append(cursors, fmt.Sprintf("%s.%d", m.Base, m.Off[i]))
		}
	}
	return lines, cursors
}

// live reads up to the notice that says that the replay is over.
func (c *client) live() (before []received, notice received) {
	c.t.Helper()
	for {
		m := c.message()
		if m.Notice != nil {
			return before, m
		}
		before = append(before, m)
	}
}

func (c *client) subscribe(format string, args ...any) {
	c.t.Helper()
	c.send(ws.OpText, `{"subscribe":{`+fmt.Sprintf(format, args...)+`}}`)
}

func TestBatchesCarryCursorsThatResumeExactly(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		sink.Notice(line.Notice{Condition: line.Live, Pos: line.Position{Gen: 7}})
		all := numbered(0, 20_000)
		w.append("a", all[:7000]...)
		c := w.dial("", wire.Subprotocol)
		c.subscribe(`"id":3,"stream":"a","n":"all"`)
		before, notice := c.live()
		if notice.Notice.Condition != "live" || notice.To == "" {
			t.Errorf("notice %+v", notice)
		}
		var got []string
		for _, m := range before {
			if *m.ID != 3 || m.Stream != "a" || m.T != 0 {
				t.Errorf("message %+v", m)
			}
			got = append(got, m.lines...)
		}
		w.append("a", all[7000:]...)
		rest, cursors := c.lines(13_000)
		got = append(got, rest...)
		if fmt.Sprint(got) != fmt.Sprint(all) {
			t.Fatal("the lines differ")
		}
		for _, at := range []int{0, 1, 4095, 4096, 12_999} {
			again := w.dial("", wire.Subprotocol)
			again.subscribe(`"id":1,"stream":["a"],"from":%q`, cursors[at])
			lines, _ := again.lines(13_000 - at)
			if lines[0] != rest[at] || len(lines) != 13_000-at {
				t.Fatalf("from line %d: %d lines that begin with %q", at, len(lines), lines[0])
			}
		}
	})
}

func TestBatchesOfSeveralStreams(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		w.open("b")
		w.append("a", "a1", "a2")
		w.append("b", "b1")
		c := w.dial("", wire.Subprotocol)
		c.subscribe(`"id":1,"stream":["b","a"],"n":1`)
		for _, want := range []string{"a2", "b1"} {
			if m := c.message(); m.lines[0] != want {
				t.Fatalf("got %q, want %q", m.lines, want)
			}
		}
		c.live()
		c.live()
		c.subscribe(`"id":2,"stream":"a","n":0`)
		c.live()
		w.append("a", "a3")
		ids := map[int]bool{}
		for range 2 {
			m := c.message()
			ids[*m.ID] = true
			if m.lines[0] != "a3" || m.T == 0 {
				t.Fatalf("message %+v", m)
			}
		}
		if !ids[1] || !ids[2] {
			t.Fatalf("ids %v", ids)
		}
		c.send(ws.OpText, `{"unsubscribe":1}`)
		c.settle()
		w.append("b", "b2")
		w.append("a", "a4")
		if m := c.message(); *m.ID != 2 || m.lines[0] != "a4" {
			t.Fatalf("message %+v", m)
		}
	})
}

func TestBatchesTellGapsAndNotices(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		w.append("a", "one")
		sink.Gap(line.Gap{To: line.Position{Gen: 9}, Bytes: line.UnknownBytes, Reason: "gone"})
		c := w.dial("", wire.Subprotocol)
		c.subscribe(`"id":0,"stream":"a","n":"all"`)
		before, _ := c.live()
		if len(before) != 2 || before[0].lines[0] != "one" || before[1].Gap == nil || before[1].Gap.Bytes != nil {
			t.Fatalf("before: %+v", before)
		}
		sink.Gap(line.Gap{To: line.Position{Gen: 9, Off: 50}, Bytes: 50, Reason: "gone too"})
		if m := c.message(); m.Gap == nil || *m.Gap.Bytes != 50 || m.To == "" {
			t.Fatalf("message %+v", m)
		}
		sink.Notice(line.Notice{Event: line.Truncated, Condition: line.Live, Reason: `cut "now"`})
		if m := c.message(); m.Notice == nil || m.Notice.Event != "truncated" || m.Notice.Reason != `cut "now"` {
			t.Fatalf("message %+v", m)
		}
		gone := wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{{Gen: 4, Off: 5}}})
		c.subscribe(`"id":1,"stream":"a","from":%q`, gone)
		if m := c.message(); m.Gap == nil || m.Gap.Bytes != nil || *m.ID != 1 {
			t.Fatalf("message %+v", m)
		}
		if m := c.message(); len(m.lines) != 1 || m.lines[0] != "one" {
			t.Fatalf("message %+v", m)
		}
	})
}

func TestBatchesRefuseWhatCannotBe(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("", wire.Subprotocol)
		for _, test := range []struct {
			send   string
			status int
			id     int // or -1 for none
		}{
			{`not json`, 400, -1},
			{`{}`, 400, -1},
			{`{"pause":1,"resume":1}`, 400, -1},
			{`{"subscribe":{"id":-5,"stream":"a"}}`, 400, -1},
			{`{"subscribe":{"id":1,"stream":"nope"}}`, 404, 1},
			{`{"subscribe":{"id":1}}`, 400, 1},
			{`{"subscribe":{"id":1,"stream":"a","n":"x"}}`, 400, 1},
			{`{"subscribe":{"id":1,"stream":"a","n":1,"from":"x"}}`, 400, 1},
			{`{"subscribe":{"id":1,"stream":"a","from":"nonsense"}}`, 400, 1},
			{`{"unsubscribe":9}`, 404, 9},
			{`{"pause":9}`, 404, 9},
		} {
			c.send(ws.OpText, test.send)
			m := c.message()
			if m.Error == nil || m.Error.Status != test.status || m.Error.Message == "" {
				t.Errorf("%s: %+v, want %d", test.send, m.Error, test.status)
			}
			if test.id >= 0 && (m.ID == nil || *m.ID != test.id) || test.id < 0 && m.ID != nil {
				t.Errorf("%s: id %v, want %d", test.send, m.ID, test.id)
			}
		}
		c.subscribe(`"id":1,"stream":"a","n":0`)
		c.live()
		c.subscribe(`"id":1,"stream":"a"`)
		if m := c.message(); m.Error == nil || m.Error.Status != 409 {
			t.Fatalf("message %+v", m)
		}
	})
}

func TestBatchesPauseHoldsLinesBack(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.dial("", wire.Subprotocol)
		c.subscribe(`"id":1,"stream":"a","n":0`)
		c.live()
		c.send(ws.OpText, `{"pause":1}`)
		c.settle()
		w.append("a", "one")
		w.append("a", "two")
		c.send(ws.OpPing, "nothing")
		if f := c.answer(); f.Header.OpCode != ws.OpPong {
			t.Fatalf("%q while paused", f.Payload)
		}
		c.send(ws.OpText, `{"resume":1}`)
		if lines, _ := c.lines(2); fmt.Sprint(lines) != "[one two]" {
			t.Fatalf("lines %q", lines)
		}
	})
}
