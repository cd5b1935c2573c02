package shell

import (
	"errors"
	"fmt"
	"time"
)

var (
	// lively is how often the script is told to live on.
	lively = 15 * time.Second
	// patient is for how long nothing may come of an answer, as where a file
	// system hangs, and thorough the same where much is looked through first.
	patient, thorough = 30 * time.Second, time.Minute
)

// live tells the script to go on, from time to time.
func (s *Session) live() {
	ticker := time.NewTicker(lively)
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
			s.sendLocked(&call{}, "live")
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
		return fmt.Errorf("%w for %s (%s): a file system or the machine may hang", errSilent, silent.Round(time.Second), c.command)
	}
	return nil
}

var errSilent = errors.New("the shell over there has not answered")
