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

// grepped are the expressions that are measured.
var grepped = []struct{ name, pattern string }{
	{"literal", "request 77777 "},
	{"literal-common", "ERROR"},
	{"literal-everywhere", "worker"},
	{"case-insensitive", "(?i)Request 77777 "},
	{"case-insensitive-common", "(?i)error"},
	{"required-literal", "ERROR .* took 99[0-9]ms"},
	{"alternation", "ERROR|FATAL|panic"},
	{"no-literal", "[0-9]{3}\\.[0-9]{3}\\.[0-9]{3}"},
	{"end-of-line", "[6-9]7ms$"},
}

// BenchmarkAgainstGrep looks through a file with GNU grep -c and with a search
// that counts, and compares the counts. of-grep is the speed of the search over
// that of grep. The file has 64 MiB, or TAILBEAM_SEARCH_MIB; or it is
// TAILBEAM_SEARCH_FILE, looked through for the expressions, one a line, of
// TAILBEAM_SEARCH_FOR. Run it under taskset -c 0 for one core.
func BenchmarkAgainstGrep(b *testing.B) {
	path, size := searched(b, "from")
	tests := grepped
	if given := os.Getenv("TAILBEAM_SEARCH_FOR"); given != "" {
		tests = nil
		for pattern := range strings.SplitSeq(given, "\n") {
			tests = append(tests, struct{ name, pattern string }{pattern, pattern})
		}
	}
	againstGrep(b, path, size, tests)
}

// BenchmarkAgainstGrepBeyondASCII is the same where each line has a character
// that is not ASCII, and no text is there to look for.
func BenchmarkAgainstGrepBeyondASCII(b *testing.B) {
	path, size := searched(b, "für")
	againstGrep(b, path, size, grepped[len(grepped)-2:])
}

func againstGrep(b *testing.B, path string, size int64, tests []struct{ name, pattern string }) {
	b.Helper()
	grep, err := exec.LookPath("grep")
	if err != nil {
		b.Skip("grep is missing: install grep")
	}
	h := history.Open(path, history.Options{})
	defer h.Close()
	for _, test := range tests {
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			ofGrep, want := timed(grep, test.pattern, path)
			pool := search.NewPool()
			for b.Loop() {
				f := new(finds)
				if _, err := pool.Run(context.Background(), search.Stream{History: h}, search.Query{Match: []string{test.pattern}, Count: true}, f); err != nil {
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

// timed returns how long grep takes, the best of some runs, and what it counts.
func timed(grep, pattern, path string) (took time.Duration, count int) {
	pattern, fold := strings.CutPrefix(pattern, "(?i)")
	args := []string{"-a", "-c", "-E", pattern, path}
	if fold {
		args = append([]string{"-i"}, args...)
	}
	for i := range 3 {
		began := time.Now()
		cmd := exec.Command(grep, args...)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, _ := cmd.Output()
		count, _ = strconv.Atoi(strings.TrimSpace(string(out)))
		if of := time.Since(began); i == 0 || of < took {
			took = of
		}
	}
	return took, count
}

// searched returns the file to look through, and its size. A file that is made has
// a word in each line.
func searched(b *testing.B, word string) (path string, size int64) {
	b.Helper()
	if path = os.Getenv("TAILBEAM_SEARCH_FILE"); path != "" {
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		return path, info.Size()
	}
	size = 64 << 20
	if mib, err := strconv.Atoi(os.Getenv("TAILBEAM_SEARCH_MIB")); err == nil {
		size = int64(mib) << 20
	}
	path = filepath.Join(b.TempDir(), "app.log")
	return path, writeLog(b, path, size, word)
}

// writeLog writes lines to a file and returns its size.
func writeLog(b *testing.B, path string, size int64, word string) int64 {
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
		m, _ := fmt.Fprintf(w, "2024-05-01T12:%02d:%02d.%03dZ %s [worker-%d] com.example.shop.Orders - request %d %s 10.%d.%d.%d took %dms\n",
			i/60000%60, i/1000%60, i%1000, levels[random.IntN(len(levels))], random.IntN(16), i, word, random.IntN(256), random.IntN(256), random.IntN(256), random.IntN(1000))
		n += int64(m)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return n
}
