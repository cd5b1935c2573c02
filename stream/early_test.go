package stream

import (
	"testing"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// After a restart the older file may be read before the newer one, in which the
// cursor lies as well.
func TestACursorIsGoodBeforeItsFileIsRead(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		sink := w.open("a")
		older := func(text string, off int64) {
			sink.Append(&line.Batch{Pos: line.Position{Gen: 5, Off: off}, Data: []byte(text), Ends: []uint32{uint32(len(text))}})
		}
		older("older\n", 0)
		cursor := wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{{{Gen: 5, Off: 6}, {Gen: 7, Off: 8}}})
		plain, page := w.dial("stream=a&from="+cursor), w.dial("", wire.Subprotocol)
		page.subscribe(`"id":1,"stream":"a","from":%q`, cursor)
		page.settle()
		records := w.tail("stream=a&format=records&from=" + cursor)
		plain.settle()
		w.append("a", "one", "two", "three", "four")
		w.append("a", "five")
		plain.expect("three", "four", "five")
		if lines, _ := page.lines(3); lines[0] != "three" || lines[2] != "five" {
			t.Errorf("%q", lines)
		}
		for _, want := range []string{"three", "four", "five"} {
			records.until(`"line":"` + want + `"`)
		}
	})
}
