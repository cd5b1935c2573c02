package tailer

import (
	"fmt"

	"tailbeam/tailer/command"
	"tailbeam/tailer/journal"
	"tailbeam/tailer/line"
	"tailbeam/tailer/pipe"
	"tailbeam/tailer/spool"
	"tailbeam/tailer/stamp"
)

// closer is a source that runs until it is closed.
type closer interface{ Close() }

// openPipe announces the stream of a source that has no file behind it, and
// starts it. What it delivers is kept in a spool.
func (t *Tailer) openPipe(s Source) error {
	name := s.pipeName()
	st, err := t.reserve(name, "", s)
	if err != nil {
		return err
	}
	kept := t.spool()
	sink, err := t.registry.Open(name, line.Origin{Source: s.Arg, History: kept.History(), Marks: t.marksOf("")})
	if err != nil {
		kept.Close()
		t.forget(st)
		return fmt.Errorf("stream %s: %w", name, err)
	}
	t.pipes = append(t.pipes, t.run(s, spool.NewTap(kept, sink)))
	return nil
}

// spool makes one. Where there is no place for it the stream lives without, which
// is said.
func (t *Tailer) spool() *spool.Spool {
	stamps := stamp.Reader{Location: t.cfg.Location}
	cfg := spool.Config{Limit: t.cfg.Spool, Stamp: stamps.Time, Logger: t.cfg.Logger}
	kept, err := spool.Open(cfg)
	if err != nil {
		t.cfg.Logger.Warn("a pipe is not kept beyond what is held in memory: let TMPDIR name a directory with some room", "err", err)
		cfg.Limit = 0
		kept, _ = spool.Open(cfg) // never fails
	}
	return kept
}

// run starts a source that has no file.
func (t *Tailer) run(s Source, sink line.Sink) closer {
	switch s.Kind {
	case Command:
		return command.Run(sink, command.Config{Command: s.Command, MaxLine: t.cfg.MaxLine, Encoding: t.cfg.Encoding})
	case Journal:
		return journal.Read(sink, journal.Config{Unit: s.Unit, MaxLine: t.cfg.MaxLine, Zone: t.cfg.Location})
	}
	return pipe.Read(t.cfg.Stdin, sink, t.pipeOptions())
}

func (t *Tailer) pipeOptions() pipe.Options {
	return pipe.Options{MaxLine: t.cfg.MaxLine, Encoding: t.cfg.Encoding}
}
