// Package command gives the output of a command to a sink, and runs it again
// when it ends.
//
// # Output
//
// The lines of standard output and of standard error make one stream, in the
// order in which they arrive; neither is cut into a line of the other. Between
// what both have waiting at the same moment the order is not known to anyone. A
// line that has no newline when the command ends gets one. While a line longer
// than the limit is given out in pieces, the other output waits until it ends,
// but not for longer than Config.Patience: then a newline is put in.
//
// # Runs
//
// The command runs under the shell with nothing on standard input. A run lasts
// until the shell has ended and everyone has closed the outputs. What it leaves
// behind is ended, as is all of it when the server ends (package process). The
// stream is Live while it runs, and otherwise says how it ended and when it is
// run again.
//
// # Goroutines
//
//	Source.run     one per Source, ends with Close; calls the sink
//	output.read    two while the command runs
//
// and that of process.Process.EndWith.
package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"tailbeam/tailer/backoff"
	"tailbeam/tailer/charset"
	"tailbeam/tailer/line"
	"tailbeam/tailer/process"
	"tailbeam/tailer/split"
)

// Config says what is run. Zero values are replaced by the defaults.
type Config struct {
	Command string
	MaxLine int // bytes of text in an entry; default 1 MiB
	// Encoding is that of an output without a byte order mark.
	Encoding charset.Encoding
	Backoff  backoff.Backoff
	// Patience is how long one output waits for the end of a line in the
	// other; default 1s.
	Patience time.Duration
	// Grace is how long the command has to end by itself when it is asked to;
	// default 2s.
	Grace time.Duration
}

// A Source is a command that is run again and again.
type Source struct {
	cfg    Config
	sink   line.Sink
	cancel context.CancelFunc
	done   chan struct{}

	// The rest belongs to run.
	outs   [2]*output
	busy   *output // whose line was given out in part
	parked *output // what it has waits for the end of that line
	buf    charset.Buffer
	batch  line.Batch
}

// Run starts a command. What it delivers has no positions.
func Run(sink line.Sink, cfg Config) *Source {
	cfg.MaxLine = max(cmp.Or(cfg.MaxLine, 1<<20), split.MinLine)
	cfg.Patience = cmp.Or(cfg.Patience, time.Second)
	cfg.Grace = cmp.Or(cfg.Grace, 2*time.Second)
	ctx, cancel := context.WithCancel(context.Background())
	s := &Source{cfg: cfg, sink: sink, cancel: cancel, done: make(chan struct{})}
	go s.run(ctx)
	return s
}

// Close asks the command to end, ends it where it does not, and waits for the
// sink to return. What it says last is given out.
func (s *Source) Close() {
	s.cancel()
	<-s.done
}

func (s *Source) run(ctx context.Context) {
	defer close(s.done)
	for ctx.Err() == nil {
		began := time.Now()
		err := s.once(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := s.cfg.Backoff.After(time.Since(began))
		s.sink.Notice(notice(err, wait))
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// notice tells how a run ended.
func notice(err error, wait time.Duration) line.Notice {
	n := line.Notice{Condition: line.Failed}
	again := "is run again in " + wait.Round(100*time.Millisecond).String()
	var exit *exec.ExitError
	switch {
	case err == nil:
		n.Condition = line.Waiting
		n.Reason = "the command ended with exit status 0 and " + again
	case errors.As(err, &exit):
		n.Reason = fmt.Sprintf("the command ended with %s and %s", exit.ProcessState, again)
	default:
		n.Reason = fmt.Sprintf("the command cannot be run and %s: %v", again, err)
	}
	return n
}

// once runs the command to its end.
func (s *Source) once(ctx context.Context) error {
	cmd := shell(s.cfg.Command)
	p, err := s.start(cmd)
	if err != nil {
		return err
	}
	ended := p.EndWith(ctx, s.cfg.Grace, s.closeFiles)
	s.sink.Notice(line.Notice{Condition: line.Live})
	s.collect()
	err = p.Wait()
	ended()
	s.closeFiles()
	return err
}

// start starts the command and reading what it says.
func (s *Source) start(cmd *exec.Cmd) (*process.Process, error) {
	var read, write [2]*os.File
	for i := range read {
		var err error
		if read[i], write[i], err = os.Pipe(); err != nil {
			closeAll(read[:i])
			closeAll(write[:i])
			return nil, err
		}
	}
	defer closeAll(write[:])
	cmd.Stdout, cmd.Stderr = write[0], write[1]
	p, err := process.Start(cmd)
	if err != nil {
		closeAll(read[:])
		return nil, err
	}
	for i, file := range read {
		s.outs[i] = newOutput(file, s.cfg)
		go s.outs[i].read()
	}
	return p, nil
}

func (s *Source) closeFiles() { closeAll([]*os.File{s.outs[0].file, s.outs[1].file}) }

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// collect gives out what both outputs have until both have ended.
func (s *Source) collect() {
	var tired <-chan time.Time
	for open := len(s.outs); open > 0; {
		var o *output
		select {
		case o = <-s.outs[0].ready:
		case o = <-s.outs[1].ready:
		case <-tired:
			s.finish()
		}
		if o != nil && s.busy != nil && s.busy != o {
			s.parked, tired = o, time.After(s.cfg.Patience)
			continue
		}
		if o != nil {
			open -= s.give(o)
		}
		if o = s.parked; o != nil && s.busy == nil {
			s.parked, tired = nil, nil
			open -= s.give(o)
		}
	}
}

// give hands out what an output has as far as it is complete, and lets it read
// on. It returns the number of outputs that have ended by that.
func (s *Source) give(o *output) int {
	ended := 0
	for len(o.text) > 0 {
		n := o.cut.Next(o.text, &s.buf, &s.batch)
		if n == 0 {
			break
		}
		s.append()
		o.text = o.text[n:]
	}
	s.busy = nil
	if o.cut.Begun == split.Midway {
		s.busy = o
	}
	if o.err != nil {
		s.rest(o)
		ended = 1
	}
	o.taken <- struct{}{}
	return ended
}

// rest hands out what an output had last, with a newline that it did not write.
func (s *Source) rest(o *output) {
	for len(o.text) > 0 {
		n := o.cut.Rest(o.text, &s.buf, &s.batch)
		if o.text = o.text[n:]; s.batch.Lines() == 0 {
			return
		}
		if s.batch.Flags&line.Unfinished == 0 {
			s.batch.Data = append(s.batch.Data, '\n')
			s.batch.Ends[s.batch.Lines()-1]++
		}
		s.append()
	}
	if s.busy = nil; o.cut.Begun == split.Midway {
		s.busy = o
		s.finish()
	}
}

// finish ends a line that is given out in part though more of it may come.
func (s *Source) finish() {
	s.batch = line.Batch{Data: []byte{'\n'}, Ends: []uint32{1}, Flags: line.Continues}
	s.append()
	s.busy.cut.Begun = split.AtStart
	s.busy = nil
}

// append gives out the batch, which has no place in a file.
func (s *Source) append() {
	s.batch.Raw = nil
	s.sink.Append(&s.batch)
}

// An output is one of the two of a run. What it has belongs to its goroutine
// until it is ready, and again when it was taken.
type output struct {
	file  *os.File
	ready chan *output
	taken chan struct{}

	text []byte // what was read and not given out
	err  error  // nothing more will come
	cut  charset.Stream
}

func newOutput(file *os.File, cfg Config) *output {
	return &output{
		file: file, ready: make(chan *output), taken: make(chan struct{}),
		cut: charset.Stream{Cutter: charset.Cutter{Encoding: cfg.Encoding, MaxLine: cfg.MaxLine}},
	}
}

// block is how many bytes are asked for at a time.
const block = 64 << 10

func (o *output) read() {
	buf := make([]byte, block)
	kept := 0
	for o.err == nil {
		if len(buf)-kept < block/2 {
			buf = append(buf, make([]byte, block)...)
		}
		var n int
		n, o.err = o.file.Read(buf[kept:])
		o.text = buf[:kept+n]
		o.ready <- o
		<-o.taken
		kept = copy(buf, o.text)
		if kept == 0 && len(buf) > 2*block {
			buf = make([]byte, block) // a long line is over
		}
	}
}
