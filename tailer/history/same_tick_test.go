package history

import (
	"os"
	"testing"
	"time"
)

// A predecessor that was written anew is another file, though its size and its
// time are the same: the clock of the file system is coarse, and something may be
// written in the same tick as it is looked at.
func TestPredecessorThatIsWrittenAnewInTheSameTick(t *testing.T) {
	w := newWorld(t)
	stamp := time.Now().Add(time.Minute)
	write := func(text string) {
		w.must(os.WriteFile(w.path("app.log.1"), []byte(text), 0o600))
		w.must(os.Chtimes(w.path("app.log.1"), stamp, stamp))
	}
	write("one\n")
	w.write("app.log", "now\n")
	r := w.open("app.log", Options{})
	r.want(`"one\n"`, `"now\n"`)
	write("two\n")
	w.age("app.log") // the directory has changed
	r.want(`"two\n"`, "gap 4 the file was cut, and what it held was not copied", `"now\n"`)
}
