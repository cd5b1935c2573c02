package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// searchLine is any line of an answer of /api/search.
type searchLine struct {
	Cursor, Line, Level, Time, Done, Error string
	Before, After                          []string
	Progress                               *struct {
		ScannedTo string `json:"scanned_to"`
		Bytes     int64
		Matches   int
	}
}

// searched returns the hits of a search, and what the last two lines say.
func (p *program) searched(query string) (hits []searchLine, last searchLine) {
	p.t.Helper()
	for text := range strings.Lines(p.get("/api/search/app?" + query)) {
		var l searchLine
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			p.t.Fatalf("%q: %v", text, err)
		}
		switch {
		case l.Progress != nil:
			last.Progress = l.Progress
		case l.Cursor != "":
			hits = append(hits, l)
		default:
			last.Done, last.Error = l.Done, l.Error
		}
	}
	return hits, last
}

// stamped writes a line for each minute of an hour.
func stamped(hour int) string {
	var b strings.Builder
	for minute := range 60 {
		level := "INFO"
		if minute%10 == 7 {
			level = "ERROR"
		}
		fmt.Fprintf(&b, "2026-11-20T%02d:%02d:00Z %s request <%d> done\n  at frame\n", hour, minute, level, hour*60+minute)
	}
	return b.String()
}

func TestSearchThroughAllOfHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file+".2", stamped(10))
	compress(t, file+".2")
	appendTo(t, file+".1", stamped(11))
	appendTo(t, file, stamped(12)+"not finished")
	p := start(t, "app="+file, "--timezone", "UTC")
	for query, want := range map[string]string{
		"q=ERROR&limit=2":                                  "777 767 limit",
		"q=error&case=ignore&order=oldest&limit=2":         "607 617 limit",
		"q=" + url.QueryEscape(`<6\d7>`) + "&order=oldest": "607 617 627 637 647 657 667 677 687 697 exhausted",
		"q=" + url.QueryEscape("<615>") + "&literal=1":     "615 exhausted",
		"level=error&not=frame&order=oldest&since=2026-11-20T11:30:00Z&until=2026-11-20T12:08:00Z": "697 707 717 727 exhausted",
		"q=done&since=2026-11-20T12:58:00Z": "779 778 exhausted",
		"q=unfindable":                      "exhausted",
		"q=ERROR&count=0&limit=1":           "777 limit",
	} {
		hits, last := p.searched(query)
		got := ""
		for _, h := range hits {
			_, number, _ := strings.Cut(h.Line, "<")
			number, _, _ = strings.Cut(number, ">")
			got += number + " "
		}
		if got += last.Done; got != want || last.Progress == nil || last.Progress.Matches != len(hits) {
			t.Errorf("%s: %s, want %s; %+v", query, got, want, last)
		}
	}
	hits, _ := p.searched("q=" + url.QueryEscape("<660>") + "&context=2,1")
	if len(hits) != 1 || len(hits[0].Before) != 2 || hits[0].Before[1] != "  at frame" || !strings.Contains(hits[0].Before[0], "<659>") ||
		len(hits[0].After) != 1 || hits[0].Level != "info" || hits[0].Time != "2026-11-20T11:00:00Z" {
		t.Errorf("with context: %+v", hits)
	}
	if hits, _ := p.searched("q=finished"); len(hits) != 1 || hits[0].Line != "not finished" {
		t.Errorf("a line without an end: %+v", hits)
	}
	if hits, last := p.searched("q=ERROR&count=1"); len(hits) != 0 || last.Progress.Matches != 18 || last.Done != "exhausted" {
		t.Errorf("counted: %+v %+v", hits, last)
	}
	// A hit opens in its place, and a search goes on from one.
	if more, _ := p.searched("q=done&order=oldest&limit=1&after=" + hits[0].Cursor); len(more) != 1 || more[0].Line != hits[0].Line {
		t.Errorf("from a hit on: %+v", more)
	}
	v := dialGobwas(t, "ws://"+p.host()+"/ws/app?from="+hits[0].Cursor)
	expect(t, v, hits[0].Line)
}

// A line that is not UTF-8 reads the same wherever it is read, and is found by
// what is read.
func TestHitsReadAsLinesDo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "a\xff\xfe b\xe2\x82 \xed\xa0\x80\n\xc3\xc3\n")
	p := start(t, "app="+file)
	want := []string{"a\ufffd\ufffd b\ufffd \ufffd\ufffd\ufffd", "\ufffd\ufffd"}
	if _, text := p.fetch("/tail/app?follow=0"); string(text) != joined(want) {
		t.Errorf("as text: %q", text)
	}
	var page struct{ Lines []struct{ Line string } }
	if err := json.Unmarshal([]byte(p.get("/api/lines/app")), &page); err != nil || len(page.Lines) != 2 || page.Lines[0].Line != want[0] || page.Lines[1].Line != want[1] {
		t.Errorf("as a page: %v %q", err, page)
	}
	hits, _ := p.searched("context=1&order=oldest&q=" + url.QueryEscape("a\ufffd\ufffd b"))
	if len(hits) != 1 || hits[0].Line != want[0] || len(hits[0].After) != 1 || hits[0].After[0] != want[1] {
		t.Errorf("as a hit: %+v", hits)
	}
}

func TestBadSearchesAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\n")
	p := start(t, "app="+file)
	for query, says := range map[string]string{
		"q=(":                    "missing closing ) at character 1",
		"q=a&q=b":                "q: is given twice",
		"q=":                     "q: is empty",
		"not=[":                  "not: missing closing ]",
		"q=a&order=best":         `order: "best" is not known`,
		"q=a&case=both":          `case: "both" is not known`,
		"q=a&literal=yes":        `literal: "yes" is not known`,
		"q=a&context=1000":       "context:",
		"q=a&context=1,x":        "context:",
		"q=a&limit=0":            "limit:",
		"q=a&level=loud":         "level:",
		"q=a&count=yes":          "count:",
		"q=a&count=1&limit=5":    "count, limit:",
		"q=a&count=1&context=5":  "count, context:",
		"q=a&since=yesterdayish": "since:",
		"q=a&since=1h":           "n instead", // no stamps
		"q=a&before=x":           "before:",
		"q=a&after=x&since=1h":   "after",
		"q=a&grep=b":             "unknown parameter",
		"q=a{1000}{1000}":        "q:",
	} {
		r, err := http.Get("http://" + p.host() + "/api/search/app?" + strings.NewReplacer("(", "%28", "[", "%5B", "{", "%7B", "}", "%7D").Replace(query))
		if err != nil {
			t.Fatal(err)
		}
		var body struct{ Error string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || r.StatusCode != http.StatusBadRequest || !strings.Contains(body.Error, says) {
			t.Errorf("%s: %s %q, want %q", query, r.Status, body.Error, says)
		}
		r.Body.Close()
	}
}

// Clients that do not read hold their searches; others are told to wait.
func TestSearchesAreBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, strings.Repeat(strings.Repeat("x", 8000)+"\n", 8000))
	p := start(t, "app="+file)
	search := func() (*http.Response, error) {
		return http.Get("http://" + p.host() + "/api/search/app?q=x&limit=10000")
	}
	var held []*http.Response
	for {
		r, err := search()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if r.StatusCode == http.StatusTooManyRequests {
			if r.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			break
		}
		if held = append(held, r); len(held) > 100 {
			t.Fatal("no end of searches")
		}
	}
	if len(held) < 2 {
		t.Errorf("%d searches at once", len(held))
	}
	// One that leaves makes room, and what was held goes on.
	held[0].Body.Close()
	until(t, "there is room", func() bool {
		r, err := search()
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
	lines, body := 0, bufio.NewScanner(held[1].Body)
	body.Buffer(nil, 1<<20)
	for body.Scan() {
		if strings.HasPrefix(body.Text(), `{"cursor"`) {
			lines++
		}
	}
	if lines != 8000 {
		t.Errorf("%d lines, %v", lines, body.Err())
	}
}
