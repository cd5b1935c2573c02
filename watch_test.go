package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// watcher is a running tailbeam watch.
type watcher struct {
	t              *testing.T
	cmd            *exec.Cmd
	output, faults lockedBuffer
	exited         chan struct{}
}

// watchers runs tailbeam watch with args, against a server unless that is nil.
func watchWith(t *testing.T, p *program, args ...string) *watcher {
	t.Helper()
	w := &watcher{t: t, cmd: exec.Command(binary, append([]string{"watch"}, args...)...), exited: make(chan struct{})}
	w.cmd.Env = append(os.Environ(), "TZ=UTC")
	if p != nil {
		w.cmd.Env = append(w.cmd.Env, "TAILBEAM_URL=http://"+p.host()+"/")
	}
	w.cmd.Stdout, w.cmd.Stderr = &w.output, &w.faults
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(w.exited)
		w.cmd.Wait() // the exit code is asked of ProcessState
	}()
	t.Cleanup(func() {
		w.cmd.Process.Kill()
		<-w.exited
	})
	return w
}

// says waits until the output is what is wanted.
func (w *watcher) says(want string) {
	w.t.Helper()
	until(w.t, fmt.Sprintf("%q", want), func() bool { return w.output.String() == want })
}

// tells waits until standard error holds a text.
func (w *watcher) tells(want string) {
	w.t.Helper()
	until(w.t, fmt.Sprintf("word of %q", want), func() bool { return strings.Contains(w.faults.String(), want) })
}

// ends waits for the end and returns the exit code.
func (w *watcher) ends() int {
	w.t.Helper()
	until(w.t, "its end", func() bool {
		select {
		case <-w.exited:
			return true
		default:
			return false
		}
	})
	return w.cmd.ProcessState.ExitCode()
}

func TestWatchFollows(t *testing.T) {
	dir := t.TempDir()
	app, web := filepath.Join(dir, "app"), filepath.Join(dir, "web.log")
	appendTo(t, app, "1 \x1b[31mred\x1b[0m\x1b[2J\n2\r\n")
	appendTo(t, web, "w1\n")
	p := start(t, "app="+app, "web.log="+web)
	one := watchWith(t, p, "app", "--colour", "never")
	one.says("1 \x1b[31mred\x1b[0m\n2\n")
	appendTo(t, app, "3\n\n")
	one.says("1 \x1b[31mred\x1b[0m\n2\n3\n\n")

	last := watchWith(t, p, "-n", "1", "app", "web.log")
	until(t, "both streams", func() bool { return strings.Count(last.output.String(), "\n") == 2 })
	appendTo(t, web, "w2\n")
	until(t, "a line of web.log", func() bool { return strings.HasSuffix(last.output.String(), "web.log | w2\n") })
	if out := last.output.String(); !strings.Contains(out, "app     | \n") || !strings.Contains(out, "web.log | w1\n") {
		t.Errorf("several streams: %q", out)
	}

	raw := watchWith(t, nil, "--raw", "--backlog=all", "http://"+p.host()+"/s/app")
	raw.says("1 \x1b[31mred\x1b[0m\x1b[2J\n2\n3\n\n")
	if p.ended(); p.cmd.ProcessState.ExitCode() != 0 {
		t.Error("the server did not end well")
	}
	one.tells("connecting again")
}

// ended stops a program.
func (p *program) ended() int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	return p.ends()
}

func TestWatchWritesRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, path, "2026-11-21T10:00:00Z ERROR <&> \x1b[2J\nat x\n")
	p := start(t, "app="+path)
	w := watchWith(t, p, "--json", "app")
	until(t, "two lines", func() bool { return strings.Count(w.output.String(), `"line"`) == 2 })
	type record struct{ Stream, Cursor, Line, Time, Level string }
	var got []record
	for text := range strings.Lines(w.output.String()) {
		var r record
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if r.Cursor != "" {
			got = append(got, r)
		}
	}
	if got[0].Line != "2026-11-21T10:00:00Z ERROR <&> \x1b[2J" || got[0].Stream != "app" || got[0].Time != "2026-11-21T10:00:00Z" || got[0].Level != "error" {
		t.Errorf("first: %+v", got[0])
	}
	if got[1].Line != "at x" || got[1].Time != "" || got[1].Level != "error" {
		t.Errorf("second, which has the level of the first: %+v", got[1])
	}
	expect(t, dialCoder(t, "ws://"+p.host()+"/ws/app?from="+got[0].Cursor), got[1].Line)
}

// Each line comes once, of every stream, although the server dies.
func TestWatchGoesOnAfterARestart(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	appendTo(t, a, "1\n2\n")
	appendTo(t, b, "1\n")
	p := start(t, "a="+a, "b="+b)
	w := watchWith(t, p, "a", "b", "-n", "1")
	says := func(want ...string) {
		t.Helper()
		until(t, fmt.Sprint(want), func() bool {
			got := strings.Fields(strings.ReplaceAll(w.output.String(), " | ", "|"))
			slices.Sort(got)
			return slices.Equal(got, want)
		})
	}
	says("a|2", "b|1")
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.exited
	appendTo(t, a, "3\n")
	appendTo(t, b, "2\n3\n")
	w.tells("connecting again")
	start(t, "--listen", p.host(), "a="+a, "b="+b)
	says("a|2", "a|3", "b|1", "b|2", "b|3")
	w.tells("connected again; going on behind the last line")
	appendTo(t, a, "4\n")
	says("a|2", "a|3", "a|4", "b|1", "b|2", "b|3")
}

func TestWatchEnds(t *testing.T) {
	stdin, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, path, "1\n")
	p := startWith(t, stdin, "-", "app="+path)
	stdin.Close()
	w := watchWith(t, p, "stdin")
	fmt.Fprint(writer, "a\nb")
	writer.Close()
	if code := w.ends(); code != done || w.output.String() != "a\nb\n" {
		t.Errorf("the end of a stream: %d %q %s", code, w.output.String(), w.faults.String())
	}
	for _, test := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"nope"}, failed, "nope"},
		{[]string{"http://127.0.0.1:1/"}, failed, "127.0.0.1:1"},
		{[]string{"http://" + p.host() + "/s/nope"}, failed, "nope"},
		{[]string{"--level", "loud", "app"}, failed, "loud"},
		{[]string{"--backlog", "-3", "app"}, usage, "backlog"},
		{[]string{"--json", "--raw", "app"}, usage, "not both"},
		{[]string{"ftp://x/"}, usage, "ftp://x/"},
		{[]string{"--colour", "sometimes"}, usage, "auto"},
	} {
		w := watchWith(t, p, test.args...)
		if code := w.ends(); code != test.code || !strings.Contains(w.faults.String(), test.says) || strings.Count(w.faults.String(), "\n") != 1 {
			t.Errorf("%q: %d %q, want %d and a line with %q", test.args, code, w.faults.String(), test.code, test.says)
		}
	}
	if runtime.GOOS == "windows" {
		return // no such signals
	}
	w = watchWith(t, p, "app")
	w.says("1\n")
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := w.ends(); code != interrupted || w.faults.String() != "" {
		t.Errorf("interrupted: %d %q", code, w.faults.String())
	}
}

func TestWatchInAPipe(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell")
	}
	path := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, path, "1\n2\n3\n")
	p := start(t, "app="+path)
	// Nothing is written to the file while head ends: that must be noticed.
	cmd := exec.Command("sh", "-c", `"$0" watch app | head -n 2`, binary)
	cmd.Env = append(os.Environ(), "TAILBEAM_URL=http://"+p.host())
	var faults bytes.Buffer
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err != nil || string(out) != "1\n2\n" || faults.Len() > 0 {
		t.Errorf("%v %q %q", err, out, faults.String())
	}
}

// Whatever a line holds, jq reads it, and no terminal obeys it.
func TestWatchPipedIntoJq(t *testing.T) {
	need(t, "jq", "jq")
	odd := "quote \" back \\ tab\t nul\x00 esc \x1b[2J del\x7f eight \u009b2J turned \u202e \u2028 漢\rend"
	stdin, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := startWith(t, stdin, "app=-")
	stdin.Close()
	fmt.Fprint(writer, odd+"\nlast\n")
	writer.Close() // the stream ends, and so does the pipe
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.Command("sh", "-c", `"$0" watch --json app | tee "$1" | jq -j 'select(has("line")).line + "\n"'`, binary, out)
	cmd.Env = append(os.Environ(), "TAILBEAM_URL=http://"+p.host())
	got, err := cmd.CombinedOutput()
	if err != nil || string(got) != odd+"\nlast\n" {
		t.Errorf("%v %q", err, got)
	}
	if text, err := os.ReadFile(out); err != nil || bytes.ContainsAny(text, "\x00\x1b\x7f\r\u009b\u202e\u2028") {
		t.Errorf("%v %q", err, text)
	}
}

func TestWatchFilters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, path, "INFO a\nERROR a\nERROR b\nWARN a\n")
	p := start(t, "app="+path)
	watchWith(t, p, "app", "--grep", "a|b{1,1}", "--not", "INFO").says("ERROR a\nERROR b\nWARN a\n")
	watchWith(t, p, "app", "--level", "error").says("ERROR a\nERROR b\n")
	wrong := watchWith(t, p, "app", "--grep", "(")
	if code := wrong.ends(); code != failed || !strings.Contains(wrong.faults.String(), "grep") {
		t.Errorf("a wrong expression: %d %s", code, wrong.faults.String())
	}
}
