package stream

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// bracketed reads levels in brackets, and no times.
type bracketed struct{}

func (bracketed) Time([]byte) (time.Time, bool) { return time.Time{}, false }

func (bracketed) Level(text []byte) line.Level {
	name, _, ok := strings.Cut(strings.TrimPrefix(string(text), "["), "]")
	if level, err := line.ParseLevel(name); ok && err == nil {
		return level
	}
	return line.None
}

// A record has the level of its line or, where that has none, of the one before
// it, from wherever it is read: live, from memory, or from the file.
func TestRecordsCarryLevelsOver(t *testing.T) {
	onEachPath(t, Config{Memory: minMemory}, func(t *testing.T, w *world) {
		past := new(memoryHistory)
		if _, err := w.hub.Open("a", line.Origin{Source: "a", History: past, Marks: bracketed{}}); err != nil {
			t.Fatal(err)
		}
		w.past["a"] = past
		check := func(r *reply, text, level string) {
			t.Helper()
			var got struct{ Line, Level, Cursor string }
			for got.Line == "" {
				r.record(&got)
			}
			if got.Line != text || got.Level != level {
				t.Fatalf("%q has level %q, want %q of %q", got.Line, got.Level, level, text)
			}
		}
		live := w.tail("stream=a&n=0&format=records")
		w.append("a", "before any", "[error] one")
		w.append("a", "  at frame", "  at another")
		w.append("a", "[info] two", "more")
		wants := [][2]string{{"before any", ""}, {"[error] one", "error"}, {"  at frame", "error"}, {"  at another", "error"}, {"[info] two", "info"}, {"more", "info"}}
		for _, want := range wants {
			check(live, want[0], want[1])
		}
		for n := range len(wants) {
			r := w.tail(fmt.Sprintf("stream=a&n=%d&follow=0&format=records", n+1))
			for _, want := range wants[len(wants)-n-1:] {
				check(r, want[0], want[1])
			}
		}
		w.fill("a", 0, 6<<20) // lines without a level, so that the first ones are in the file only
		r := w.tail("stream=a&n=all&follow=0&format=records")
		for _, want := range wants {
			check(r, want[0], want[1])
		}
		check(r, filling(0, 1)[0], "info")
	})
}
