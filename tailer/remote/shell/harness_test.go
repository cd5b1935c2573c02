package shell

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// shells are those that the script is tried in, as they are started.
var shells = []string{"dash", "bash", "busybox sh", "mksh", "ksh93", "yash", "zsh --emulate sh"}

// each runs a test in every shell that there is, and in one on systems of every
// kind.
func each(t *testing.T, test func(t *testing.T, shell string)) {
	for _, s := range systems {
		t.Run(s.name, func(t *testing.T) {
			s.pretend(t)
			test(t, "sh")
		})
	}
	tried := 0
	for _, shell := range shells {
		if _, err := exec.LookPath(strings.Fields(shell)[0]); err == nil {
			tried++
			t.Run(shell, func(t *testing.T) { test(t, shell) })
		}
	}
	if tried == 0 {
		t.Skip("there is no shell of: " + strings.Join(shells, ", "))
	}
}

// located returns a shell as it is started where the search path is another, or
// skips the test.
func located(t *testing.T, shell string) string {
	t.Helper()
	name, args, _ := strings.Cut(shell, " ")
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip("no " + name)
	}
	return strings.TrimSpace(path + " " + args)
}

// run starts the script in a shell on this machine.
func run(t *testing.T, shell string, wake func(string)) *Session {
	t.Helper()
	s, _ := start(t, shell, wake)
	return s
}

func start(t *testing.T, shell string, wake func(string)) (*Session, *exec.Cmd) {
	t.Helper()
	return startBehind(t, shell, wake, func(*Streams) {})
}

// startBehind is start with what it is talked to by changed.
func startBehind(t *testing.T, shell string, wake func(string), change func(*Streams)) (*Session, *exec.Cmd) {
	t.Helper()
	cmd := exec.Command("setsid", strings.Fields(shell)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	told, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip("no setsid: apt-get install util-linux: ", err)
	}
	end := func() { out.Close(); told.Close() }
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	streams := Streams{In: in, Out: out, Err: told, Close: end}
	change(&streams)
	s, err := Start(ctx, streams, wake)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		_ = cmd.Wait() // it kills itself
	})
	return s, cmd
}

// one is a source of one session.
type one struct{ s *Session }

func (o one) Session() (*Session, error)  { return o.s, nil }
func (o one) Lost(err error, _ int) error { return errors.Join(errLost, err) }

var errLost = errors.New("session lost")

// files returns what a session sees.
func files(s *Session) *FS {
	fsys := NewFS("test", one{s}, nil)
	fsys.Use(s)
	return fsys
}

func idle(string) {}
