// Package watch follows streams of running tailbeam servers and writes their
// lines, for a terminal or as records for a script. It is a client of
// tailbeam.v1: one connection for each server, a subscription for each stream,
// and after any disconnect it goes on from the cursor behind the last line.
//
// The first lines of several streams come in the order of their times, where
// they carry some.
//
// Run starts a goroutine for each server, which ends before Run returns.
package watch

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"tailbeam/tailer/line"
)

// Config says what to follow and how to write it.
type Config struct {
	Targets []Target
	Start   Start
	Filter  Filter
	Format  Format
	Out     io.Writer // lines
	Faults  io.Writer // what happened beside, for a person
	// Marks tells the time and level of a line; nil: lines say nothing.
	Marks line.Marks
	// Retry is how long to wait before the second attempt to connect again,
	// doubled for each further one up to 32 times that; 500 ms.
	Retry time.Duration
	// Silence is how long a server may send nothing, its pings included,
	// before the connection is taken for dead; 90 s.
	Silence time.Duration
}

// Start says which lines of each stream come first.
type Start struct {
	Backlog string // a number of lines, "all", or "" for what the server gives
	Since   string // a point in time or a duration, or ""
}

// Filter says which lines are sent.
type Filter struct {
	Grep, Not []string // regular expressions: all must match, none may
	Level     string   // the least, or ""
}

// Format is how lines are written.
type Format uint8

const (
	// Text is one line each, without control sequences other than colour,
	// behind the stream's name where there are several.
	Text Format = iota
	// Coloured is Text with a colour for each stream and for levels.
	Coloured
	// Raw is the bytes of the lines alone.
	Raw
	// JSON is one object a line: stream, cursor, line, time, level; or gap, or
	// notice.
	JSON
)

// Refused says that a server will not send a stream, and why.
type Refused struct{ Reason string }

// Error returns the reason as a terminal may have it: a server wrote it.
func (e *Refused) Error() string { return string(clean(nil, []byte(e.Reason), noColours)) }

// errClosed says that nobody reads what is written any more.
var errClosed = errors.New("the output is closed")

// Run follows until every stream has ended, and returns nil then, and where
// the output was closed by its reader. The error is a *Refused where a server
// cannot be reached at the start or refuses a stream, and ctx's where that is
// done.
func Run(ctx context.Context, c Config) error {
	if c.Retry <= 0 {
		c.Retry = 500 * time.Millisecond
	}
	if c.Silence <= 0 {
		c.Silence = 90 * time.Second
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	servers := group(c.Targets)
	if err := complete(ctx, servers); err != nil {
		return err
	}
	out := newWriter(c, servers)
	stop := hangup(c.Out, func() { cancel(errClosed) })
	defer stop()
	var all sync.WaitGroup
	for _, s := range servers {
		all.Go(func() {
			if err := newSession(&c, s, out).run(ctx); err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	if err := out.release(); err != nil {
		cancel(err)
	}
	if err := context.Cause(ctx); err != nil && err != errClosed {
		return err
	}
	return nil
}
