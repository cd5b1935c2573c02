package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The page says how the host of a file is, with the words of the other side and when
// the next try is, and shows the lines when it is back.
func TestPageTellsHowAHostIs(t *testing.T) {
	s := nearby(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "app.log")
	appendTo(t, file, "line 0\n")
	p := startAs(t, s, "app=web1:"+file, "late=web1:"+filepath.Join(dir, "late.log"))
	b := open(t, p.address.String()+"?stream=app")
	b.shows("#state", "live")
	b.ends("line 0")
	ask[any](b, `document.querySelector('[data-stream="late"]').click()`)
	b.shows("#state", "waiting")
	b.shows("#state-reason", "no such file")
	ask[any](b, `document.querySelector('[data-stream="app"]').click()`)
	b.shows("#state", "live")

	s.Down()
	b.shows("#state", "waiting")
	b.shows("#state-reason", "unreachable: connection refused; next try in ")
	known := s.Read(t, s.Known())
	must(t, os.WriteFile(s.Known(), nil, 0o600))
	appendTo(t, file, "line 1\n")
	s.Up(t)
	b.shows("#state", "failed")
	b.shows("#state-reason", "SHA256:")
	must(t, os.WriteFile(s.Known(), []byte(known), 0o600))
	b.shows("#state", "live")
	b.ends("line 1")

	allowed := s.Read(t, s.File("authorized_keys"))
	s.Write(t, "authorized_keys", "")
	s.Cut()
	b.shows("#state", "failed")
	b.shows("#state-reason", fmt.Sprintf("does not let %s in", s.User))
	s.Write(t, "authorized_keys", allowed)
}
