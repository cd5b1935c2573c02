package stream

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// reply is a response over plain HTTP of which the body is still coming.
type reply struct {
	t *testing.T
	*http.Response
	body  *bufio.Reader
	timer *time.Timer
}

// end breaks the connection off.
func (r *reply) end() {
	r.timer.Stop()
	r.Body.Close()
}

// tail asks for lines over plain HTTP.
func (w *world) tail(query string, header ...string) *reply {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), "GET", "http://"+w.addr+"/tail?"+query, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	timer := time.AfterFunc(patience, func() { w.t.Errorf("%s: nothing within %v", query, patience); w.server.Shutdown(r.Context()) })
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		w.t.Fatal(err)
	}
	coming := &reply{w.t, response, bufio.NewReader(response.Body), timer}
	w.t.Cleanup(coming.end)
	return coming
}

// expect reads lines of the body and compares them.
func (r *reply) expect(want ...string) {
	r.t.Helper()
	for i, w := range want {
		got, err := r.body.ReadString('\n')
		if err != nil || got != w+"\n" {
			r.t.Fatalf("line %d is %q, %v, want %q", i, got, err, w)
		}
	}
}

// rest reads the body to its end in order.
func (r *reply) rest() string {
	r.t.Helper()
	rest, err := io.ReadAll(r.body)
	if err != nil {
		r.t.Fatalf("after %q: %v", rest, err)
	}
	return string(rest)
}

func TestTextOverHTTP(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		w.append("a", "one", "two", "three")
		r := w.tail("stream=a&n=2")
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/plain; charset=utf-8" || r.Header.Get("X-Accel-Buffering") != "no" || r.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s %v", r.Status, r.Header)
		}
		r.expect("two", "three")
		w.append("a", "", "with\rreturn", "nul\x00 and \x1b[1mescape", "latin \xe9", "ends\r")
		r.expect("", "with\rreturn", "nul\x00 and \x1b[1mescape", "latin \uFFFD", "ends")
	})
}

func TestAnEmptyStreamIsAnsweredAtOnce(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		for _, form := range []string{"text", "events", "records"} {
			w.tail("stream=a&format=" + form) // it has the head of the response
		}
	})
}

func TestStreamsOverHTTPArePrefixed(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		w.open("b")
		w.append("a", "a1", "a2")
		r := w.tail("stream=a&stream=b&n=1")
		r.expect("a\ta2")
		w.append("b", "b1")
		r.expect("b\tb1")
	})
}

func TestEventsCarryTheirCursors(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		w.append("a", "one", "", " two\rthree")
		r := w.tail("stream=a&n=all&format=events")
		if kind := r.Header.Get("Content-Type"); kind != "text/event-stream" {
			t.Errorf("content type %s", kind)
		}
		at := func(off int64) string {
			return wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{{Gen: 7, Off: off}}})
		}
		r.expect("retry: 2000", "",
			"id: "+at(4), "data: one", "",
			"id: "+at(5), "data: ", "",
			"id: "+at(16), "data:  two\u240dthree", "",
			"event: notice", "id: "+at(16), `data: {"stream":"a","notice":{"event":"changed","condition":"waiting","reason":""},"cursor":"`+at(16)+`"}`, "")
		w.append("a", "four", "five")
		r.expect("id: "+at(21), "data: four", "", "id: "+at(26), "data: five", "")
		r = w.tail("stream=a&format=events&from=" + at(21))
		r.expect("retry: 2000", "", "id: "+at(26), "data: five", "")
	})
}

func TestRecordsSayWhatIsKnownOfALine(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.openMarked("a")
		w.append("a", `warn "x"\ `+"\t\x01é", "plain")
		at := func(off int64) string {
			return wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{{Gen: 7, Off: off}}})
		}
		want := []string{
			`{"stream":"a","cursor":"` + at(15) + `","line":"warn \"x\"\\ \t\u0001é","time":"1970-01-01T00:00:07Z","level":"warn"}`,
			`{"stream":"a","cursor":"` + at(21) + `","line":"plain","level":"warn"}`,
		}
		r := w.tail("stream=a&n=all&format=records")
		r.expect(want...)
		r.expect(`{"stream":"a","notice":{"event":"changed","condition":"waiting","reason":""},"cursor":"` + at(21) + `"}`)
		c := w.dial("stream=a&n=all&format=records")
		c.expect(want...)
	})
}

// markedWords knows the time and level of lines that begin with a level.
type markedWords struct{}

func (markedWords) Time(text []byte) (time.Time, bool) {
	if (markedWords{}).Level(text) == line.None {
		return time.Time{}, false
	}
	return time.Unix(7, 0).UTC(), true
}

func (markedWords) Level(text []byte) line.Level {
	word, _, _ := strings.Cut(string(text), " ")
	level, _ := line.ParseLevel(word)
	return level
}

func (w *world) openMarked(name string) {
	w.t.Helper()
	if _, err := w.hub.Open(name, line.Origin{Source: name, Marks: markedWords{}}); err != nil {
		w.t.Fatal(err)
	}
}

func TestOneCursorCoversSeveralStreams(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		w.openFile("b")
		w.append("a", "a1", "a2", "a3")
		w.append("b", "b1", "b2", "b3")
		r := w.tail("stream=a&stream=b&n=2&format=records")
		seen := ""
		for i := range 4 {
			var one struct{ Cursor, Line string }
			r.record(&one)
			seen += one.Line + " "
			again := w.tail("stream=a&stream=b&format=records&from=" + one.Cursor)
			for k, want := range []string{"a3", "b2", "b3"}[min(i, 3):] {
				var next struct{ Line string }
				if again.record(&next); next.Line != want {
					t.Fatalf("from %s, line %d: %q, want %q", one.Line, k, next.Line, want)
				}
			}
		}
		if seen != "a2 a3 b2 b3 " {
			t.Errorf("got %s", seen)
		}
	})
}

// record reads one JSON object.
func (r *reply) record(into any) {
	r.t.Helper()
	text, err := r.body.ReadString('\n')
	if err == nil {
		err = unmarshal(text, into)
	}
	if err != nil {
		r.t.Fatalf("%q: %v", text, err)
	}
}

func TestAnOlderClientGetsNoChunks(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		w.append("a", "one")
		c := w.raw("GET /tail?stream=a&n=1 HTTP/1.0\r\nHost: x\r\n\r\n")
		head, body, _ := strings.Cut(c.until("one\n"), "\r\n\r\n")
		if !strings.HasPrefix(head, "HTTP/1.0 200 OK\r\n") || strings.Contains(head, "chunked") || body != "one\n" {
			t.Fatalf("%q %q", head, body)
		}
		w.append("a", "two")
		c.until("two\n")
		sink.Notice(line.Notice{Condition: line.Ended})
		if rest := c.until(""); rest != "" {
			t.Errorf("then %q", rest)
		}
	})
}

func TestWhatIsSentAfterTheRequestIsNotHeard(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		c := w.raw("GET /tail?stream=a HTTP/1.1\r\nHost: x\r\n\r\nGET /again HTTP/1.1\r\n\r\n")
		c.until("\r\n\r\n")
		fmt.Fprint(c, "quit\n\x88\x00")
		w.append("a", "one")
		c.until("one\n")
		if n := w.server.Stats().Viewers; n != 1 {
			t.Errorf("%d viewers", n)
		}
		c.Close()
		w.gone()
	})
}
