package stream

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

func TestAFilterChoosesBacklogAndLiveLines(t *testing.T) {
	old := []string{"INFO one red", "INFO two blue", "INFO three red", "ERROR four", "  at red", "INFO five Red", "INFO six red pale"}
	fresh := []string{"  more red", "WARN seven t", "  red at t", "DEBUG blue", "Red t"}
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		for kind, open := range map[string]func(string) line.Sink{"memory": w.open, "file": w.openFile} {
			for i, test := range []struct {
				n         string
				filter    Filter
				want, new []int // indexes
			}{
				{"2", Filter{Grep: []string{"red"}}, []int{4, 6}, []int{0, 2}},
				{"all", Filter{Grep: []string{"red"}, Not: []string{"pale"}}, []int{0, 2, 4}, []int{0, 2}},
				{"all", Filter{Grep: []string{"red", "t"}}, []int{2, 4}, []int{2}},
				{"all", Filter{Grep: []string{"(?i)RED"}, Not: []string{"^ "}}, []int{0, 2, 5, 6}, []int{4}},
				{"all", Filter{Level: line.Warn}, []int{3, 4}, []int{1, 2}},
				{"1", Filter{Level: line.Warn}, []int{4}, []int{1, 2}},
				{"9", Filter{Level: line.Error, Not: []string{"at"}}, []int{3}, nil},
				{"5", Filter{Grep: []string{"green"}}, nil, nil},
				{"0", Filter{Grep: []string{"red"}}, nil, []int{0, 2}},
			} {
				name := fmt.Sprint(kind, i)
				open(name)
				w.open(name + "b")
				w.append(name, old...)
				plain := w.dial("stream=" + name + "&n=" + test.n + asQuery(test.filter))
				two := w.dial("stream=" + name + "&stream=" + name + "b&n=" + test.n + asQuery(test.filter))
				page := w.dial("", wire.Subprotocol)
				page.subscribe(`"id":1,"stream":%q,"n":%q,%s`, name, test.n, asFields(test.filter))
				before, _ := page.live()
				var got []string
				for _, m := range before {
					got = append(got, m.lines...)
				}
				expectLines := func(want []string) {
					t.Helper()
					plain.expect(want...)
					for _, text := range want {
						two.expect(name + "\t" + text)
					}
				}
				if want := picked(old, test.want); strings.Join(got, "|") != strings.Join(want, "|") {
					t.Errorf("%+v: batches hold %q, want %q", test.filter, got, want)
				}
				expectLines(picked(old, test.want))
				w.append(name, fresh...)
				want := picked(fresh, test.new)
				expectLines(want)
				if got, _ := page.lines(len(want)); strings.Join(got, "|") != strings.Join(want, "|") {
					t.Errorf("%+v: batches hold %q, want %q", test.filter, got, want)
				}
				for _, c := range []*client{plain, two, page} {
					c.silent()
					c.Close()
				}
			}
		}
	})
}

// silent checks that nothing waits to be read but pings.
func (c *client) silent() {
	c.t.Helper()
	c.send(ws.OpPing, "silent")
	if f := c.answer(); f.Header.OpCode != ws.OpPong {
		c.t.Errorf("%v %q, want nothing", f.Header.OpCode, f.Payload)
	}
}

func picked(lines []string, at []int) (some []string) {
	for _, i := range at {
		some = append(some, lines[i])
	}
	return some
}

// asQuery writes a filter as parameters.
func asQuery(f Filter) string {
	q := url.Values{"grep": f.Grep, "not": f.Not}
	if f.Level != line.None {
		q.Set("level", f.Level.String())
	}
	return "&" + q.Encode()
}

// asFields writes a filter as fields of a subscribe message.
func asFields(f Filter) string {
	fields := map[string]any{"grep": f.Grep, "not": f.Not, "level": ""}
	if f.Level != line.None {
		fields["level"] = f.Level.String()
	}
	text, _ := json.Marshal(fields)
	return strings.Trim(string(text), "{}")
}

func TestFiltersAreLimited(t *testing.T) {
	onEachPath(t, Config{MaxFilters: 2}, func(t *testing.T, w *world) {
		w.open("a")
		first, same, second := w.dial("stream=a&grep=x"), w.dial("stream=a&grep=x&grep=x"), w.dial("stream=a&grep=y")
		if got := w.status("stream=a&grep=z"); got != http.StatusServiceUnavailable {
			t.Fatalf("status %d", got)
		}
		page := w.dial("", wire.Subprotocol)
		page.subscribe(`"id":1,"stream":"a","grep":"z"`)
		if r := page.refusal(); r.Error.Status != http.StatusServiceUnavailable || !strings.Contains(r.Error.Message, "--max-filters") {
			t.Fatalf("%+v", r.Error)
		}
		second.send(ws.OpText, "quit")
		second.expectClose(wire.CloseEnd)
		page.subscribe(`"id":1,"stream":"a","grep":"z"`)
		page.live()
		w.append("a", "x", "z")
		first.expect("x")
		same.expect("x")
		if lines, _ := page.lines(1); lines[0] != "z" {
			t.Errorf("%q", lines)
		}
	})
}

func TestACursorGoesOnWhereAFilterChoosesNothing(t *testing.T) {
	onEachPath(t, Config{AdvanceEvery: time.Millisecond}, func(t *testing.T, w *world) {
		w.openFile("a")
		page, plain := w.dial("", wire.Subprotocol), w.dial("stream=a&grep=yes")
		page.subscribe(`"id":1,"stream":"a","n":0,"grep":["yes"]`)
		page.live()
		plain.settle() // else it may still read what it would be told of as a live one
		w.append("a", "no", "no", "no")
		end := wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{{Gen: 7, Off: 9}}})
		for m := page.message(); m.To != end; m = page.message() {
			if m.N > 0 {
				t.Fatalf("lines %q", m.lines)
			}
		}
		w.until("both feeds came as far", func() bool { return w.sifted("a") })
		plain.settle()
		plain.send(ws.OpText, "quit")
		reason := plain.expectClose(wire.CloseEnd)
		if reason != "from="+end {
			t.Errorf("%q, not from=%s", reason, end)
		}
		w.append("a", "yes 1")
		w.dial("stream=a&grep=yes&" + reason).expect("yes 1")
		w.dial("stream=a&grep=yes&from=" + end).expect("yes 1")
	})
}

func TestTheEndOfAStreamReachesFilteredViewers(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		plain, page := w.dial("stream=a&grep=yes"), w.dial("", wire.Subprotocol)
		page.subscribe(`"id":1,"stream":"a","n":0,"grep":"yes"`)
		page.live()
		w.append("a", "yes", "no")
		sink.Notice(line.Notice{Condition: line.Ended, Reason: "over"})
		plain.expect("yes")
		plain.expectClose(wire.CloseEnd)
		page.lines(1)
		if m := page.message(); m.Notice == nil || m.Notice.Condition != "ended" {
			t.Errorf("%+v", m)
		}
	})
}

// sifted reports whether every filtered feed of a stream has gone over all of it.
func (w *world) sifted(name string) bool {
	log, _ := w.hub.Log(name)
	w.hub.mu.RLock()
	defer w.hub.mu.RUnlock()
	for _, f := range w.hub.feeds {
		f.mu.Lock()
		taken := f.taken[0]
		f.mu.Unlock()
		if f.logs[0] == log && taken < log.view().end {
			return false
		}
	}
	return true
}
