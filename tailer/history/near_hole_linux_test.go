package history

import (
	"context"
	"os"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// The line behind a hole is found without reading the hole.
func TestNearAHole(t *testing.T) {
	const hole = 10 << 30
	w := newWorld(t)
	w.write("app.log", journal(noon, 5000, 100, time.RFC3339))
	f, err := os.OpenFile(w.path("app.log"), os.O_WRONLY, 0)
	w.must(err)
	defer f.Close()
	_, err = f.WriteAt([]byte("\nbehind\n"+journal(noon, 5000, 100, time.RFC3339)), hole)
	w.must(err)
	fs := new(faulty)
	r := w.open("app.log", Options{Time: reader.Time, FS: fs})
	all, err := r.Extent(context.Background())
	w.must(err)
	for _, off := range []int64{2 << 20, hole / 2, hole - 1, hole, hole + 1} {
		p, err := r.Near(context.Background(), line.Position{Gen: all[0].Pos.Gen, Off: off})
		w.must(err)
		b, err := r.Forward(context.Background(), p, r.buf)
		w.must(err)
		if got := string(b.Entry(0)); got != "behind\n" || p.Off != hole+1 {
			t.Errorf("near %d: %.60q at %d", off, got, p.Off)
		}
	}
	if read := fs.read.Load(); read > 8<<20 {
		t.Errorf("%d bytes were read", read)
	}
}
