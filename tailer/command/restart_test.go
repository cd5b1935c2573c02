//go:build unix

package command

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tailbeam/tailer/backoff"
)

func TestRunAgain(t *testing.T) {
	g := newGate(t)
	_, r := run(t, Config{
		Command: "echo run;" + g.wait() + "exit 3",
		Backoff: backoff.Backoff{First: time.Millisecond, Most: 400 * time.Millisecond},
	})
	r.want("live", `"run\n"`)
	for _, wait := range []string{"0s", "0s", "0s"} {
		g.step()
		r.want("failed: the command ended with exit status 3 and is run again in "+wait, "live", `"run\n"`)
	}
}

func TestHowItEnded(t *testing.T) {
	for command, want := range map[string]string{
		"exit 0":                      "waiting: the command ended with exit status 0",
		"kill -s KILL $$":             "failed: the command ended with signal: killed",
		"exec 2>&-; /no/such/program": "failed: the command ended with exit status 127",
	} {
		_, r := run(t, Config{Command: command, Backoff: backoff.Backoff{First: 2900 * time.Millisecond, Most: 2900 * time.Millisecond}})
		r.want("live", want+" and is run again in 2*")
	}
}

func TestCloseLetsItEnd(t *testing.T) {
	s, r := run(t, Config{Grace: time.Hour, Command: `trap 'echo bye; exit' TERM; sleep 1000 >&- 2>&- & echo up; wait`})
	r.want("live", `"up\n"`)
	s.Close()
	r.want(`"bye\n"`)
}

func TestCloseEndsWhatDoesNot(t *testing.T) {
	s, r := run(t, Config{Grace: time.Millisecond, Command: `trap '' TERM; sleep 1000 & echo $!; wait`})
	r.wait(2)
	pid := r.got[1]
	s.Close()
	for began := time.Now(); ; { // it was killed, and the system takes its time
		out, _ := exec.Command("ps", "-o", "state=", "-p", strings.Trim(pid, `"\n`)).Output()
		if len(out) == 0 || out[0] == 'Z' {
			return
		}
		if time.Since(began) > deadline {
			t.Fatalf("process %s is in state %s", pid, out)
		}
		_, _ = unix.Poll(nil, 5)
	}
}

// Somebody who left the group and holds the outputs is not waited for.
func TestCloseDoesNotWaitForOthers(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("needs setsid (package util-linux)")
	}
	g := newGate(t)
	s, r := run(t, Config{Grace: time.Millisecond, Command: "setsid sh -c '" + g.wait() + "' & echo up"})
	r.want("live", `"up\n"`)
	s.Close()
	g.step()
}

func TestCloseWhileWaiting(t *testing.T) {
	s, r := run(t, Config{Command: "exit 1"})
	r.want("live", "failed: *")
	s.Close()
}
