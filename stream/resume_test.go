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

// A file that was cut has the name of an empty one until its first line is
// complete, each time that it is cut: only the log knows which time is meant.
func TestResumesBehindACutThatTheLogKnows(t *testing.T) {
	onEachPath(t, Config{}, func(t *testing.T, w *world) {
		log, _ := w.openFile("a").(*Log)
		empty := line.Position{Gen: 1 << 32}
		for i, text := range []string{"1\n", "2\n", "3\n"} {
			log.Notice(line.Notice{Event: line.Truncated, Condition: line.Live, Pos: empty})
			gen := empty.Gen + line.Generation(10+i)
			w.past["a"].write(gen, []byte(text))
			w.past["a"].once = map[line.Generation]line.Generation{empty.Gen: empty.Gen + 10}
			log.Append(&line.Batch{Pos: line.Position{Gen: gen}, Data: []byte(text), Ends: []uint32{2}})
		}
		cursor := wire.AppendCursor(nil, log.seal, wire.Place{{Gen: empty.Gen + 11, Off: 2}, empty}) // behind the third cut
		w.dial("stream=a&from=" + string(cursor)).expect("3")
	})
}

// The log was given an older file and then the end of the newest one alone.
// Who comes from the older one reads the beginning of the newest from the files.
func TestResumesBeforeTheBeginningThatTheLogWasNotGiven(t *testing.T) {
	for _, path := range []string{"from", "all"} {
		t.Run(path, func(t *testing.T) {
			onEachPath(t, Config{}, func(t *testing.T, w *world) {
				log, _ := w.openFile("a").(*Log)
				w.past["a"].write(3, []byte("0\n"))
				w.past["a"].write(5, []byte("1\n2\n"))
				w.past["a"].write(7, []byte("3\n4\n5\n6\n"))
				log.Append(&line.Batch{Pos: line.Position{Gen: 5}, Data: []byte("1\n2\n"), Ends: []uint32{2, 4}})
				log.Append(&line.Batch{Pos: line.Position{Gen: 7, Off: 6}, Data: []byte("6\n"), Ends: []uint32{2}})
				v, want := w.dial("stream=a&n=all"), []string{"0", "1"}
				if path == "from" {
					cursor := wire.AppendCursor(nil, log.seal, wire.Place{{Gen: 5, Off: 2}})
					v, want = w.dial("stream=a&from="+string(cursor)), nil
				}
				v.expect(append(want, "2", "3", "4", "5", "6")...)
				log.Append(&line.Batch{Pos: line.Position{Gen: 7, Off: 8}, Data: []byte("7\n"), Ends: []uint32{2}})
				v.expect("7")
			})
		})
	}
}
