package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"tailbeam/stream/watch"
	"tailbeam/tailer"
)

// defaultURL is where serve listens unless told otherwise.
const defaultURL = "http://127.0.0.1:8080/"

// watchFlags are the flags of watch, each with its variable.
func watchFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "url", Value: defaultURL, DefaultText: defaultURL, EnvVars: env("url"),
			Usage: "`URL` the server, as a browser writes it"},
		&cli.GenericFlag{Name: "backlog", Aliases: []string{"n"}, Value: &backlog{}, EnvVars: env("backlog"),
			Usage: "`LINES` how many of each stream come first; all for every one"},
		&cli.StringFlag{Name: "since", EnvVars: env("since"),
			Usage: "`TIME` begin with the first line of that time, as in 14:30 or 2h"},
		&cli.GenericFlag{Name: "grep", Value: &texts{}, EnvVars: env("grep"),
			Usage: "`RE` only lines that match the regular expression; repeatable, all must match"},
		&cli.GenericFlag{Name: "not", Value: &texts{}, EnvVars: env("not"),
			Usage: "`RE` no lines that match; repeatable"},
		&cli.StringFlag{Name: "level", EnvVars: env("level"),
			Usage: "`LEVEL` only lines of this level and above: debug, info, warn, error"},
		&cli.BoolFlag{Name: "json", EnvVars: env("json"), DisableDefaultText: true,
			Usage: "each line as a JSON object: stream, cursor, line, time, level"},
		&cli.BoolFlag{Name: "raw", EnvVars: env("raw"), DisableDefaultText: true,
			Usage: "the bytes of each line alone, control sequences too"},
		&cli.GenericFlag{Name: "colour", Aliases: []string{"color"}, Value: &colour{}, EnvVars: env("colour"),
			Usage: "`WHEN` auto: on a terminal, unless NO_COLOR is set; always; never"},
	}
}

// watchStreams follows streams of running servers until they end.
func watchStreams(c *cli.Context) error {
	config := watch.Config{
		Start:  watch.Start{Backlog: c.Generic("backlog").(*backlog).text, Since: c.String("since")},
		Filter: watch.Filter{Grep: *c.Generic("grep").(*texts), Not: *c.Generic("not").(*texts), Level: c.String("level")},
		Out:    c.App.Writer,
		Faults: c.App.ErrWriter,
		Marks:  tailer.MarksIn(time.Local),
	}
	if config.Start.Backlog != "" && config.Start.Since != "" {
		return &usageError{errors.New("give --backlog or --since, not both")}
	}
	var err error
	if config.Format, err = watchFormat(c); err != nil {
		return &usageError{err}
	}
	config.Targets, err = watch.ParseTargets(c.Args().Slice(), c.String("url"), os.Getenv("TAILBEAM_TOKEN"))
	if err != nil {
		return &usageError{err}
	}
	// A pipe whose reader went away is the end, and no reason to be killed.
	signal.Ignore(brokenPipe...)
	defer signal.Reset(brokenPipe...)
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = watch.Run(ctx, config)
	if errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	return err
}

// watchFormat reads the flags that say how lines are written.
func watchFormat(c *cli.Context) (watch.Format, error) {
	switch {
	case c.Bool("json") && c.Bool("raw"):
		return 0, errors.New("give --json or --raw, not both")
	case c.Bool("json"):
		return watch.JSON, nil
	case c.Bool("raw"):
		return watch.Raw, nil
	case c.Generic("colour").(*colour).on(c.App.Writer):
		return watch.Coloured, nil
	}
	return watch.Text, nil
}

// backlog is the value of --backlog of watch: a number, or all.
type backlog struct{ text string }

// Set takes the value of the flag.
func (b *backlog) Set(s string) error {
	if n, err := strconv.ParseInt(s, 10, 32); s != "all" && (err != nil || n < 0) {
		return fmt.Errorf("want a number of lines from 0 to %d, or all", math.MaxInt32)
	}
	b.text = s
	return nil
}

// String returns the default as help shows it.
func (b *backlog) String() string {
	if b == nil || b.text == "" {
		return "as the server says"
	}
	return b.text
}

// texts is the value of a flag that may be given several times.
type texts []string

// Set takes one more value.
func (t *texts) Set(s string) error {
	*t = append(*t, s)
	return nil
}

// String returns the values.
func (t *texts) String() string {
	if t == nil {
		return ""
	}
	return strings.Join(*t, " ")
}

// colour is the value of --colour.
type colour struct{ when string }

// Set takes the value of the flag.
func (c *colour) Set(s string) error {
	switch s {
	case "auto", "always", "never":
		c.when = s
		return nil
	}
	return fmt.Errorf("want auto, always or never")
}

// String returns the default as help shows it.
func (c *colour) String() string {
	if c == nil || c.when == "" {
		return "auto"
	}
	return c.when
}

// on reports whether what goes to out shall be coloured.
func (c *colour) on(out io.Writer) bool {
	switch c.when {
	case "always":
		return true
	case "never":
		return false
	}
	f, ok := out.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && f.Name() != os.DevNull
}
