package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestReadinessTellsTheConditionOfEachSource(t *testing.T) {
	dir := t.TempDir()
	appendTo(t, filepath.Join(dir, "app.log"), "one\n")
	p := start(t, "app="+filepath.Join(dir, "app.log"), "later="+filepath.Join(dir, "later.log"), filepath.Join(dir, "*.none"))
	r, body := p.fetch("/readyz")
	said := string(body)
	for _, want := range []string{"ready: 2 streams\n", "app: live\n", "later: waiting: ", "*.none: waiting: no file matches yet\n"} {
		if r.StatusCode != 200 || !strings.Contains(said, want) {
			t.Errorf("%s %q lacks %q", r.Status, said, want)
		}
	}
	if r, body := p.fetch("/readyz?x=1"); r.StatusCode != 400 {
		t.Errorf("%s %q", r.Status, body)
	}
	locked := start(t, "--listen", "0.0.0.0:0", "app="+filepath.Join(dir, "app.log"))
	if r, body := locked.fetch("/readyz"); r.StatusCode != 200 || string(body) != "ready: 1 streams\n" {
		t.Errorf("without the token: %s %q", r.Status, body)
	}
}
