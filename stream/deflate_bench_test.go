package stream

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tailbeam/stream/wire"
)

// BenchmarkDeflate compresses lines one by one with the context of those
// before, as feeds do. The lines are those of each file *.log in the directory
// that TAILBEAM_BENCH_LOGS names, and such as a service writes; those are
// compressed each alone too. Ratio is how many times fewer bytes they take on
// the wire.
func BenchmarkDeflate(b *testing.B) {
	lines := logLines(10_000)
	b.Run("log=made", func(b *testing.B) { deflateLines(b, lines, keyEvery) })
	b.Run("log=madeAlone", func(b *testing.B) { deflateLines(b, lines, 0) })
	dir := os.Getenv("TAILBEAM_BENCH_LOGS")
	if dir == "" {
		return
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no *.log in %s: %v", dir, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
		for i := range lines {
			lines[i] = bytes.TrimSuffix(lines[i], []byte("\r"))
		}
		b.Run("log="+strings.TrimSuffix(filepath.Base(file), ".log"), func(b *testing.B) { deflateLines(b, lines, keyEvery) })
	}
}

// deflateLines compresses lines over and over, with a key point behind every so
// many bytes, and where they begin anew.
func deflateLines(b *testing.B, lines [][]byte, every int) {
	d := wire.NewDeflater()
	in, out, since, i, n := 0, 0, 0, 0, 0
	b.ReportAllocs()
	for b.Loop() {
		if since >= every || i == 0 {
			d.Reset()
			since = 0
		}
		text := lines[i]
		if i++; i == len(lines) {
			i = 0
		}
		packed := len(d.Compress(text))
		n++
		since += len(text)
		in += wire.HeaderLen(len(text)) + len(text)
		out += wire.HeaderLen(packed) + packed
	}
	b.SetBytes(int64(in / n))
	b.ReportMetric(float64(in)/float64(out), "ratio")
}
