package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// rotations counts what is lost while a file is rotated, by tailbeam and by
// those that people use today. It is no matter of the machine's mood, and takes
// minutes: it is done in the first round.
type rotations struct {
	found []reading
}

func newRotations() benchCase {
	c := &rotations{}
	return benchCase{name: "rotate", what: "50,000 lines/s, a rotation every 200 ms", run: c.run}
}

func (c *rotations) run(ctx context.Context, b *bench) ([]reading, error) {
	if c.found != nil {
		return c.found, nil
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-v", "-count=1", "-timeout", "60m", "-run", "^TestStressBesideOthers$", "./tailer/local")
	cmd.Dir = b.tools.module
	cmd.Env = append(os.Environ(), "TAILBEAM_STRESS="+strconv.Itoa(b.seconds)+"s")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test -run TestStressBesideOthers: %w\n%s", err, out)
	}
	if c.found = rotationReadings(string(out)); c.found == nil {
		return nil, errors.New("go test -run TestStressBesideOthers printed no row")
	}
	return c.found, nil
}

// rotationReadings reads the table that the test prints. Its columns are the
// rotation, the consumer and the lines; then, between bars, what of them was
// lost, wrong and told as gaps by tailbeam; and lost, doubled and torn by GNU
// tail and by nxadm/tail.
func rotationReadings(out string) []reading {
	var found []reading
	var wrong, others, gaps float64
	for row := range strings.Lines(out) {
		parts := strings.Split(row, "|")
		if len(parts) != 4 {
			continue
		}
		head, beam, gnu, nxadm := strings.Fields(parts[0]), counts(parts[1]), counts(parts[2]), counts(parts[3])
		if len(head) != 3 || len(beam) != 3 || len(gnu) != 3 || len(nxadm) != 3 {
			continue
		}
		what := head[0] + ", " + head[1] + " reader, lines lost"
		found = append(found,
			reading{what + " (floor: GNU tail -F)", beam[0], gnu[0], "0", "%.0f"},
			reading{what + " (floor: nxadm/tail)", beam[0], nxadm[0], "0", "%.0f"})
		wrong += beam[1]
		others += gnu[1] + gnu[2] + nxadm[1] + nxadm[2]
		gaps += beam[2]
	}
	if found == nil {
		return nil
	}
	return append(found,
		reading{"doubled, torn or out of order, in all (floor: both others)", wrong, others, "0", "%.0f"},
		reading{"gaps told, in all", gaps, none, "", "%.0f"})
}

// counts reads numbers between blanks, and is nil where something else is there.
func counts(text string) []float64 {
	var all []float64
	for _, field := range strings.Fields(text) {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return nil
		}
		all = append(all, n)
	}
	return all
}
