//go:build unix

package main

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// example returns the code of a language in docs/scripting.md under a heading,
// for the stream app of a program.
func example(t *testing.T, p *program, heading, language string) string {
	t.Helper()
	text, err := os.ReadFile("docs/scripting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, ok := strings.Cut(string(text), "\n## "+heading+"\n")
	_, part, fenced := strings.Cut(part, "\n```"+language+"\n")
	code, _, closed := strings.Cut(part, "\n```\n")
	if !ok || !fenced || !closed {
		t.Fatalf("docs/scripting.md has no %s under %q", language, heading)
	}
	if !strings.Contains(code, "127.0.0.1:8080") || !strings.Contains(code, "var/log/syslog") {
		t.Fatalf("%s: it does not name the server and the stream", heading)
	}
	return strings.ReplaceAll(strings.ReplaceAll(code, "127.0.0.1:8080", p.host()), "var/log/syslog", "app")
}

// The examples print the last lines and what comes, and go on after a restart
// of the server where they say so.
func TestExamplesOfScripts(t *testing.T) {
	for _, test := range []struct {
		heading, language string
		program, pack     string
		arguments         []string
		resumes           os.Signal // behind which end of the server, or nil
	}{
		{"curl", "sh", "curl", "curl", []string{"sh", "-c"}, nil},
		{"curl that goes on", "sh", "curl", "curl", []string{"sh", "-c"}, syscall.SIGTERM},
		{"A long poll in a shell", "sh", "curl", "curl", []string{"sh", "-c"}, syscall.SIGKILL},
		{"Python, without a package", "python", "python3", "python3", []string{"python3", "-c"}, syscall.SIGKILL},
		{"A WebSocket in Node", "js", "node", "nodejs", []string{"node", "--experimental-websocket", "--input-type=module", "-e"}, nil},
	} {
		t.Run(test.heading, func(t *testing.T) {
			need(t, test.program, test.pack)
			if test.language == "js" {
				needNodeSocket(t)
			}
			file := filepath.Join(t.TempDir(), "app.log")
			appendTo(t, file, joined(lines(0, 20)))
			p := start(t, "app="+file)
			address := p.host()
			var out, faults lockedBuffer
			cmd := exec.Command(test.arguments[0], append(test.arguments[1:], example(t, p, test.heading, test.language))...)
			cmd.Stdout, cmd.Stderr = &out, &faults
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
				cmd.Wait()
				if t.Failed() {
					t.Logf("%q %q", out.String(), faults.String())
				}
			})
			prints := func(want []string) {
				t.Helper()
				until(t, "it prints "+want[len(want)-1], func() bool { return out.String() == joined(want) })
			}
			prints(lines(10, 20))
			appendTo(t, file, "more\n")
			want := append(lines(10, 20), "more")
			prints(want)
			if test.resumes == nil {
				return
			}
			if err := p.cmd.Process.Signal(test.resumes); err != nil {
				t.Fatal(err)
			}
			<-p.exited
			appendTo(t, file, "while away\n")
			start(t, "--listen", address, "app="+file)
			appendTo(t, file, "again\n")
			prints(append(want, "while away", "again"))
		})
	}
}

func TestExampleOfWhatIsThere(t *testing.T) {
	need(t, "curl", "curl")
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, joined(lines(0, 120))+"no end")
	p := start(t, "app="+file)
	out, err := exec.Command("sh", "-c", example(t, p, "curl, once", "sh")).Output()
	if err != nil || string(out) != "101\n" {
		t.Errorf("%v, %q", err, out)
	}
}

// needNodeSocket skips where Node has no WebSocket.
func needNodeSocket(t *testing.T) {
	if exec.Command("node", "--experimental-websocket", "-e", "new WebSocket('ws://127.0.0.1:1').onerror = () => {}").Run() != nil {
		t.Skip("this Node has no WebSocket: install nodejs 22")
	}
}

// The page of the example stands behind the same address, as it says.
func TestExampleOfEventSource(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, joined(lines(0, 20)))
	p := start(t, "app="+file)
	page := strings.ReplaceAll(example(t, p, "A browser", "html"), "http://"+p.host(), "")
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: p.host()}) },
		// While the server is away the connection breaks, as it would without a proxy.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:     log.New(io.Discard, "", 0),
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			io.WriteString(w, page)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { front.CloseClientConnections(); front.Close() })
	tab := open(t, front.URL)
	tab.shows("#lines", joined(lines(10, 20)))
	appendTo(t, file, "more\n")
	want := append(lines(10, 20), "more")
	tab.shows("#lines", joined(want))
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.exited
	appendTo(t, file, "while away\n")
	start(t, "--listen", p.host(), "app="+file)
	tab.shows("#lines", joined(append(want, "while away")))
}
