package shell

import (
	"bufio"
	"context"
	"crypto/rand"
	_ "embed" // the script
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Script is the fixed script, for those who want to install it as the forced
// command of a key.
//
//go:embed loop.sh
var Script string

// Command is what a login shell of any kind is asked to run: a POSIX shell that
// reads a script, one that can hold many files open if there is one.
const Command = `exec /bin/sh -c '(eval "command exec 29</dev/null && : <&29") 2>/dev/null && exec /bin/sh; ` +
	`command -v bash >/dev/null && exec bash; exec /bin/sh'`

const (
	// Ready is the line by which the script says that it runs, and Begin the
	// one from which on it takes commands.
	Ready = "tailbeam-loop-1"
	Begin = "# begin\n"
	// maxNoise is how much may be said by a login shell before it runs what it
	// was asked to.
	maxNoise = 64 << 10
)

// Streams are how a program on the other side is talked to.
type Streams struct {
	In       io.WriteCloser
	Out, Err io.Reader
	// Close ends the program; reads of Out and Err end then, and writes to In,
	// at the latest with the connection.
	Close func()
	// Patience is for how long nothing may come of an answer, as where a file
	// system hangs; default 30s.
	Patience time.Duration
}

// A Session is a script that runs. Its methods may be called from any
// goroutine.
type Session struct {
	io     Streams
	wake   func(path string) // called when a file changed that was awaited
	facts  facts
	done   chan struct{}
	ending sync.Once
	tasks  sync.WaitGroup
	unable atomic.Bool // to find texts
	simple atomic.Bool // nothing there can ask for holes
	link   link

	began time.Time
	heard atomic.Int64 // how long after began something came, or the first of the answers was asked for

	mu      sync.Mutex
	err     error
	outbox  []byte  // to be written
	pending []*call // sent and not answered, oldest first
	slots   slots
	told    []byte // the end of what was said on standard error
	random  *bufio.Reader
	filled  sync.Cond // pending is not empty, or err is set
	posted  sync.Cond // outbox is not empty, or err is set
}

// facts are what the script finds out about its system.
type facts struct {
	kind         string // of stat(1)
	first, slots int    // descriptors for files
	waits        string
	skew         time.Duration // how far its clock is ahead
	version      int           // of the script: one that was installed may be older
}

// Start sends the script to a shell and waits until it answers. Wake is called,
// on a goroutine that must not wait, when a file has changed that was awaited:
// with its path, perhaps, and then with an empty one.
// When the error is not nil, the streams are closed.
func Start(ctx context.Context, streams Streams, wake func(path string)) (*Session, error) {
	if streams.Patience <= 0 {
		streams.Patience = patient
	}
	s := &Session{io: streams, wake: wake, done: make(chan struct{}), began: time.Now(), random: bufio.NewReaderSize(rand.Reader, 512)}
	s.filled.L, s.posted.L = &s.mu, &s.mu
	s.tasks.Go(s.listen)
	stop := context.AfterFunc(ctx, func() { s.end(ctx.Err()) })
	defer stop()
	out := bufio.NewReaderSize(ear{s}, 64<<10)
	if err := s.greet(out); err != nil {
		s.end(err)
		s.io.In.Close()
		s.tasks.Wait()
		return nil, s.words(err)
	}
	s.tasks.Go(func() { s.receive(out) })
	s.tasks.Go(s.post)
	if err := s.ask(); err != nil {
		s.Close()
		return nil, s.words(err)
	}
	s.tasks.Go(s.live)
	return s, nil
}

// ErrNoShell says that what runs on the other side is not the script.
var ErrNoShell = errors.New("no POSIX shell can be run there")

// greet sends the script and waits until it runs.
func (s *Session) greet(out *bufio.Reader) error {
	if _, err := io.WriteString(s.io.In, Script); err != nil {
		return fmt.Errorf("%w: %w", ErrNoShell, err)
	}
	for noise := 0; noise < maxNoise; {
		text, err := out.ReadString('\n')
		if strings.HasSuffix(strings.TrimRight(text, "\r\n"), Ready) { // behind words without an end
			_, err = io.WriteString(s.io.In, Begin)
			return err
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNoShell, err)
		}
		noise += len(text)
	}
	return ErrNoShell
}

// ask finds out what the script knows.
func (s *Session) ask() error {
	before := time.Now()
	text, status, err := s.Call("hello")
	if err != nil {
		return err
	}
	middle := before.Add(time.Since(before) / 2)
	var seconds string
	s.facts.version = 1 // which does not say
	n, _ := fmt.Sscan(string(text), &s.facts.kind, &s.facts.first, &s.facts.slots, &s.facts.waits, &seconds, &s.facts.version)
	clock, err := strconv.ParseFloat(seconds, 64)
	if n < 5 || status != 0 || err != nil || s.facts.slots < 1 {
		return fmt.Errorf("%w: it answered %q", ErrNoShell, text)
	}
	s.facts.skew = time.Unix(0, int64(clock*1e9)).Sub(middle)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots.open(s.facts.first, s.facts.slots)
	return nil
}

// words adds to an error what was said on standard error.
func (s *Session) words(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if said := strings.Join(strings.Fields(string(s.told)), " "); said != "" {
		return fmt.Errorf("%w: %s", err, strings.ToValidUTF8(said, "?"))
	}
	return err
}

// Waits reports whether the script can tell when a file changes.
func (s *Session) Waits() bool { return s.facts.waits != "no" }

// Skew is how far the clock on the other side is ahead of this one.
func (s *Session) Skew() time.Duration { return s.facts.skew }

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err returns why the session has ended.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Close ends the session and waits for its goroutines.
func (s *Session) Close() {
	s.end(errClosed)
	s.tasks.Wait()
}

// End is Close without waiting.
func (s *Session) End() { s.end(errClosed) }

var errClosed = errors.New("closed")

// end has every call return an error, also where reading goes on because the other
// side does not answer to being closed.
func (s *Session) end(err error) {
	s.ending.Do(func() {
		s.mu.Lock()
		s.err = err
		close(s.done)
		for _, c := range s.pending {
			c.data, c.err = nil, err
			close(c.done)
		}
		s.pending = nil
		s.filled.Broadcast()
		s.posted.Broadcast()
		s.mu.Unlock()
		s.io.Close()
	})
}

// post writes what is sent, and closes the input: nobody else may meanwhile.
func (s *Session) post() {
	defer s.io.In.Close()
	for {
		s.mu.Lock()
		for s.err == nil && len(s.outbox) == 0 {
			s.posted.Wait()
		}
		out, err := s.outbox, s.err
		s.outbox = nil
		s.mu.Unlock()
		if err != nil {
			return
		}
		if _, err := s.io.In.Write(out); err != nil {
			s.end(fmt.Errorf("connection lost: %w", err))
			return
		}
	}
}

// listen takes what comes on standard error.
func (s *Session) listen() {
	in := bufio.NewReader(s.io.Err)
	for {
		text, err := in.ReadString('\n')
		if text == "W\n" || text == "F\n" {
			s.wake("")
		} else if path := s.held(text); path != "" {
			s.wake(path)
		} else {
			s.mu.Lock()
			s.told = append(s.told, text...)
			s.told = s.told[max(0, len(s.told)-1<<10):]
			s.mu.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// held returns the path of the file that a descriptor holds, whose name was
// said, or nothing.
func (s *Session) held(name string) string {
	_, number, ok := strings.Cut(strings.TrimSpace(name), "/fd/")
	fd, err := strconv.Atoi(number)
	if !ok || err != nil || !strings.HasPrefix(name, "/proc/") {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := fd - s.slots.first; i >= 0 && i < len(s.slots.owners) && s.slots.owners[i] != nil {
		return s.slots.owners[i].name
	}
	return ""
}

// A call is a command that was sent.
type call struct {
	command  string
	path     string // that it is about, if it is about one
	patience time.Duration
	nonce    string
	data     []byte // what was answered; appended to as far as its capacity goes
	fixed    bool   // data may not grow beyond its capacity
	status   int
	took     time.Duration // from when the answer was waited for to its end
	err      error
	done     chan struct{}
}

// maxAnswer bounds what is kept of an answer. A test lowers it.
var maxAnswer = 16 << 20

// sendLocked has a command written. When the session ends before it is answered the
// call is done with an error.
func (s *Session) sendLocked(c *call, command string, args ...string) *call {
	c.done, c.err, c.command, c.patience = make(chan struct{}), nil, command, s.io.Patience
	switch command {
	case "find", "match", "seek": // which look much through first
		c.patience *= 2
	case "search": // where nothing else is done in a session
		c.patience *= 20
	}
	if s.err != nil {
		c.err = s.err
		close(c.done)
		return c
	}
	var raw [16]byte
	_, _ = io.ReadFull(s.random, raw[:]) // never fails
	c.nonce = hex.EncodeToString(raw[:])
	text := command + " " + c.nonce
	for _, a := range args {
		text += " " + a
	}
	if len(s.pending) == 0 {
		s.hear()
	}
	s.pending = append(s.pending, c)
	s.filled.Signal()
	s.outbox = append(append(s.outbox, text...), '\n')
	s.posted.Signal()
	return c
}

// Answers reports whether a file can be looked at and read within a time. If it
// cannot, the session is good for nothing more.
func (s *Session) Answers(ctx context.Context, path string) bool {
	s.mu.Lock()
	slot := strconv.Itoa(s.facts.first)
	s.sendLocked(&call{}, "stat", quote(path))
	s.sendLocked(&call{}, "hold", slot, quote(path))
	c := s.sendLocked(&call{}, "range", append([]string{slot}, extent(0, 1)...)...)
	s.mu.Unlock()
	select {
	case <-c.done:
		return s.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// Call runs a command and returns what it answers.
func (s *Session) Call(command string, args ...string) ([]byte, int, error) {
	s.mu.Lock()
	c := s.sendLocked(&call{}, command, args...)
	s.mu.Unlock()
	<-c.done
	return c.data, c.status, c.err
}

// quote writes a path as an argument.
func quote(path string) string {
	plain := func(b byte) bool {
		return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("/._-+,:@%=", b) >= 0
	}
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; plain(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\0%03o`, c)
		}
	}
	return b.String()
}

// Unquote is the reverse of what is done to a path that is an argument.
func Unquote(arg string) string {
	var b strings.Builder
	for i := 0; i < len(arg); i++ {
		if c, err := strconv.ParseUint(arg[min(i+1, len(arg)):min(i+5, len(arg))], 8, 8); arg[i] == '\\' && err == nil {
			b.WriteByte(byte(c))
			i += 4
		} else {
			b.WriteByte(arg[i])
		}
	}
	return b.String()
}
