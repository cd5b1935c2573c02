package stream

import (
	"strings"
	"testing"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

func TestALongPollIsAnsweredWithTheFirstLines(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		w.append("a", "one", "two")
		r := w.tail("stream=a&n=1&wait=30s")
		if body := r.rest(); body != "two\n" || r.ContentLength != 4 || r.Header.Get("Transfer-Encoding") != "" {
			t.Fatalf("%q %v", body, r.Header)
		}
		cursor := r.Header.Get(wire.CursorHeader)
		answered := make(chan *reply)
		go func() { answered <- w.tail("stream=a&wait=1h&from=" + cursor) }()
		w.viewers(1)
		w.append("a", "three", "four")
		r = <-answered
		if body := r.rest(); body != "three\nfour\n" {
			t.Fatalf("%q", body)
		}
		cursor = r.Header.Get(wire.CursorHeader)
		r = w.tail("stream=a&wait=0s&from=" + cursor)
		if body := r.rest(); body != "" || r.Header.Get(wire.CursorHeader) != cursor {
			t.Fatalf("in vain: %q %v", body, r.Header)
		}
		r = w.tail("stream=a&wait=1s&from=" + cursor)
		if body := r.rest(); body != "" || r.Header.Get(wire.CursorHeader) != cursor || r.Header.Get(wire.EndHeader) != "" {
			t.Fatalf("in vain: %q %v", body, r.Header)
		}
		sink.Notice(line.Notice{Condition: line.Ended})
		r = w.tail("stream=a&wait=1h&from=" + cursor)
		if body := r.rest(); body != "" || r.Header.Get(wire.EndHeader) != "end" {
			t.Fatalf("at the end: %q %v", body, r.Header)
		}
	})
}

func TestALongPollTellsOfAGap(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		w.append("a", "one")
		cursor := w.tail("stream=a&wait=0s&n=all").Header.Get(wire.CursorHeader)
		to := line.Position{Gen: 7, Off: w.offset["a"] + 100}
		sink.Gap(line.Gap{To: to, Bytes: 100, Reason: "test"})
		w.offset["a"] = to.Off
		w.append("a", "behind")
		r := w.tail("stream=a&wait=1h&from=" + cursor)
		if body := r.rest(); body != "" || r.Header.Get(wire.EndHeader) != "gap" {
			t.Fatalf("%q %v", body, r.Header)
		}
		r = w.tail("stream=a&wait=1h&from=" + r.Header.Get(wire.CursorHeader))
		if body := r.rest(); body != "behind\n" {
			t.Fatalf("%q", body)
		}
	})
}

func TestLongPollsReadTheWholeHistory(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		w.openFile("a")
		next := w.fill("a", 0, 5<<20)
		want := strings.Join(filling(0, next), "\n") + "\n"
		var got strings.Builder
		query := "stream=a&wait=1h&n=all"
		for got.Len() < len(want) {
			r := w.tail(query)
			got.WriteString(r.rest())
			query = "stream=a&wait=1h&from=" + r.Header.Get(wire.CursorHeader)
		}
		if got.String() != want {
			t.Error("it differs")
		}
	})
}

func TestAShutdownAnswersEverybody(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.open("a")
		w.append("a", "one")
		r, old := w.tail("stream=a&n=1"), w.raw("GET /tail?stream=a HTTP/1.0\r\n\r\n")
		old.until("\r\n\r\n")
		answered := make(chan *reply)
		go func() { answered <- w.tail("stream=a&wait=1h") }()
		w.viewers(3)
		go w.server.Shutdown(t.Context())
		r.expect("one")
		if rest := r.rest(); rest != "" || r.Trailer.Get(wire.EndHeader) != "away" {
			t.Errorf("%q %v", rest, r.Trailer)
		}
		poll := <-answered
		if body := poll.rest(); body != "" || poll.Header.Get(wire.EndHeader) != "away" || poll.Header.Get(wire.CursorHeader) == "" {
			t.Errorf("%q %v", body, poll.Header)
		}
		old.until("")
	})
}
