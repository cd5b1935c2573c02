package stream

import (
	"testing"

	"tailbeam/tailer/line"
)

// A history may have lines before the log is given them, also when they are the
// first that it is given.
func TestFilesAreAheadOfAnEmptyLog(t *testing.T) {
	for _, query := range []string{"stream=a&n=all", "stream=a&n=all&grep=e", "stream=a&n=5"} {
		t.Run(query, func(t *testing.T) {
			onEachPath(t, Config{}, func(t *testing.T, w *world) {
				log, _ := w.openFile("a").(*Log)
				give := func(off int64, text string) {
					log.Append(&line.Batch{Pos: line.Position{Gen: 7, Off: off}, Data: []byte(text), Ends: []uint32{uint32(len(text))}})
				}
				w.past["a"].write(7, []byte("one\n"))
				v := w.dial(query)
				v.expect("one")
				w.past["a"].write(7, []byte("three\n"))
				give(0, "one\n")
				give(4, "three\n")
				v.expect("three")
				w.past["a"].write(7, []byte("five\n"))
				give(10, "five\n")
				v.expect("five")
				w.dial(query).expect("one", "three", "five")
			})
		})
	}
}
