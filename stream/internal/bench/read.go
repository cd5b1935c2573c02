package main

import (
	"context"
	"errors"
	"strconv"
)

const (
	readBytes = 1 << 30
	readLine  = 120
)

// readSpeed runs the tailer's own benchmark, in which it, nxadm/tail's TailFile
// and a bare bufio.Reader read the same file, and takes the others for the
// floor.
func readSpeed(ctx context.Context, b *bench) ([]reading, error) {
	all, err := b.goBenchmark(ctx, "./tailer/local", "BenchmarkRead", "3x", "TAILBEAM_BENCH_BYTES="+strconv.Itoa(readBytes))
	if err != nil {
		return nil, err
	}
	tailer, nxadm, bare := all["tailer"], all["nxadm"], all["ReadSlice"]
	if tailer["MB/s"] == 0 || nxadm["MB/s"] == 0 || bare["MB/s"] == 0 {
		return nil, errors.New("go test -bench printed no BenchmarkRead with MB/s of tailer, nxadm and ReadSlice")
	}
	const lines = readBytes / readLine
	return []reading{
		{"MB/s (floor: nxadm/tail)", tailer["MB/s"], nxadm["MB/s"], "ratio ≥ 25", "%.0f"},
		{"MB/s (floor: bufio.Reader.ReadSlice)", tailer["MB/s"], bare["MB/s"], "ratio ≥ 0.8", "%.0f"},
		{"allocations per line (floor: nxadm/tail)", tailer["allocs/op"] / lines, nxadm["allocs/op"] / lines, "≤ 0.01", "%.4f"},
	}, nil
}

// sinkLatency runs the tailer's own benchmark of the time from before the write
// of a line until it is handed on, and takes nxadm/tail for the floor.
func sinkLatency(ctx context.Context, b *bench) ([]reading, error) {
	all, err := b.goBenchmark(ctx, "./tailer/local", "BenchmarkLatency", "5s")
	if err != nil {
		return nil, err
	}
	tailer, nxadm := all["open"], all["nxadm"]
	if tailer["p50-µs"] == 0 || nxadm["p50-µs"] == 0 {
		return nil, errors.New("go test -bench printed no BenchmarkLatency with p50-µs of open and nxadm")
	}
	return []reading{
		{"latency p50, µs (floor: nxadm/tail)", tailer["p50-µs"], nxadm["p50-µs"], "≤ 50", "%.0f"},
		{"latency p99, µs (floor: nxadm/tail)", tailer["p99-µs"], nxadm["p99-µs"], "≤ 500", "%.0f"},
	}, nil
}
