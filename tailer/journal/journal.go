// Package journal gives the entries of the systemd journal to a sink, as lines.
//
// # Lines
//
// An entry is shown as journalctl -o short-iso-precise shows it, with the word
// for its priority behind the stamp, where the recognition of levels (package
// stamp) looks for one:
//
//	2026-11-21T14:30:05.123456+0000 err web1 nginx[812]: upstream timed out
//
// The stamp is the one of the journal (__REALTIME_TIMESTAMP), by which it is
// ordered. Further lines of a message, and further messages of an entry, are
// lines of their own behind four spaces. Messages that are no printable text are
// given as the bytes that they are.
//
// # Order and completeness
//
// The newest entries are read first, of whatever boot, then journalctl --follow
// goes on where they end. When it dies it is started again at the last entry
// that was read: if the journal does not hold that any more, journalctl goes to
// the nearest one without a word. This is noticed, since the first entry that
// comes is another one, and told as a line.Gap of unknown size.
//
// # Goroutines
//
//	Source.run   one per Source, ends with Close; calls the sink
//
// and that of process.Process.EndWith.
package journal

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"tailbeam/tailer/backoff"
	"tailbeam/tailer/line"
	"tailbeam/tailer/process"
	"tailbeam/tailer/split"
)

// Config says what is read. Zero values are replaced by the defaults.
type Config struct {
	Unit    string // as for journalctl --unit, or empty for all
	Backlog int    // entries that are read first; default 10,000
	MaxLine int    // bytes of text in an entry; default 1 MiB
	Zone    *time.Location
	Program string   // default journalctl
	Args    []string // further arguments of journalctl
	Backoff backoff.Backoff
	// Grace is how long journalctl has to end when it is asked to; default 2s.
	Grace time.Duration
}

// maxEntry is how long an entry in JSON may be, in bytes. A longer one is left
// out, which is told as a gap.
const maxEntry = 16 << 20

// A Source is the journal, or a part of it.
type Source struct {
	cfg    Config
	sink   line.Sink
	cancel context.CancelFunc
	done   chan struct{}

	// The rest belongs to run.
	last   cursor // of the entry that was read last; empty before the first
	behind bool   // the first entry that comes is to be compared with last
	text   []byte // rendered and not given out
	split  split.Splitter
	ends   []uint32
	batch  line.Batch
}

// Look reports whether the journal can be read here at all. The error is one
// line for the operator.
func Look(cfg Config) error {
	if _, err := exec.LookPath(cmp.Or(cfg.Program, "journalctl")); err != nil {
		return errors.New("journal: needs journalctl, which is not here: install systemd, or leave this source out")
	}
	return nil
}

// Read starts reading the journal. What it delivers has no positions.
func Read(sink line.Sink, cfg Config) *Source {
	cfg.Backlog = cmp.Or(cfg.Backlog, 10_000)
	cfg.MaxLine = max(cmp.Or(cfg.MaxLine, 1<<20), split.MinLine)
	cfg.Program = cmp.Or(cfg.Program, "journalctl")
	cfg.Zone = cmp.Or(cfg.Zone, time.Local)
	cfg.Grace = cmp.Or(cfg.Grace, 2*time.Second)
	ctx, cancel := context.WithCancel(context.Background())
	s := &Source{
		cfg: cfg, sink: sink, cancel: cancel, done: make(chan struct{}),
		split: split.Splitter{MaxLine: cfg.MaxLine},
	}
	go s.run(ctx)
	return s
}

// Close ends journalctl and waits for the sink to return.
func (s *Source) Close() {
	s.cancel()
	<-s.done
}

func (s *Source) run(ctx context.Context) {
	defer close(s.done)
	for {
		began := time.Now()
		err := s.once(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := s.cfg.Backoff.After(time.Since(began))
		s.sink.Notice(line.Notice{
			Condition: line.Failed,
			Reason:    fmt.Sprintf("%v; journalctl is run again in %v", err, wait.Round(100*time.Millisecond)),
		})
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// once reads what there is and what comes, until journalctl dies.
func (s *Source) once(ctx context.Context) error {
	if s.last.text == "" {
		backlog := []string{"--lines=" + strconv.Itoa(s.cfg.Backlog)}
		if err := s.journalctl(ctx, backlog, func() {}); err != nil {
			return err
		}
	}
	// Follow mode stops at ten entries unless it is told not to.
	follow := []string{"--follow", "--no-tail"}
	if s.last.text != "" {
		follow = append(follow, "--cursor="+s.last.text)
		s.behind = true
	}
	err := s.journalctl(ctx, follow, func() { s.sink.Notice(line.Notice{Condition: line.Live}) })
	if err == nil {
		err = errors.New("journalctl ended")
	}
	return err
}

// journalctl runs it once and reads what it says. The error says how it ended.
func (s *Source) journalctl(ctx context.Context, args []string, started func()) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	args = append(args, "--output=json", "--all", "--quiet", "--no-pager", "--output-fields="+fields)
	if s.cfg.Unit != "" {
		args = append(args, "--unit="+s.cfg.Unit)
	}
	cmd := exec.Command(s.cfg.Program, append(args, s.cfg.Args...)...)
	var said lastLine
	cmd.Stdout, cmd.Stderr = write, &said
	p, err := process.Start(cmd)
	write.Close()
	if err != nil {
		return err
	}
	ended := p.EndWith(ctx, s.cfg.Grace, func() { read.Close() })
	started()
	s.readAll(bufio.NewReaderSize(read, 64<<10))
	err = p.Wait()
	ended()
	switch {
	case err == nil:
		return nil
	case said.text != "":
		return fmt.Errorf("journalctl ended with %w: %s", err, said.text)
	}
	return fmt.Errorf("journalctl ended with %w", err)
}
