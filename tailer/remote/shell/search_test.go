package shell

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestSearchOutlivesTheScript has files looked for that take longer to be found
// than the script lives without being told to: it is told meanwhile, and what is
// asked next is answered.
func TestSearchOutlivesTheScript(t *testing.T) {
	dir := t.TempDir()
	stub := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	stub("sleep", "exec /bin/sleep 3") // instead of 50
	stub("find", "/bin/sleep 5; printf 'a\\000b\\000'")
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	for _, shell := range shells {
		t.Run(shell, func(t *testing.T) {
			if located(t, shell); shell == "yash" {
				t.Skip("it waits for what was started in a way of its own")
			}
			t.Parallel()
			s, _ := startBehind(t, shell, idle, func(s *Streams) { s.Patience = time.Second })
			fsys := files(s)
			found, err := fsys.Search(Below, dir, "*")
			if err != nil || !slices.Equal(found, []string{"a", "b"}) {
				t.Errorf("found %q, %v", found, err)
			}
			if found, err = fsys.Search(Match, dir+"/f*", ""); err != nil || !slices.Equal(found, []string{filepath.Join(dir, "find")}) {
				t.Errorf("found %q, %v", found, err)
			}
			if _, err := fsys.Stat(dir); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestScriptThatWasInstalled does not know how to search: it finds in its way.
func TestScriptThatWasInstalled(t *testing.T) {
	s := run(t, "/bin/sh", idle)
	s.facts.version = 1
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := files(s).Search(Below, dir, "*"); err != nil || !slices.Equal(found, []string{path}) {
		t.Errorf("found %q, %v", found, err)
	}
}
