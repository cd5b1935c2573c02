package stream

import (
	"strings"
	"testing"
	"time"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// begin tells of an unfinished line behind what was appended to a stream.
func (w *world) begin(name, text string) {
	log, _ := w.hub.Log(name)
	log.Partial(&line.Batch{
		Pos: line.Position{Gen: 7, Off: w.offset[name]}, Flags: line.Partial,
		Data: []byte(text), Ends: []uint32{uint32(len(text))},
	})
}

// unfinished reads up to an unfinished line, which it returns with the cursor
// behind what came before.
func (c *client) unfinished(id int, text string) (to string) {
	c.t.Helper()
	m := c.message()
	if !m.Partial || m.N != 1 || m.lines[0] != text || *m.ID != id || m.T == 0 || m.Off[0] != 0 || m.Base != m.To {
		c.t.Fatalf("%+v %q, want %q unfinished", m, m.lines, text)
	}
	return m.To
}

func TestAnUnfinishedLineIsShownUntilItIsWhole(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		w.openFile("a")
		w.open("b")
		w.append("a", "one", "two")
		w.begin("a", "thr")
		c := w.dial("", wire.Subprotocol)
		c.subscribe(`"id":1,"stream":"a","n":1`)
		before, notice := c.live()
		if len(before) != 1 || before[0].Partial || before[0].lines[0] != "two" {
			t.Fatalf("%+v", before)
		}
		if to := c.unfinished(1, "thr"); to != notice.To || to != before[0].To {
			t.Errorf("the unfinished line moves a viewer from %s to %s", notice.To, to)
		}
		plain, two := w.dial("stream=a&n=1"), w.dial("stream=a&stream=b&n=1")
		plain.expect("two")
		two.expect("a\ttwo")
		records, events := w.tail("stream=a&format=records&n=0"), w.tail("stream=a&format=events&n=0")
		records.until(`"notice"`)
		events.until("event: notice")
		w.begin("a", "three, f")
		to := c.unfinished(1, "three, f")

		late := w.dial("", wire.Subprotocol)
		late.subscribe(`"id":2,"stream":["a","b"],"n":0`)
		late.live()
		late.unfinished(2, "three, f")
		late.live() // of b

		resumed := w.dial("", wire.Subprotocol)
		resumed.subscribe(`"id":3,"stream":"a","from":%q`, to)
		resumed.live()
		resumed.unfinished(3, "three, f")

		w.append("a", "three, four", "five")
		for _, c := range []*client{c, late, resumed} {
			if lines, _ := c.lines(2); lines[0] != "three, four" || lines[1] != "five" {
				t.Errorf("the whole lines are %q", lines)
			}
			c.silent()
		}
		plain.expect("three, four", "five")
		two.expect("a\tthree, four", "a\tfive")
		records.until(`"line":"three, four"`)
		events.until("data: three, four")
		again := w.dial("", wire.Subprotocol)
		again.subscribe(`"id":4,"stream":"a","from":%q`, to)
		if before, _ := again.live(); len(before) != 1 || strings.Join(before[0].lines, "|") != "three, four|five" {
			t.Errorf("from where the unfinished line began: %+v", before)
		}
		again.silent() // it is over
	})
}

func TestAnUnfinishedLineEndsWithWhateverComes(t *testing.T) {
	w := newWorld(t, Config{}, paths[0].listen)
	sink := w.open("a")
	w.append("a", "one")
	for what, happens := range map[string]func(){
		"truncation": func() { sink.Notice(line.Notice{Event: line.Truncated, Condition: line.Live}) },
		"gap":        func() { sink.Gap(line.Gap{To: line.Position{Gen: 7, Off: 4}, Bytes: line.UnknownBytes}) },
	} {
		w.begin("a", "tw")
		first := w.dial("", wire.Subprotocol)
		first.subscribe(`"id":1,"stream":"a","n":0`)
		first.live()
		first.unfinished(1, "tw")
		happens()
		if m := first.message(); m.Notice == nil && m.Gap == nil {
			t.Errorf("%s: %+v", what, m)
		}
		c := w.dial("", wire.Subprotocol)
		c.subscribe(`"id":1,"stream":"a","n":0`)
		c.live()
		c.silent()
	}
}

func TestOfAnUnfinishedLineWhatIsNoTextIsMended(t *testing.T) {
	w := newWorld(t, Config{}, paths[0].listen)
	w.open("a")
	c := w.dial("", wire.Subprotocol)
	c.subscribe(`"id":1,"stream":"a","n":0`)
	c.live()
	w.begin("a", "\xef\xbb\xbfone\xff\n"[:7])
	c.unfinished(1, "one\uFFFD")
}

func TestAFilterChoosesUnfinishedLinesAsFarAsTheyAreThere(t *testing.T) {
	w := newWorld(t, Config{AdvanceEvery: time.Hour}, paths[0].listen)
	w.open("a")
	w.append("a", "error one")
	w.begin("a", "yes")
	c := w.dial("", wire.Subprotocol)
	c.subscribe(`"id":1,"stream":"a","n":0,"grep":"yes","not":"no","level":"warn"`)
	for m := c.message(); !m.Partial; m = c.message() { // with the notice or behind it
		if m.Notice == nil {
			t.Fatalf("%+v", m)
		}
	}
	w.begin("a", "debug yes")
	if m := c.message(); m.To == "" || m.N != 0 {
		t.Errorf("what is no longer chosen: %+v", m)
	}
	w.begin("a", "debug yes, more")
	w.append("a", "debug yes, more")
	w.begin("a", "warn yes")
	c.unfinished(1, "warn yes")
	w.append("a", "warn yes, no")
	if m := c.message(); m.To == "" || m.N != 0 {
		t.Errorf("a line that is not chosen when it is whole: %+v", m)
	}
	w.begin("a", "error yes")
	c.unfinished(1, "error yes")
	w.append("a", "error yes, all of it")
	if lines, _ := c.lines(1); lines[0] != "error yes, all of it" {
		t.Errorf("got %q", lines)
	}
	c.silent()
}
