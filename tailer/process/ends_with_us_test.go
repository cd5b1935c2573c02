//go:build unix

package process

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const deadline = 30 * time.Second

// pipeline starts what many a command is: a shell with a pipeline, and something
// in the background that has no output. It says who they are.
const pipeline = `trap '' TERM
sleep 1000 >/dev/null 2>&1 & echo $!
sleep 1000 | sleep 1000 &
echo $!; echo $$; wait`

// TestMain is the server that is killed, when it is started as one.
func TestMain(m *testing.M) {
	if os.Getenv("TAILBEAM_TEST_SERVER") == "" {
		os.Exit(m.Run())
	}
	cmd := exec.Command("/bin/sh", "-c", pipeline)
	cmd.Stdout = os.Stdout
	if _, err := Start(cmd); err != nil {
		panic(err)
	}
	select {}
}

// members reads as many process numbers as pipeline writes.
func members(t *testing.T, r *bufio.Reader) []int {
	t.Helper()
	var pids []int
	for range 3 {
		text, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

// gone waits until processes have ended. Who is a zombie waits only for whoever
// inherited it.
func gone(t *testing.T, pids []int) {
	t.Helper()
	for began := time.Now(); ; {
		var left []int
		for _, pid := range pids {
			if err := unix.Kill(pid, 0); !errors.Is(err, unix.ESRCH) && !zombie(pid) {
				left = append(left, pid)
			}
		}
		if len(left) == 0 {
			return
		}
		if time.Since(began) > deadline {
			t.Fatalf("processes %v are still there", left)
		}
		_, _ = unix.Poll(nil, 5)
	}
}

func zombie(pid int) bool {
	out, err := exec.Command("ps", "-o", "state=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.HasPrefix(strings.TrimSpace(string(out)), "Z")
}

// start runs pipeline and returns who it is.
func start(t *testing.T, script string) (*Process, *bufio.Reader) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	cmd := exec.Command("/bin/sh", "-c", script)
	cmd.Stdout = w
	p, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	return p, bufio.NewReader(r)
}

func TestKilledServerLeavesNothing(t *testing.T) {
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), "TAILBEAM_TEST_SERVER=1")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	pids := members(t, bufio.NewReader(out))
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	gone(t, pids)
	_ = server.Wait()
}

func TestKill(t *testing.T) {
	p, r := start(t, pipeline)
	pids := members(t, r)
	p.Terminate() // is not heard by the shell
	p.Kill()
	if err := p.Wait(); err == nil || err.Error() != "signal: killed" {
		t.Errorf("Wait: %v", err)
	}
	gone(t, pids)
	p.Kill() // of what has ended is nothing
}

func TestTerminateAsks(t *testing.T) {
	p, r := start(t, `trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 1000 & wait; done`)
	for _, want := range []string{"ready\n", "bye\n"} {
		if got, err := r.ReadString('\n'); got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
		p.Terminate()
	}
	var exit *exec.ExitError
	if err := p.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("Wait: %v, want exit status 7", err)
	}
}

func TestWhatIsLeftBehindEnds(t *testing.T) {
	p, r := start(t, `sleep 1000 >/dev/null & echo $!; echo $$; echo $$; exit 3`)
	pids := members(t, r)
	if err := p.Wait(); err == nil || err.Error() != "exit status 3" {
		t.Errorf("Wait: %v", err)
	}
	gone(t, pids)
}

func TestNoSuchProgram(t *testing.T) {
	if _, err := Start(exec.Command("/no/such/program")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Start: %v", err)
	}
}
