package history

import (
	"context"
	"errors"
	"os"
	"testing"

	"tailbeam/tailer/line"
)

// Of what was written to a file after it was compressed only the file knew. Who
// had read that goes on behind the rest, and gets nothing again.
func TestCursorBehindTheEndOfWhatIsLeft(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "one\ntwo\nlate\n")
	p := w.open("app.log", Options{}).start()
	p.Off = int64(len("one\ntwo\nlate\n"))
	w.must(os.Remove(w.path("app.log")))
	w.write("app.log.2", "zero\n")
	w.write("app.log.1", "one\ntwo\n")
	w.write("app.log", "three\n")
	r := w.open("app.log", Options{})
	_, err := r.Forward(context.Background(), p, r.buf)
	var gone *line.GoneError
	if !errors.As(err, &gone) || gone.Gap.From != p || gone.Gap.Bytes != line.UnknownBytes {
		t.Fatalf("%v", err)
	}
	if b, err := r.Forward(context.Background(), gone.Gap.To, r.buf); err != nil || string(b.Data) != "three\n" {
		t.Errorf("it goes on with %q, %v", b.Data, err)
	}
}
