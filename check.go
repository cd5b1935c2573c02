package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"tailbeam/tailer"
)

// check looks at each source once and prints what it would yield. Its error
// counts what is wrong.
func check(args []string, config tailer.Config, out io.Writer) error {
	if len(args) == 0 {
		return &usageError{errNoSource}
	}
	sources, err := parseSources(args)
	if err != nil {
		return err
	}
	wrong := 0
	paths := make(map[string]string) // by stream name
	for i, s := range sources {
		report := tailer.Check(s, config)
		ok := report.OK()
		fmt.Fprintln(out, printable(s.String()))
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		for _, f := range report.Streams {
			fmt.Fprintf(w, "  %s\t%s\t%d bytes\t%s\n", f.Name, f.Condition, f.Size, printable(f.Reason))
			path := f.Path
			if path == "" { // each is a stream of its own
				path = fmt.Sprintf("source %d, %s", i+1, s)
			}
			if other, taken := paths[f.Name]; taken && other != path {
				ok = false
				fmt.Fprintf(w, "  two sources are named %s (%s and %s): name one of them otherwise with NAME=SOURCE\n", f.Name, printable(other), printable(path))
			}
			paths[f.Name] = path
		}
		w.Flush()
		for _, note := range append(report.Notes, report.Problem) {
			if note != "" {
				fmt.Fprintf(out, "  %s\n", printable(note))
			}
		}
		if !ok {
			wrong++
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d sources cannot be followed now", wrong, len(sources))
	}
	return nil
}

var errNoSource = errors.New("no source: name a file, a glob in quotes, a directory with a slash at its end, HOST:/PATH, - for standard input, cmd:COMMAND, or journal:UNIT")
