package stream

import (
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// raw sends a request as it is written.
func (w *world) raw(request string) *rawClient {
	w.t.Helper()
	conn, err := net.Dial("tcp", w.addr)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, request); err != nil {
		w.t.Fatal(err)
	}
	return &rawClient{w.t, conn}
}

// rawClient is a connection whose bytes are looked at as they are.
type rawClient struct {
	t *testing.T
	net.Conn
}

// until reads up to some text, or to the end where that is empty.
func (c *rawClient) until(text string) string {
	c.t.Helper()
	var got strings.Builder
	buf := make([]byte, 1)
	for text == "" || !strings.HasSuffix(got.String(), text) {
		if _, err := c.Read(buf); err == io.EOF && text == "" {
			break
		} else if err != nil {
			c.t.Fatalf("after %q: %v", got.String(), err)
		}
		got.Write(buf)
	}
	return got.String()
}

// gone waits until no viewer is left.
func (w *world) gone() { w.viewers(0) }

// viewers waits until there are so many viewers.
func (w *world) viewers(n int) {
	w.t.Helper()
	for end := time.Now().Add(patience); w.server.Stats().Viewers != n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("%d viewers, want %d", w.server.Stats().Viewers, n)
		}
	}
}

func unmarshal(text string, into any) error { return json.Unmarshal([]byte(text), into) }

func TestAResponseEndsInOrder(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		w.append("a", "one")
		r := w.tail("stream=a&n=all")
		r.expect("one")
		sink.Notice(line.Notice{Condition: line.Ended})
		if rest := r.rest(); rest != "" {
			t.Errorf("then %q", rest)
		}
		want := wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{{Gen: 7, Off: 4}}})
		if r.Trailer.Get(wire.EndHeader) != "end" || r.Trailer.Get(wire.CursorHeader) != want {
			t.Errorf("trailer %v", r.Trailer)
		}
		w.gone()
	})
}

func TestAGapBreaksTextOffAndIsTold(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		text, deaf := w.tail("stream=a"), w.tail("stream=a&gaps=ignore")
		events, records := w.tail("stream=a&format=events"), w.tail("stream=a&format=records")
		for range 6 {
			events.body.ReadString('\n')
		}
		records.body.ReadString('\n')
		w.append("a", "before")
		to := line.Position{Gen: 7, Off: w.offset["a"] + 100}
		sink.Gap(line.Gap{To: to, Bytes: 100, Reason: "test"})
		w.offset["a"] = to.Off
		w.append("a", "behind")
		text.expect("before")
		if _, err := io.ReadAll(text.body); err != io.ErrUnexpectedEOF {
			t.Errorf("text ends with %v", err)
		}
		deaf.expect("before", "behind")
		at := wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{to}})
		gap := `{"stream":"a","gap":{"from":"","to":"` + at + `","bytes":100,"reason":"test"},"cursor":"` + at + `"}`
		events.body.ReadString('\n')
		events.expect("data: before", "", "event: gap", "id: "+at, "data: "+gap, "")
		records.body.ReadString('\n')
		records.expect(gap)
	})
}

func TestWhatIsThereAndNoMore(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		next := w.fill("a", 0, 5<<20)
		w.past["a"].write(7, []byte("no newline"))
		want := strings.Join(filling(0, next), "\n") + "\n"
		r := w.tail("stream=a&n=all&follow=0")
		if got := r.rest(); got != want+"no newline" {
			t.Errorf("%d bytes, want %d", len(got), len(want))
		}
		r = w.tail("stream=a&n=1&follow=0&format=records")
		var whole, partial struct {
			Cursor, Line string
			Partial      bool
		}
		r.record(&whole)
		r.record(&partial)
		if rest := r.rest(); whole.Partial || !partial.Partial || partial.Line != "no newline" || whole.Cursor != partial.Cursor || rest != "" {
			t.Errorf("%+v %+v %q", whole, partial, rest)
		}
		c := w.dial("stream=a&n=1&follow=0")
		c.expect(filling(next-1, next)[0], "no newline")
		if reason := c.expectClose(wire.CloseEnd); reason != "from="+whole.Cursor {
			t.Errorf("%s, want %s", reason, whole.Cursor)
		}
	})
}

func TestASlowReaderOverHTTPReadsOnFromTheFile(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		slow := w.raw("GET /tail?stream=a&n=0 HTTP/1.0\r\n\r\n")
		slow.Conn.(*net.TCPConn).SetReadBuffer(64 << 10)
		slow.until("\r\n\r\n")
		next := w.fill("a", 0, 15<<20)
		w.append("a", "the end")
		got := new(strings.Builder)
		buf := make([]byte, 64<<10)
		for !strings.HasSuffix(got.String(), "the end\n") {
			n, err := slow.Read(buf)
			if err != nil {
				t.Fatal(err)
			}
			got.Write(buf[:n])
		}
		for i, line := range strings.Split(got.String(), "\n") {
			if i < next && line != filling(i, i+1)[0] {
				t.Fatalf("line %d of %d is %q", i, next, line)
			}
		}
		if n := w.server.Stats().Demoted; n < 1 {
			t.Errorf("%d demotions", n)
		}
	})
}
