package history

import (
	"context"
	"testing"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// What a file follows on is the end of the newest of the others that holds
// anything, unless something is missing in between or it takes too long to
// unpack.
func TestEndBeforeAFile(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		gen   string // the file that is found
		off   int64
	}{
		{"nothing", nil, "", 0},
		{"a file", map[string]string{"app.log.1": "one\ntwo\n"}, "app.log.1", 8},
		{"a line without an end", map[string]string{"app.log.1": "one\ntw"}, "app.log.1", 6},
		{"behind an empty one", map[string]string{"app.log.2": "one\n", "app.log.1": ""}, "app.log.2", 4},
		{"compressed", map[string]string{"app.log.1.gz": string(compressed(t, "x.gz", []byte("one\n")))}, "app.log.1.gz", 4},
		{"large", map[string]string{"app.log.1.gz": string(compressed(t, "x.gz", []byte(scramble(4000))))}, "", 0},
		{"damaged", map[string]string{"app.log.1.gz": string(compressed(t, "x.gz", []byte(scramble(800)))[:500])}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			for name, text := range c.files {
				w.write(name, text)
			}
			w.write("app.log", "")
			info, err := disk.System{}.Stat(w.path("app.log"))
			w.must(err)
			r := w.open("app.log", Options{})
			got, err := r.Before(context.Background(), info.ID, 2000)
			w.must(err)
			var want line.Position
			if c.gen != "" {
				want = r.in(c.gen, c.off)
			}
			if got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// in returns a position in the generation that a file holds.
func (r *reading) in(file string, off int64) line.Position {
	r.Helper()
	all, err := r.Extent(context.Background())
	r.must(err)
	for _, e := range all {
		if e.Name == file {
			return line.Position{Gen: e.Pos.Gen, Off: off}
		}
	}
	r.Fatalf("%s is none of %v", file, all)
	return line.Position{}
}

// scramble returns lines that do not get shorter when they are compressed.
func scramble(n int) string {
	text := make([]byte, n)
	x := uint32(1)
	for i := range text {
		x = x*1664525 + 1013904223
		text[i] = '!' + byte(x>>24)%90
	}
	return string(text) + "\n"
}
