package history

import (
	"os"
	"slices"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// Room that a writer has made for what it will write is no content, and lines
// are found that are written into it.
func TestPreallocated(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "one\ntwo\n")
	w.must(os.Truncate(w.path("app.log"), 1<<20))
	w.age("app.log")
	r := w.open("app.log", Options{})
	if at := r.end(); at.Off != 8 {
		t.Errorf("the end is %v", at)
	}
	at := r.start()
	if got := r.forward(at); !slices.Equal(got, []string{`"one\n"`, `"two\n"`}) {
		t.Errorf("got %s", got)
	}
	f, err := os.OpenFile(w.path("app.log"), os.O_WRONLY, 0)
	w.must(err)
	defer f.Close()
	_, err = f.WriteAt([]byte("three\n"), 8)
	w.must(err)
	w.must(os.Chtimes(w.path("app.log"), time.Time{}, time.Now()))
	if got := r.forward(line.Position{Gen: at.Gen, Off: 8}); !slices.Equal(got, []string{`"three\n"`}) {
		t.Errorf("got %s", got)
	}
	if got := w.open("app.log", Options{}).forward(at); !slices.Equal(got, []string{`"one\n"`, `"two\n"`, `"three\n"`}) {
		t.Errorf("in the next run: got %s", got)
	}
}
