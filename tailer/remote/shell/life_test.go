//go:build unix

package shell

import (
	"errors"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestShellThatHangs stops the script: the session ends, although more is to be
// written than the other side takes.
func TestShellThatHangs(t *testing.T) {
	s, cmd := startBehind(t, "/bin/sh", idle, func(s *Streams) { s.Patience = 300 * time.Millisecond })
	if _, _, err := s.Call("hello"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(syscall.SIGCONT) })
	s.mu.Lock()
	for i := range 10_000 {
		s.sendLocked(&call{}, "watch", strconv.Itoa(i), "/some/file/or/other/that/is/looked/at")
	}
	s.mu.Unlock()
	var silence *Silence
	if _, _, err := s.Call("look"); !errors.As(err, &silence) || silence.Command != "watch" {
		t.Errorf("it says %v", err)
	}
	<-s.Done()
}

// TestShellThatIsSlow has an answer come bit by bit, for longer than nothing may
// come: the session goes on.
func TestShellThatIsSlow(t *testing.T) {
	s := &Session{began: time.Now()}
	s.pending = []*call{{command: "range", patience: patient}}
	for range 3 {
		s.heard.Store(int64(time.Since(s.began) - patient/2))
		if err := s.stuck(); err != nil {
			t.Error(err)
		}
		s.heard.Store(int64(time.Since(s.began) - 2*patient))
		if err := s.stuck(); err == nil {
			t.Error("nothing is said of one that has not answered")
		}
	}
	s.pending = nil
	if err := s.stuck(); err != nil {
		t.Errorf("nothing was asked: %v", err)
	}
}
