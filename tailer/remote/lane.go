package remote

import (
	"errors"
	"sync"
	"syscall"

	"tailbeam/tailer/remote/shell"
)

// A lane is the session with which files are followed. Whoever reads waits for
// it while there is none.
type lane struct {
	mu      sync.Mutex
	changed sync.Cond
	session *shell.Session
	closed  bool
}

var _ shell.Source = (*lane)(nil)

func newLane() *lane {
	l := &lane{}
	l.changed.L = &l.mu
	return l
}

// errClosing is what readers get when nothing will be read any more. It is an
// error that passes, so that nothing is given up for it.
var errClosing = closing{}

type closing struct{}

// Error returns a word.
func (closing) Error() string { return "closing" }

// Reason returns a word for a person.
func (closing) Reason() string { return "closing" }

// Unwrap returns an error that passes.
func (closing) Unwrap() error { return syscall.EMFILE }

// Session implements shell.Source.
func (l *lane) Session() (*shell.Session, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.closed && (l.session == nil || l.session.Err() != nil) {
		l.changed.Wait()
	}
	if l.closed {
		return nil, errClosing
	}
	return l.session, nil
}

// Lost implements shell.Source.
func (l *lane) Lost(error, int) error { return nil }

// use gives a session, or takes it away.
func (l *lane) use(s *shell.Session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.session = s
	l.changed.Broadcast()
}

func (l *lane) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed, l.session = true, nil
	l.changed.Broadcast()
}

// aside is the session with which history is read. It is started when it is
// needed; whoever reads is told when the host cannot be reached.
type aside struct {
	host *Host

	mu      sync.Mutex
	session *shell.Session
}

var _ shell.Source = (*aside)(nil)

// Session implements shell.Source.
func (a *aside) Session() (*shell.Session, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.session != nil {
		select {
		case <-a.session.Done():
			a.host.working.Go(a.session.Close) // which waits for one that hangs until the connection ends
			a.session = nil
		default:
			return a.session, nil
		}
	}
	s, err := a.host.openAside()
	if err != nil {
		a.host.losses.Add(1)
		return nil, err
	}
	a.host.back.Use(s)
	a.session = s
	return s, nil
}

const patience = 3

// Lost implements shell.Source.
func (a *aside) Lost(err error, times int) error {
	a.host.losses.Add(1)
	a.host.suspect(err)
	if times < patience {
		return nil
	}
	return errors.Join(errors.New("the connection to "+a.host.name+" is lost again and again"), err)
}

func (a *aside) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.session != nil {
		a.session.Close()
		a.session = nil
	}
}
