package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"tailbeam/stream"
	"tailbeam/tailer"
)

// mostListed bounds the streams that greet lists.
const mostListed = 20

// greet prints the address to open, what is followed and what is waited for.
// The address stands on the first line; where that is a proxy's, the own one on
// the second.
func greet(out io.Writer, a address, streams []stream.Info, waiting []tailer.Source) {
	fmt.Fprintf(out, "tailbeam %s serves on %s\n", programVersion(), a.url())
	if a.public != "" {
		fmt.Fprintf(out, "  listens on %s\n", a.listen())
	}
	for _, s := range streams[:min(len(streams), mostListed)] {
		fmt.Fprintf(out, "  %s\n", describe(s))
	}
	if more := len(streams) - mostListed; more > 0 {
		fmt.Fprintf(out, "  and %d more\n", more)
	}
	for _, s := range waiting {
		fmt.Fprintf(out, "  %s: waiting, no file matches yet\n", printable(s.String()))
	}
}

// describe names a stream, and says why it is not live. A condition without a
// reason was not looked into yet.
func describe(s stream.Info) string {
	if s.Condition == "live" || s.Reason == "" {
		return s.Name
	}
	return printable(s.Name + ": " + s.Condition + ", " + s.Reason)
}

// printable keeps what a file is called from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
