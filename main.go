// Tailbeam follows log files and pushes every new line to the browsers and
// scripts that watch. See README.md, or tailbeam --help.
//
// This package wires the parts together and is the only one that exits. The
// one goroutine that it starts serves, and ends before serve returns.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"tailbeam/tailer"
)

// Exit codes.
const (
	done   = 0
	failed = 1 // it could not be done here and now
	usage  = 2 // the command line is wrong
	// interrupted is what shells give for a program that SIGINT ended.
	interrupted = 130
)

// errInterrupted says that the user or the system wanted it to end.
var errInterrupted = errors.New("interrupted")

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program: it returns the exit code.
func run(ctx context.Context, args []string, out, faults io.Writer) int {
	app := newApp(out, faults)
	err := app.RunContext(ctx, append([]string{app.Name}, arrange(args, app.Commands)...))
	switch err {
	case nil:
		return done
	case errInterrupted:
		return interrupted
	}
	code, line := failed, err.Error()
	if wrong := new(usageError); errors.As(err, &wrong) {
		code, line = usage, line+"; see tailbeam --help"
	}
	fmt.Fprintln(faults, "tailbeam: "+line)
	return code
}

// usageError says that the command line is wrong.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func newApp(out, faults io.Writer) *cli.App {
	app := &cli.App{
		Name:        "tailbeam",
		Usage:       "follow log files, live in the browser and over WebSocket",
		Writer:      out,
		ErrWriter:   faults,
		HideVersion: true,
		Commands: []*cli.Command{
			{
				Name:      "serve",
				Usage:     "serve the sources to browsers and scripts; the default",
				ArgsUsage: "SOURCE...",
				Flags:     serveFlags(),
				Action: func(c *cli.Context) error {
					s, err := newSettings(c)
					if err != nil {
						return &usageError{err}
					}
					return serve(c.Context, s, c.App.Writer, c.App.ErrWriter)
				},
			},
			{
				Name:      "watch",
				Usage:     "follow streams of a running tailbeam in the terminal",
				ArgsUsage: "URL|STREAM...",
				Flags:     watchFlags(),
				Action:    watchStreams,
			},
			{
				Name:      "check",
				Usage:     "open each source once and say what would be served, and what is wrong",
				ArgsUsage: "SOURCE...",
				Flags:     append([]cli.Flag{outsideLinks(), encodingFlag()}, sshFlags()...),
				Action: func(c *cli.Context) error {
					config := tailer.Config{OutsideLinks: c.Bool("outside-links"), Encoding: c.Generic("encoding").(*encoding).Encoding}
					var err error
					if config.SSH, err = sshOptions(c); err != nil {
						return &usageError{err}
					}
					return check(c.Args().Slice(), config, c.App.Writer)
				},
			},
			{
				Name:   "ssh-loop",
				Usage:  "print the script that reads files on other hosts, for a key that may do nothing else",
				Action: printLoop,
			},
			{
				Name:      "completion",
				Usage:     "print what lets a shell complete the command line",
				ArgsUsage: "bash|zsh|fish",
				Action:    completion,
			},
			{Name: "complete", Hidden: true, Action: complete},
			{
				Name:  "version",
				Usage: "print the version",
				Action: func(c *cli.Context) error {
					if c.Args().Present() {
						return &usageError{errors.New("version takes no arguments")}
					}
					fmt.Fprintf(c.App.Writer, "tailbeam %s %s %s/%s\n", programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
					return nil
				},
			},
		},
		OnUsageError:   onUsageError,
		ExitErrHandler: func(*cli.Context, error) {}, // run decides
	}
	for _, c := range app.Commands {
		c.OnUsageError = onUsageError
		c.HideHelpCommand = true
		c.CustomHelpTemplate = commandHelp(c)
	}
	app.CustomAppHelpTemplate = help(app.Commands[0].Flags)
	return app
}

// version is set by the linker in a release.
var version string

// programVersion returns what was built: a release, or else what the go
// command noted.
func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
