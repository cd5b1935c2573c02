package stream

import (
	"testing"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// A cursor of an earlier run names generations of which the log was given
// nothing, or under another name. What it lacks of them is in the files.
func TestResumeWithGenerationsThatTheLogDoesNotKnow(t *testing.T) {
	for name, from := range map[string]wire.Place{
		"an old file has more":              {{Gen: 5, Off: 6}, {Gen: 7, Off: 6}},
		"a name from before the first line": {{Gen: 3, Off: 0}, {Gen: 5, Off: 12}},
		"both names":                        {{Gen: 3, Off: 0}, {Gen: 5, Off: 12}, {Gen: 7, Off: 0}},
	} {
		want := []string{"new 0", "new 1"}
		if name == "an old file has more" {
			want = []string{"old 1", "new 1"}
		}
		t.Run(name, func(t *testing.T) {
			onEachPath(t, Config{}, func(t *testing.T, w *world) {
				w.openFile("a")
				w.past["a"].write(5, []byte("old 0\nold 1\n"))
				w.past["a"].once = map[line.Generation]line.Generation{3: 7}
				w.append("a", "new 0", "new 1")
				cursor := wire.Cursors([]wire.Seal{wire.SealOf("a")}, []wire.Place{from})
				v := w.dial("stream=a&from=" + cursor)
				v.expect(want...)
				w.append("a", "new 2")
				v.expect("new 2")
			})
		})
	}
}
