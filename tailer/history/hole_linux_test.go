package history

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

// A hole in the middle, as wide as it may be, is not read for stamps.
func TestSinceBehindAHole(t *testing.T) {
	const hole = 10 << 30
	w := newWorld(t)
	w.write("app.log", journal(noon, 5000, 100, time.RFC3339))
	f, err := os.OpenFile(w.path("app.log"), os.O_WRONLY, 0)
	w.must(err)
	defer f.Close()
	_, err = f.WriteAt([]byte("\n"+journal(noon.Add(24*time.Hour), 5000, 100, time.RFC3339)), hole)
	w.must(err)
	w.age("app.log")
	fs := new(faulty)
	r := w.open("app.log", Options{Time: reader.Time, FS: fs})
	for _, seconds := range []int{10, 4990} {
		for _, from := range []time.Time{noon, noon.Add(24 * time.Hour)} {
			at := from.Add(time.Duration(seconds) * time.Second)
			p, err := r.Since(context.Background(), at)
			w.must(err)
			b, err := r.Forward(context.Background(), p, r.buf)
			w.must(err)
			if got, _, _ := strings.Cut(string(b.Entry(0)), " "); got != at.Format(time.RFC3339) || (p.Off > hole) != (from != noon) {
				t.Errorf("since %v: %.60s at %d", at, b.Entry(0), p.Off)
			}
		}
	}
	if read := fs.read.Load(); read > 32<<20 {
		t.Errorf("%d bytes were read", read)
	}
}
