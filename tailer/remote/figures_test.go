package remote

import (
	"fmt"
	"os"
	"testing"
)

// TestFigures prints what is measured beside what is asked for. It is run by make
// ssh, on a machine that does nothing else.
func TestFigures(t *testing.T) {
	if os.Getenv("TAILBEAM_FIGURES") == "" {
		t.Skip("measures for a minute: make bench-ssh")
	}
	fmt.Printf("%-60s %14s %14s\n", "files of other hosts, by sshd on this machine", "measured", "asked")
	row := func(what, measured, asked string) { fmt.Printf("%-60s %14s %14s\n", what, measured, asked) }
	speed := func(b func(*testing.B)) string {
		r := testing.Benchmark(b)
		return fmt.Sprintf("%.0f MB/s", float64(r.Bytes)*float64(r.N)/1e6/r.T.Seconds())
	}
	row("one file from end to end", speed(BenchmarkWholeFile), ">= 100 MB/s")
	row("the same by cat, thrown away", speed(BenchmarkFloor), "")
	hosts := testing.Benchmark(BenchmarkHosts)
	row("100 hosts of 10 files until all are live", fmt.Sprintf("%.1f s", hosts.Extra["s-to-live"]), "<= 10 s")
	row("memory for each of their files", fmt.Sprintf("%.0f KiB", hosts.Extra["KiB/file"]), "stated")
}
