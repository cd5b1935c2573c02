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
	before, often := patient, lively
	t.Cleanup(func() { patient, lively = before, often })
	patient, lively = 300*time.Millisecond, 50*time.Millisecond
	s, cmd := start(t, "/bin/sh", idle)
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
	if _, _, err := s.Call("look"); !errors.Is(err, errSilent) {
		t.Errorf("it says %v", err)
	}
	<-s.Done()
}

// TestShellThatIsSlow has an answer come bit by bit, for longer than nothing may
// come: the session goes on.
func TestShellThatIsSlow(t *testing.T) {
	before, often := patient, lively
	t.Cleanup(func() { patient, lively = before, often })
	patient, lively = time.Second, 10*time.Millisecond
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
