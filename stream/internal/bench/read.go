package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
)

// readBenchmark finds the throughput of a reader in what `go test -bench`
// prints.
var readBenchmark = regexp.MustCompile(`(?m)^BenchmarkRead/reader=(\w+)\S*\s.*\s([0-9.]+) MB/s`)

// readSpeed runs the tailer's own benchmark, in which it and nxadm/tail's
// TailFile read the same file, and takes the second for the floor.
func readSpeed(ctx context.Context, b *bench) ([]reading, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkRead$", "-benchtime", "3x", "-timeout", "5m", "./tailer/local")
	cmd.Dir = b.tools.module
	cmd.Env = append(os.Environ(), "TAILBEAM_BENCH_BYTES="+strconv.Itoa(1<<30))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test -bench: %w\n%s", err, out)
	}
	speed := map[string]float64{}
	for _, m := range readBenchmark.FindAllStringSubmatch(string(out), -1) {
		speed[m[1]], _ = strconv.ParseFloat(m[2], 64)
	}
	if speed["tailer"] == 0 || speed["nxadm"] == 0 {
		return nil, errors.New("go test -bench printed no BenchmarkRead/reader=tailer and reader=nxadm with MB/s")
	}
	return []reading{
		{"MB/s (floor: nxadm/tail)", speed["tailer"], speed["nxadm"], "ratio ≥ 10", "%.0f"},
	}, nil
}
