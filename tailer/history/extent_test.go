package history

import (
	"context"
	"testing"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

func TestExtent(t *testing.T) {
	w := newWorld(t)
	text := journal(noon, 3000, 500, time.RFC3339)
	w.write("app.log.3.zst", string(compressed(t, "x.zst", []byte(text))))
	w.write("app.log.2.gz", string(compressed(t, "x.gz", []byte(text))))
	w.write("app.log.1", "\x00\x00one\n")
	w.write("app.log", "two\nthr")
	f := new(faulty)
	r := w.open("app.log", Options{FS: f})
	r.start()
	before := f.read.Load()
	all, err := r.Extent(context.Background())
	w.must(err)
	if len(all) != 4 || all[3] != (line.Extent{Pos: all[3].Pos, Bytes: 7, Name: "app.log"}) ||
		all[2].Pos.Off != 2 || all[2].Bytes != 4 || all[2].Name != "app.log.1" {
		t.Fatalf("got %+v", all)
	}
	if e := all[1]; !e.Estimated || e.Bytes != int64(len(text)) || e.Name != "app.log.2.gz" {
		t.Errorf("of gzip, which says its size: got %+v, want %d bytes", e, len(text))
	}
	if e := all[0]; !e.Estimated || e.Bytes <= 0 {
		t.Errorf("of zstd written as a stream: got %+v", e)
	}
	if read := f.read.Load() - before; read > 100 {
		t.Errorf("%d bytes were read", read)
	}
	// What is estimated is exact when it was read.
	r.forward(r.start())
	if all, err = r.Extent(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, e := range all[:2] {
		if e.Estimated || e.Bytes != int64(len(text)) {
			t.Errorf("got %+v of %d bytes", e, len(text))
		}
	}
	for _, e := range all {
		if _, err := r.Forward(context.Background(), e.Pos, r.buf); err != nil {
			t.Errorf("at the beginning of %+v: %v", e, err)
		}
	}
	// What cannot be read has none.
	w.write("app.log.4", "zero\n")
	bad := "app.log.4"
	f.broken.Store(&bad)
	if all, err = w.open("app.log", Options{FS: f}).Extent(context.Background()); err != nil || len(all) != 4 {
		t.Errorf("got %+v, %v", all, err)
	}
	if all, err = w.open("nothing.log", Options{FS: disk.System{}}).Extent(context.Background()); err != nil || len(all) != 0 {
		t.Errorf("of nothing: got %+v, %v", all, err)
	}
}
