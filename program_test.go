package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// deadline bounds each thing that a test waits for.
const deadline = 30 * time.Second

// binary is the program under test, built once. It lies where every user can
// run it.
var binary string

func TestMain(m *testing.M) {
	code := func() int {
		dir, err := os.MkdirTemp("", "tailbeam-test")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "tailbeam.exe")
		args := append(append([]string{"build"}, raceFlag...), "-o", binary, ".")
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%v: %s", err, out)
			return 1
		}
		if err := os.Chmod(dir, 0o755); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}()
	os.Exit(code)
}

// program is a running tailbeam.
type program struct {
	t       *testing.T
	cmd     *exec.Cmd
	address *url.URL // what it says to open
	exited  chan struct{}

	output, faults lockedBuffer // without the first line of the output
}

// start runs the program on a free loopback port and waits until it says where
// it serves. A flag --listen in args goes before.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	return startWith(t, nil, args...)
}

// startWith is start with standard input.
func startWith(t *testing.T, stdin io.Reader, args ...string) *program {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"--listen", "127.0.0.1:0"}, args...)...)
	cmd.Stdin = stdin
	return startCommand(t, cmd)
}

// startCommand is start with a command that becomes the program.
func startCommand(t *testing.T, cmd *exec.Cmd) *program {
	t.Helper()
	p := &program{t: t, cmd: cmd, exited: make(chan struct{})}
	p.cmd.Stderr = &p.faults
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := make(chan string, 1)
	go func() {
		defer close(p.exited)
		r := bufio.NewReader(out)
		line, _ := r.ReadString('\n')
		first <- line
		io.Copy(&p.output, r)
		p.cmd.Wait() // the exit code is asked of ProcessState
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.exited
	})
	select {
	case line := <-first:
		_, address, ok := strings.Cut(strings.TrimSpace(line), " serves on ")
		if !ok {
			<-p.exited
			t.Fatalf("it says %q and %q", line, p.faults.String())
		}
		if p.address, err = url.Parse(address); err != nil {
			t.Fatal(err)
		}
	case <-time.After(deadline):
		t.Fatal("it does not say where it serves")
	}
	return p
}

// ends waits for the program to exit and returns its code.
func (p *program) ends() int {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(deadline):
		p.t.Fatal("it does not exit")
	}
	return p.cmd.ProcessState.ExitCode()
}

// host returns HOST:PORT for a client on this machine.
func (p *program) host() string { return "127.0.0.1:" + p.address.Port() }

// get returns the body at a path, and fails on any status but 200.
func (p *program) get(path string) string {
	p.t.Helper()
	r, err := http.Get("http://" + p.host() + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s %v %s", path, r.Status, err, body)
	}
	return string(body)
}

// listed is a stream as /api/streams tells.
type listed struct {
	Name, Source, Path, Condition, Reason string
	Lines, Bytes, Viewers                 int
}

// streams returns what /api/streams lists.
func (p *program) streams() []listed {
	p.t.Helper()
	var list struct{ Streams []listed }
	if err := json.Unmarshal([]byte(p.get("/api/streams")), &list); err != nil {
		p.t.Fatal(err)
	}
	return list.Streams
}

// until asks again and again whether something has become true.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not within %v", what, deadline)
		}
	}
}

// oneShot runs the program to its end.
func oneShot(t *testing.T, cmd *exec.Cmd) (code int, out, faults string) {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// command is the program with a deadline.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, binary, args...)
}

// appendTo adds text to a file, which it makes where there is none.
func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// need returns the path of a program that a test runs. Without it the test is
// skipped, or fails where TAILBEAM_REQUIRE_TOOLS is 1.
func need(t *testing.T, name, pack string) string {
	t.Helper()
	for _, dir := range []string{"", "/usr/sbin/"} {
		if path, err := exec.LookPath(dir + name); err == nil {
			return path
		}
	}
	if os.Getenv("TAILBEAM_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is missing: install %s", name, pack)
	}
	t.Skipf("%s is missing: install %s", name, pack)
	return ""
}

// lockedBuffer is a buffer that one goroutine may fill while another reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

// Write implements io.Writer.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns what was written so far.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// roundTrip sends a request as it is and returns the status and the body of
// the answer.
func roundTrip(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
