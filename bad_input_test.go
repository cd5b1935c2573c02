package main

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBadCommandLinesGetOneLineAndACode(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "app.log")
	appendTo(t, file, "one\n")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, test := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no source", nil, usage, "no source"},
		{"no source with a command", []string{"serve"}, usage, "no source"},
		{"no source to check", []string{"check"}, usage, "no source"},
		{"empty source", []string{""}, usage, "empty source"},
		{"port in use", []string{"--listen", taken.Addr().String(), file}, failed, "--listen"},
		{"two sources of one name", []string{"x=" + file, "x=" + dir + "/db.log"}, usage, "x"},
		{"directory as a file", []string{dir}, failed, "write " + dir + "/"},
		{"file as a directory", []string{file + "/"}, failed, "not a directory"},
		{"standard input twice", []string{"-", "x=-"}, failed, "once"},
		{"unknown flag", []string{"--follow", file}, usage, "--follow"},
		{"unknown flag after the source", []string{file, "--follow"}, usage, "--follow"},
		{"unknown flag of check", []string{"check", "--listen", ":1", file}, usage, "--listen"},
		{"no value", []string{file, "--listen"}, usage, "--listen"},
		{"bad listen", []string{"--listen", "8080", file}, usage, "HOST:PORT"},
		{"bad backlog", []string{"--backlog", "-1", file}, usage, "--backlog"},
		{"bad memory", []string{"--memory", "8M", file}, usage, "--memory"},
		{"too little memory", []string{"--memory", "1MiB", file}, usage, "4MiB"},
		{"bad level", []string{"--log-level", "loud", file}, usage, " --log-level"},
		{"bad encoding", []string{"--encoding", "ebcdic", file}, usage, "write utf-8, utf-16le"},
		{"no command", []string{"cmd:"}, usage, "write cmd:COMMAND"},
		{"two journals", []string{"journal:", "journal:"}, failed, "journal"},
		{"bad host", []string{"--allowed-host", "http://x", file}, usage, "allowed host"},
		{"bad public URL", []string{"--public-url", "example.org", file}, usage, "public URL"},
		{"bad glob", []string{dir + "/[a"}, usage, "glob"},
		{"remote", []string{"web1:var/log/syslog"}, usage, "absolute path"},
		{"version with more", []string{"version", "x"}, usage, "no arguments"},
	} {
		code, out, faults := oneShot(t, command(t, test.args...))
		if code != test.code || out != "" || strings.Count(faults, "\n") != 1 || !strings.Contains(faults, test.says) {
			t.Errorf("%s: code %d, %q, %q; want %d and %q", test.name, code, out, faults, test.code, test.says)
		}
		if !strings.HasPrefix(faults, "tailbeam: ") || test.code == usage && !strings.HasSuffix(faults, "; see tailbeam --help\n") {
			t.Errorf("%s: %q", test.name, faults)
		}
	}
}

func TestBadVariablesGetOneLineAndACode(t *testing.T) {
	for variable, says := range map[string]string{
		"TAILBEAM_BACKLOG=x":              "TAILBEAM_BACKLOG",
		"TAILBEAM_INSECURE_NO_AUTH=maybe": "TAILBEAM_INSECURE_NO_AUTH",
		"TAILBEAM_LISTEN=8080":            "HOST:PORT",
	} {
		cmd := command(t, "app.log")
		cmd.Env = append(os.Environ(), variable)
		if code, out, faults := oneShot(t, cmd); code != usage || out != "" || strings.Count(faults, "\n") != 1 || !strings.Contains(faults, says) {
			t.Errorf("%s: code %d, %q, %q", variable, code, out, faults)
		}
	}
}

func TestDirectoryWithoutPermission(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "closed")
	if err := os.Mkdir(dir, 0o000); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, dir+"/")
	unprivileged(t, cmd)
	code, out, faults := oneShot(t, cmd)
	if code != failed || out != "" || strings.Count(faults, "\n") != 1 || !strings.Contains(faults, dir) || !strings.Contains(faults, "permission") {
		t.Errorf("code %d, %q, %q", code, out, faults)
	}
}

func TestGlobThatMatchesNothingYetWaits(t *testing.T) {
	dir := t.TempDir()
	glob := filepath.Join(dir, "*.log")
	p := start(t, glob)
	until(t, "it says that it waits", func() bool {
		return strings.Contains(p.output.String(), glob) && strings.Contains(p.output.String(), "waiting")
	})
	appendTo(t, filepath.Join(dir, "app.log"), "one\n")
	until(t, "the stream is listed", func() bool { return len(p.streams()) == 1 })
}

func TestBadRequestsOfTheRunningProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\n")
	p := start(t, "app="+file)
	const wanted = "dGhlIHNhbXBsZSBub25jZQ=="
	for _, test := range []struct {
		path   string
		header []string
		status int
		says   string
	}{
		{"/ws/nope", nil, http.StatusNotFound, "nope"},
		{"/ws/app?n=x", nil, http.StatusBadRequest, "n:"},
		{"/ws/app?nope=x", nil, http.StatusBadRequest, "nope"},
		{"/ws", nil, http.StatusBadRequest, "no stream is named"},
		{"/ws", []string{"Upgrade", ""}, http.StatusUpgradeRequired, "WebSocket"},
		{"/ws/app", []string{"Upgrade", ""}, http.StatusUpgradeRequired, "WebSocket"},
		{"/ws/app", []string{"Host", "evil.example"}, http.StatusForbidden, "--allowed-host"},
		{"/ws/app", []string{"Origin", "http://evil.example"}, http.StatusForbidden, "--public-url"},
		{"/ws/app", []string{"Origin", "null"}, http.StatusForbidden, "--public-url"},
		{"/ws/app", []string{"Sec-WebSocket-Protocol", "tailbeam.v1"}, http.StatusBadRequest, "/ws alone"},
		{"/", []string{"Upgrade", "", "Host", "evil.example"}, http.StatusForbidden, "--allowed-host"},
		{"/api/streams", []string{"Upgrade", "", "Origin", "http://127.0.0.1"}, http.StatusForbidden, "--public-url"},
		{"/nothing", []string{"Upgrade", ""}, http.StatusNotFound, "/nothing"},
		{"/nothing", nil, http.StatusNotFound, "/nothing"},
	} {
		r, err := http.NewRequest("GET", "http://"+p.host()+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		header := append([]string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", wanted}, test.header...)
		for i := 0; i < len(header); i += 2 {
			if header[i] == "Host" {
				r.Host = header[i+1]
			}
			r.Header.Set(header[i], header[i+1])
		}
		if r.Header.Get("Upgrade") == "" {
			r.Header.Del("Upgrade")
			r.Header.Del("Connection")
		}
		status, body := roundTrip(t, r)
		if status != test.status || strings.Count(body, "\n") != 1 || !strings.Contains(body, test.says) {
			t.Errorf("%s %q: %d %q, want %d %q", test.path, test.header, status, body, test.status, test.says)
		}
	}
}
