package main

import (
	"context"
	"errors"
	"maps"
	"slices"
)

// leastRatio is how many times fewer bytes the lines of well-known logs shall
// take on the wire.
var leastRatio = map[string]string{"Apache": "≥ 3", "OpenSSH": "≥ 3", "HDFS": "≥ 3", "Hadoop": "≥ 7"}

// deflating runs the benchmark of compression over the logs that -logs names, and
// over lines that are made for it.
func deflating(ctx context.Context, b *bench) ([]reading, error) {
	all, err := b.goBenchmark(ctx, "./stream", "BenchmarkDeflate", "1s", "TAILBEAM_BENCH_LOGS="+b.logs)
	if err != nil {
		return nil, err
	}
	var readings []reading
	for _, log := range slices.Sorted(maps.Keys(all)) {
		of := all[log]
		switch log {
		case "madeAlone":
			readings = append(readings, reading{"lines made here, each alone: times fewer bytes", of["ratio"], none, "", "%.1f"})
			continue
		case "made":
			log = "lines made here"
		}
		readings = append(readings,
			reading{log + ": times fewer bytes", of["ratio"], none, leastRatio[log], "%.1f"},
			reading{log + ": a line, once for all viewers, µs", of["ns/op"] / 1000, none, "≤ 8", "%.1f"})
	}
	if len(readings) == 0 {
		return nil, errors.New("go test -bench printed nothing of BenchmarkDeflate")
	}
	return readings, nil
}
