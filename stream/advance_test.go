package stream

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

func TestFiltersOverHTTP(t *testing.T) {
	onEachPath(t, Config{AdvanceEvery: time.Millisecond}, func(t *testing.T, w *world) {
		w.openFile("a")
		w.append("a", "yes 1", "no", "yes 2", "no")
		cursor := func(off int64) string {
			return wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{{Gen: 7, Off: off}}})
		}
		text := w.tail("stream=a&grep=yes&n=1")
		events := w.tail("stream=a&grep=yes&n=2&format=events")
		records := w.tail("stream=a&grep=yes&n=0&format=records")
		frames := w.dial("stream=a&grep=yes&n=0&format=records")
		text.expect("yes 2")
		events.until("id: "+cursor(6), "data: yes 1")
		events.until("id: "+cursor(15), "data: yes 2")
		records.until(`"notice"`)
		for !strings.Contains(frames.text(), `"notice"`) {
		}
		w.append("a", "no", "no")
		end := cursor(24)
		events.until("id: "+end, "")
		records.until(`{"cursor":"` + end + `"}`)
		for frames.text() != `{"cursor":"`+end+`"}` {
		}
		w.append("a", "yes 3")
		text.expect("yes 3")
		events.until("data: yes 3")
		records.until(`"line":"yes 3"`)
		poll := w.tail("stream=a&grep=yes&wait=30s&from=" + cursor(6))
		if body := poll.rest(); body != "yes 2\nyes 3\n" || poll.Header.Get(wire.CursorHeader) != cursor(30) {
			t.Errorf("%q %v", body, poll.Header)
		}
		once := w.tail("stream=a&grep=yes&n=all&follow=0")
		if body := once.rest(); body != "yes 1\nyes 2\nyes 3\n" {
			t.Errorf("%q", body)
		}
	})
}

// until reads lines up to some that follow one another and begin or are as
// given.
func (r *reply) until(want ...string) {
	r.t.Helper()
	for at := 0; at < len(want); {
		got, err := r.body.ReadString('\n')
		if err != nil {
			r.t.Fatalf("%q does not come: %v", want, err)
		}
		switch got = strings.TrimSuffix(got, "\n"); {
		case got == want[at] || want[at] != "" && strings.Contains(got, want[at]):
			at++
		case at > 0:
			at = 0
		}
	}
}

func TestIdleResponsesAreKeptAlive(t *testing.T) {
	onEachPath(t, Config{PingEvery: time.Second, DeadAfter: time.Second}, func(t *testing.T, w *world) {
		w.open("a")
		w.append("a", "one")
		end := wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{{Gen: 7, Off: 4}}})
		text, events, records := w.tail("stream=a"), w.tail("stream=a&format=events"), w.tail("stream=a&format=records")
		events.until("event: notice")
		records.until(`"notice"`)
		for range 2 {
			events.until("id: "+end, "")
			records.until(`{"cursor":"` + end + `"}`)
		}
		w.append("a", "two")
		text.expect("two")
	})
}

func TestAnEventStreamWithNothingLeftIsNotBegunAgain(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		w.append("a", "one")
		end := wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{{Gen: 7, Off: 4}}})
		if r := w.tail("stream=a&format=events&follow=0&from=" + end); r.StatusCode != http.StatusNoContent {
			t.Errorf("follow=0 at the end: %s", r.Status)
		}
		w.tail("stream=a&format=events&from=" + end).until("retry: 2000") // it may go on
		sink.Notice(line.Notice{Condition: line.Ended})
		if r := w.tail("stream=a&format=events&from=" + end); r.StatusCode != http.StatusNoContent {
			t.Errorf("an ended stream: %s", r.Status)
		}
		w.gone()
		head, err := http.Head("http://" + w.addr + "/tail?stream=a")
		if err != nil || head.StatusCode != http.StatusOK || head.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("HEAD: %v %v", head, err)
		}
	})
}
