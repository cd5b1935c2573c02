package remote

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/local"
	"tailbeam/tailer/remote/sshd"
)

// TestPatternsAreTheSameInEveryShell looks for files whose names, and those of
// their directories, a shell takes for patterns.
func TestPatternsAreTheSameInEveryShell(t *testing.T) {
	t.Parallel()
	wanted := map[string][]string{
		"*.log":             {"[x].log", "a*.log", "ab.log", `back\slash.log`, "{y}.log"},
		`a\*.log`:           {"a*.log"},
		"a?.log":            {"a*.log", "ab.log"},
		`\[x\].log`:         {"[x].log"},
		"[a-c]*.log":        {"a*.log", "ab.log", `back\slash.log`},
		`back\\*`:           {`back\slash.log`},
		`\{y\}.log`:         {"{y}.log"},
		"{ab,sub/z,no}.log": {"ab.log", "sub/z.log"},
		".h*":               {".hidden.log"},
		"*/*":               {"sub/z.log"},
		"**/[az]*.log":      {"a*.log", "ab.log", "sub/z.log"},
	}
	for name, lines := range map[string][]string{
		"sh":   nil,
		"bash": {"ForceCommand exec bash -s"},
		"sftp": {"ForceCommand internal-sftp"},
	} {
		t.Run(name, func(t *testing.T) {
			server := sshd.Start(t, lines...)
			dir := filepath.Join(t.TempDir(), `a[b*c?d\e`)
			for _, name := range []string{"a*.log", "ab.log", "[x].log", `back\slash.log`, "{y}.log", ".hidden.log", "sub/z.log"} {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				write(t, path, "one\n")
			}
			err := Visit(t.Context(), server.Target(), Config{Dial: server.Options()}, func(v *Visitor) error {
				for pattern, want := range wanted {
					var found []string
					paths, err := v.List(&Find{Dir: dir, Pattern: pattern})
					for _, path := range paths {
						found = append(found, strings.TrimPrefix(path, dir+"/"))
					}
					slices.Sort(found)
					if err != nil || !slices.Equal(found, want) {
						t.Errorf("%s finds %q, %v, want %q", pattern, found, err, want)
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWhoFollowsDoesNotWaitForTrees has a search for files that takes for ever.
func TestWhoFollowsDoesNotWaitForTrees(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "find"), []byte("#!/bin/sh\n: >"+bin+"/called\nexec sleep 1000\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	server := sshd.Start(t, "SetEnv PATH="+bin+":"+os.Getenv("PATH"))
	path := filepath.Join(t.TempDir(), "app.log")
	write(t, path, "one\n")
	host := hosts(t, server).Host(server.Target())
	host.Find(&Find{Dir: "/", Pattern: "**/*.log", Changed: func() {}})
	r := newRecorder()
	host.Stream(path).Follow(r, local.Whole)
	r.awaitText(t, "one\n")
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(bin, "called")); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing is looked for")
		}
	}
	write(t, path, "two\n")
	r.awaitText(t, "one\ntwo\n")
}
