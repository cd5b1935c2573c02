package search_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tailbeam/stream/search"
	"tailbeam/tailer/history"
)

// BenchmarkAgainstGrep looks through a file with GNU grep and with a search and
// compares the counts. Its size is 64 MiB, or TAILBEAM_SEARCH_MIB. Run it with
// -cpu 1 for one core.
func BenchmarkAgainstGrep(b *testing.B) {
	grep, err := exec.LookPath("grep")
	if err != nil {
		b.Skip("grep is missing: install grep")
	}
	size := int64(64 << 20)
	if mib, err := strconv.Atoi(os.Getenv("TAILBEAM_SEARCH_MIB")); err == nil {
		size = int64(mib) << 20
	}
	path := filepath.Join(b.TempDir(), "app.log")
	size = writeLog(b, path, size)
	h := history.Open(path, history.Options{})
	defer h.Close()
	for _, test := range []struct{ name, pattern string }{
		{"literal", "request 77777 "},
		{"literal-common", "ERROR"},
		{"case-insensitive", "(?i)Request 77777 "},
		{"case-insensitive-common", "(?i)error"},
		{"required-literal", "ERROR .* took 99[0-9]ms"},
		{"alternation", "ERROR|FATAL|panic"},
		{"no-literal", "[0-9]{3}\\.[0-9]{3}\\.[0-9]{3}"},
		{"end-of-line", "[6-9]7ms$"},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			pattern, fold := strings.CutPrefix(test.pattern, "(?i)")
			args := []string{"-c", "-E", pattern, path}
			if fold {
				args = append([]string{"-i"}, args...)
			}
			began, want := time.Now(), 0
			const runs = 3
			for range runs {
				cmd := exec.Command(grep, args...)
				cmd.Env = append(os.Environ(), "LC_ALL=C")
				out, _ := cmd.Output()
				want, _ = strconv.Atoi(strings.TrimSpace(string(out)))
			}
			ofGrep := time.Since(began) / runs
			pool := search.NewPool()
			for b.Loop() {
				f := new(counting)
				if _, err := pool.Run(context.Background(), search.Stream{History: h}, search.Query{Match: []string{test.pattern}}, f); err != nil {
					b.Fatal(err)
				}
				if f.last.Matches != want {
					b.Fatalf("%d lines, grep has %d", f.last.Matches, want)
				}
			}
			b.ReportMetric(ofGrep.Seconds()/(b.Elapsed().Seconds()/float64(b.N)), "of-grep")
		})
	}
}

// counting is a sink that only counts.
type counting struct{ finds }

func (c *counting) Hit(*search.Hit) error { return nil }

// writeLog writes lines to a file and returns its size.
func writeLog(b *testing.B, path string, size int64) int64 {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	random := rand.New(rand.NewPCG(1, 2))
	levels := []string{"INFO ", "INFO ", "INFO ", "DEBUG", "DEBUG", "DEBUG", "WARN ", "ERROR"}
	n := int64(0)
	for i := 0; n < size; i++ {
		m, _ := fmt.Fprintf(w, "2024-05-01T12:%02d:%02d.%03dZ %s [worker-%d] com.example.shop.Orders - request %d from 10.%d.%d.%d took %dms\n",
			i/60000%60, i/1000%60, i%1000, levels[random.IntN(len(levels))], random.IntN(16), i, random.IntN(256), random.IntN(256), random.IntN(256), random.IntN(1000))
		n += int64(m)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return n
}
