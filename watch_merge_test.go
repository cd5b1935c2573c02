package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// The first lines of several streams come in the order of their times, with
// what belongs to them; those of streams without times, stream by stream.
func TestWatchMergesTheBacklog(t *testing.T) {
	dir := t.TempDir()
	a, b, c := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "c")
	appendTo(t, a, "2026-11-20T10:00:00Z a1\n  of a1\n2026-11-20T10:00:02Z a2\n2026-11-20T10:00:01Z a3, late\n2026-11-20T10:00:05Z a4\n")
	appendTo(t, b, "2026-11-20T10:00:01Z b1\n2026-11-20T10:00:03Z b2\n  of b2\n")
	appendTo(t, c, "no time\n")
	p := start(t, "a="+a, "b="+b, "c="+c)
	texts := func(out string) (lines []string) {
		for text := range strings.Lines(out) {
			fields := strings.Fields(strings.TrimPrefix(text[strings.Index(text, "|")+1:], " 2026-11-20T"))
			lines = append(lines, fields[len(fields)-1])
		}
		return lines
	}
	merged := "a1 a1 b1 a2 late b2 b2 a4"
	two := watchWith(t, p, "a", "b")
	until(t, "all lines", func() bool { return strings.Count(two.output.String(), "\n") >= 8 })
	if got := strings.Join(texts(two.output.String()), " "); got != merged {
		t.Errorf("merged: %s, want %s", got, merged)
	}
	appendTo(t, a, "2026-11-20T09:00:00Z live\n")
	until(t, "a live line", func() bool { return strings.HasSuffix(two.output.String(), "a | 2026-11-20T09:00:00Z live\n") })

	all := watchWith(t, p, "b", "c", "a", "-n", "5")
	until(t, "all lines", func() bool { return strings.Count(all.output.String(), "\n") >= 9 })
	if got := strings.Join(texts(all.output.String()), " "); got != "b1 b2 b2 time a1 a2 late a4 live" {
		t.Errorf("stream by stream: %s", got)
	}

	records := watchWith(t, p, "--json", "--since", "2026-11-20T10:00:01Z", "a", "b")
	until(t, "all records", func() bool { return strings.Count(records.output.String(), `"line"`) >= 7 })
	var got []string
	for text := range strings.Lines(records.output.String()) {
		var r struct{ Line string }
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		if words := strings.Fields(r.Line); len(words) > 0 {
			got = append(got, words[len(words)-1])
		}
	}
	if said := strings.Join(got, " "); said != "b1 a2 late b2 b2 a4 live" {
		t.Errorf("records: %s", said)
	}
}
