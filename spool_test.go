package main

import (
	"net/http"
	"strings"
	"testing"
)

// A stream of which nothing is kept says so on every route about the past, and
// is followed all the same.
func TestWithoutAHistory(t *testing.T) {
	p := startWith(t, strings.NewReader("one\ntwo\n"), "--spool", "0", "-")
	until(t, "the end of input", func() bool { return p.streams()[0].Condition == "ended" })
	for _, path := range []string{"lines", "extent", "histogram", "search", "download"} {
		r, body := p.fetch("/api/" + path + "/stdin")
		if r.StatusCode != http.StatusNotFound || !strings.Contains(string(body), `\"stdin\" has no history: `) || !strings.Contains(string(body), "--spool") {
			t.Errorf("%s: %s %s", path, r.Status, body)
		}
	}
	if body := p.get("/tail/stdin?n=all&follow=0"); body != "one\ntwo\n" {
		t.Errorf("followed: %q", body)
	}
}
