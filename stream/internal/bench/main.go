// Command bench measures a tailbeam against the least that its job can cost,
// and prints a Markdown table of both with their ratios. `make bench` runs it:
//
//	go run ./stream/internal/bench -rounds 3 -out bench.md
//
// # What is compared
//
// The server is built from this tree. Beside it runs floor, a C program that
// broadcasts ready-made frames from memory (its limits are at its head); a
// viewer is a connection of wsload, and lines come from logwriter. All three
// are in the folder c and are compiled with cc into a temporary directory. The
// absolute figures belong to the machine; the ratios carry over.
//
// # How it is measured
//
// The server under test has CPU 0, wsload and logwriter share CPU 1 (taskset).
// Server and floor run one after the other in each round, the cases of a round
// follow each other, and what is printed is the median over the rounds: of
// each figure, and of the ratio within a round. CPU per delivery depends on
// how many lines lie in one write, so the floor's gathering interval is set to
// the depth that the server was seen to reach, and both depths are printed. The
// floor stamps a line when it sends it, so its latency leaves that interval out;
// that of the server begins with the write to the file.
//
// # What is verified
//
// Each line has a number. In every run each viewer must have received every
// line from the first to the last, once and in order, and nobody may have been
// closed; otherwise bench says so and exits with 1.
//
// Everything is bounded in time and stays on 127.0.0.0/8. It needs Linux, cc
// and taskset, two CPUs, and a limit of 20,000 open files.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// settings are what the flags say.
type settings struct {
	cases   []string
	rounds  int
	seconds int    // measured, for each run
	out     string // file for the Markdown, or empty
	profile string // directory for CPU profiles, or empty
	binary  string // a server built before, or empty
	keep    string // where to build the server, or empty
	logs    string // directory of logs to compress, or empty
}

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	names := flags.String("cases", strings.Join(caseNames(), ","), "cases to run")
	flags.IntVar(&s.rounds, "rounds", 3, "rounds; medians are printed")
	flags.IntVar(&s.seconds, "seconds", 10, "measured seconds of each run")
	flags.StringVar(&s.out, "out", "", "write the table to this file too")
	flags.StringVar(&s.profile, "profile", "", "write a CPU profile of each of the server's runs to this directory (costs a few percent)")
	flags.StringVar(&s.binary, "binary", "", "measure this tailbeam instead of building one; the case idle needs one that was built with -keep")
	flags.StringVar(&s.keep, "keep", "", "build tailbeam as this file and keep it")
	flags.StringVar(&s.logs, "logs", "", "compress the files *.log of this directory too (case deflate)")
	if err := flags.Parse(args); err != nil {
		return s, flag.ErrHelp
	}
	s.cases = strings.Split(*names, ",")
	if s.logs != "" {
		dir, err := filepath.Abs(s.logs)
		if err != nil {
			return s, fmt.Errorf("-logs: %w", err)
		}
		s.logs = dir
	}
	switch {
	case flags.NArg() > 0:
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case s.rounds < 1 || s.rounds > 100:
		return s, fmt.Errorf("-rounds is 1 to 100, not %d", s.rounds)
	case s.seconds < 1 || s.seconds > 600:
		return s, fmt.Errorf("-seconds is 1 to 600, not %d", s.seconds)
	}
	return s, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	set, err := parse(args, stderr)
	if err != nil {
		return err
	}
	chosen, err := chooseCases(set.cases)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tailbeam-bench-")
	if err != nil {
		return fmt.Errorf("make a temporary directory: %w", err)
	}
	defer os.RemoveAll(dir)

	tools, err := buildTools(ctx, dir, set)
	if err != nil {
		return err
	}
	b := &bench{tools: tools, dir: dir, seconds: set.seconds, profile: set.profile, logs: set.logs, log: stderr}
	table, err := b.rounds(ctx, chosen, set.rounds)
	if err != nil {
		return err
	}
	text := table.markdown(set)
	if _, err := io.WriteString(stdout, text); err != nil {
		return fmt.Errorf("print the table: %w", err)
	}
	if set.out != "" {
		if err := os.WriteFile(set.out, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write the table: %w", err)
		}
	}
	return table.verdict()
}

// bench is what the cases run with.
type bench struct {
	tools   tools
	dir     string // scratch, removed at the end
	seconds int
	profile string
	logs    string // absolute, or empty
	log     io.Writer
}

// rounds runs the cases one after the other, as often as told. A case that
// cannot be measured is noted in the table, and the others go on.
func (b *bench) rounds(ctx context.Context, cases []benchCase, n int) (*table, error) {
	t := newTable(cases)
	for round := range n {
		for _, c := range cases {
			began := time.Now()
			readings, err := c.run(ctx, b)
			if ctx.Err() != nil {
				return nil, fmt.Errorf("interrupted in round %d of %s", round+1, c.name)
			}
			if err != nil {
				fmt.Fprintf(b.log, "round %d/%d %s: %v\n", round+1, n, c.name, err)
				t.fail(c.name, err)
				continue
			}
			t.add(c.name, readings)
			fmt.Fprintf(b.log, "round %d/%d %-12s %4.0fs  %s\n", round+1, n, c.name, time.Since(began).Seconds(), brief(readings))
		}
	}
	return t, nil
}
