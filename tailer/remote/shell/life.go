package shell

import (
	"fmt"
	"time"
)

const (
	// lively is how often the script is told to live on, if nobody is less
	// patient than patient.
	lively  = 15 * time.Second
	patient = 30 * time.Second
)

// live tells the script to go on, from time to time.
func (s *Session) live() {
	ticker := time.NewTicker(min(lively, s.io.Patience/2))
	defer ticker.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-ticker.C:
			if err := s.stuck(); err != nil {
				s.end(err)
				return
			}
			s.mu.Lock()
			if len(s.pending) > 0 && s.pending[0].command == "search" {
				s.outbox = append(s.outbox, "on -\n"...) // which answers nothing
				s.posted.Signal()
			} else {
				s.sendLocked(&call{}, "live")
			}
			s.mu.Unlock()
		}
	}
}

// An ear reads the output and notes when something has come.
type ear struct{ *Session }

// Read implements io.Reader.
func (e ear) Read(p []byte) (int, error) {
	n, err := e.io.Out.Read(p)
	if n > 0 {
		e.hear()
	}
	return n, err
}

func (s *Session) hear() { s.heard.Store(int64(time.Since(s.began))) }

// stuck returns an error where nothing comes of an answer any more.
func (s *Session) stuck() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) == 0 {
		return nil
	}
	silent := time.Since(s.began) - time.Duration(s.heard.Load())
	if c := s.pending[0]; silent > c.patience {
		return &Silence{For: silent.Round(time.Second), Command: c.command, Path: c.path}
	}
	return nil
}

// Silence is why a session has ended that has not answered.
type Silence struct {
	For     time.Duration
	Command string // that was not answered
	Path    string // of the file that it was about, or empty
}

// Error returns what is to be thought of it.
func (s *Silence) Error() string {
	what := s.Command
	if s.Path != "" {
		what += " " + s.Path
	}
	return fmt.Sprintf("the shell over there has not answered for %s (%s): a file system or the machine may hang", s.For, what)
}
