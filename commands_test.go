package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHelpNamesEveryFlag(t *testing.T) {
	code, out, faults := oneShot(t, command(t, "--help"))
	if code != done || faults != "" {
		t.Fatalf("code %d, %q", code, faults)
	}
	for _, f := range serveFlags() {
		if !strings.Contains(out, "--"+f.Names()[0]+" ") {
			t.Errorf("no --%s in the help", f.Names()[0])
		}
	}
	for _, word := range []string{"Sources:", "Examples:", "Exit codes:", "TAILBEAM_", "check", "version"} {
		if !strings.Contains(out, word) {
			t.Errorf("no %s in the help", word)
		}
	}
	for _, args := range [][]string{{"help"}, {"-h"}, {"help", "serve"}, {"serve", "--help"}, {"check", "--help"}} {
		if code, out, faults := oneShot(t, command(t, args...)); code != done || faults != "" || !strings.Contains(out, "sage") {
			t.Errorf("%s: code %d, %q %q", args, code, out, faults)
		}
	}
}

func TestVersion(t *testing.T) {
	for _, arg := range []string{"version", "--version", "-v"} {
		if code, out, faults := oneShot(t, command(t, arg)); code != done || faults != "" || !strings.HasPrefix(out, "tailbeam ") || strings.Count(out, "\n") != 1 {
			t.Errorf("%s: code %d, %q %q", arg, code, out, faults)
		}
	}
}

func TestCheckSaysWhatWouldBeServed(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "app.log")
	appendTo(t, file, "one\n")
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"all is well", []string{"app=" + file, dir + "/*.log"}, done, []string{"app", "live", "4 bytes"}},
		{"nothing yet", []string{dir + "/empty/"}, done, []string{"no file yet"}},
		{"one is missing", []string{file, dir + "/db.log"}, failed, []string{"app.log", "live", "db.log", "waiting", "no such file"}},
		{"directory as a file", []string{dir}, failed, []string{"is a directory"}},
		{"one name for two", []string{"app=" + file, "app=" + dir + "/db.log"}, usage, nil},
	} {
		code, out, faults := oneShot(t, command(t, append([]string{"check"}, test.args...)...))
		if code != test.code || (code == done) != (faults == "") || strings.Count(faults, "\n") > 1 {
			t.Errorf("%s: code %d, %q %q", test.name, code, out, faults)
		}
		for _, word := range test.says {
			if !strings.Contains(out, word) {
				t.Errorf("%s: no %q in %q", test.name, word, out)
			}
		}
	}
}

func TestVariablesStandForFlags(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, joined(lines(0, 20)))
	t.Setenv("TAILBEAM_BACKLOG", "3")
	t.Setenv("TAILBEAM_ALLOWED_HOST", "a.example,b.example")
	p := start(t, "app="+file)
	expect(t, dialCoder(t, "ws://"+p.host()+"/ws/app", "Host", "b.example"), lines(17, 20)...)
	q := start(t, "app="+file, "--backlog", "1")
	expect(t, dialGobwas(t, "ws://"+q.host()+"/ws/app", "Host", "a.example"), lines(19, 20)...)
}
