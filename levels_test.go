package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// A stack trace has the level of the line that it belongs to, whichever way one
// looks at it.
func TestContinuationLinesHaveTheLevelBeforeThem(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "banner\n2026-11-20T10:00:00Z ERROR failed\n  at frame 1\n  at frame 2\n"+
		"2026-11-20T10:00:01Z INFO fine\n  detail\n")
	p := start(t, "app="+file, "--timezone", "UTC")
	want := "banner= failed=error 1=error 2=error fine=info detail=info"
	said := func(lines []searchLine) string {
		var all []string
		for _, l := range lines {
			words := strings.Fields(l.Line)
			all = append(all, words[len(words)-1]+"="+l.Level)
		}
		return strings.Join(all, " ")
	}
	records := func(path string) (lines []searchLine) {
		for text := range strings.Lines(p.get(path)) {
			var l searchLine
			if err := json.Unmarshal([]byte(text), &l); err != nil {
				t.Fatal(err)
			}
			if l.Line != "" {
				lines = append(lines, l)
			}
		}
		return lines
	}
	for _, path := range []string{"/tail/app?n=all&follow=0&format=ndjson", "/tail/app?n=all&wait=30s&format=ndjson", "/api/search/app?order=oldest"} {
		if got := said(records(path)); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	for n := 1; n <= 6; n++ {
		last := strings.Join(strings.Fields(want)[6-n:], " ")
		page := p.lines(fmt.Sprint("limit=", n))
		var lines []searchLine
		for _, l := range page.Lines {
			lines = append(lines, searchLine{Line: l.Line, Level: l.Level})
		}
		if got := said(lines); got != last {
			t.Errorf("a page of %d: %s", n, got)
		}
		if got := said(records(fmt.Sprintf("/tail/app?n=%d&follow=0&format=ndjson", n))); got != last {
			t.Errorf("the last %d: %s", n, got)
		}
	}
	if got := p.get("/api/download/app?level=error"); !strings.HasSuffix(got, "at frame 2\n") || strings.Contains(got, "fine") {
		t.Errorf("downloaded: %q", got)
	}
	var histogram struct {
		Buckets []struct{ Levels map[string]int }
	}
	if err := json.Unmarshal([]byte(p.get("/api/histogram/app?since=2026-11-20T10:00:00Z&until=2026-11-20T10:00:02Z&buckets=2")), &histogram); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(histogram.Buckets); got != "[{map[error:3]} {map[info:2]}]" {
		t.Errorf("histogram: %s", got)
	}
}
