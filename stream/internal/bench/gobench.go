package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// goFigures are the figures of one benchmark by their unit, as in "MB/s".
type goFigures map[string]float64

// goBenchmark runs a benchmark of a package and returns the figures of its
// parts by what they are called behind the equals sign.
func (b *bench) goBenchmark(ctx context.Context, pkg, name, benchtime string, env ...string) (map[string]goFigures, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^"+name+"$", "-benchtime", benchtime,
		"-timeout", "5m", pkg)
	cmd.Dir = b.tools.module
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test -bench: %w\n%s", err, out)
	}
	return goResults(name, string(out)), nil
}

// goResults reads what `go test -bench` prints.
func goResults(name, out string) map[string]goFigures {
	found := map[string]goFigures{}
	part := regexp.MustCompile(`^` + name + `/\w+=(\w+)(-\d+)?$`)
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) < 4 {
			continue
		}
		m := part.FindStringSubmatch(fields[0])
		if m == nil {
			continue
		}
		found[m[1]] = goFigures{}
		for i := 2; i+1 < len(fields); i += 2 {
			if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
				found[m[1]][fields[i+1]] = v
			}
		}
	}
	return found
}
