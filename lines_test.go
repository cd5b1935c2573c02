package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// page is an answer of /api/lines.
type page struct {
	Lines []struct {
		Cursor, Line, Time, Level string
		Bytes                     int
		Partial                   bool
	}
	Gaps          []struct{ At int }
	Generations   []struct{ At int }
	Before, After string
	Start, End    bool
}

// lines returns a page of the stream app.
func (p *program) lines(query string) (page page) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(p.get("/api/lines/app?"+query)), &page); err != nil {
		p.t.Fatal(err)
	}
	return page
}

func (p page) text() (lines []string) {
	for _, l := range p.Lines {
		lines = append(lines, l.Line)
	}
	return lines
}

// history is a file with two predecessors; it returns all of its lines.
func historyOf(t *testing.T, file string) []string {
	appendTo(t, file+".2", joined(lines(0, 1000)))
	compress(t, file+".2")
	appendTo(t, file+".1", joined(lines(1000, 2500)))
	appendTo(t, file, joined(lines(2500, 3000)))
	return lines(0, 3000)
}

func TestPagesCoverTheWholeHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	all := historyOf(t, file)
	p := start(t, "app="+file)
	borders := func(got page, base int) (at []int) {
		for _, g := range got.Generations {
			at = append(at, base+g.At)
		}
		return at
	}
	var read []string
	var met []int
	for got := p.lines("limit=700"); ; got = p.lines("limit=700&before=" + got.Before) {
		read = append(got.text(), read...)
		met = append(borders(got, len(all)-len(read)), met...)
		if got.Start {
			break
		}
	}
	if !slices.Equal(read, all) || !slices.Equal(met, []int{1000, 2500}) {
		t.Errorf("backward: %d lines, other files at %d", len(read), met)
	}
	read, met = nil, nil
	for got := p.lines("limit=700&at=0"); ; got = p.lines("limit=700&after=" + got.After) {
		met = append(met, borders(got, len(read))...)
		read = append(read, got.text()...)
		if got.Start != (len(read) <= 700) {
			t.Errorf("after %d lines: start is %t", len(read), got.Start)
		}
		if got.End {
			break
		}
	}
	if !slices.Equal(read, all) || !slices.Equal(met, []int{1000, 2500}) {
		t.Errorf("forward: %d lines, other files at %d", len(read), met)
	}

	middle := p.lines("limit=3&before=" + url.QueryEscape(p.lines("limit=500").Before))
	if got := p.lines("limit=1&after=" + middle.Lines[1].Cursor).text(); got[0] != all[2498] {
		t.Errorf("the cursor of a line gives %q, want %q", got, all[2498])
	}
	if live := dialCoder(t, "ws://"+p.host()+"/ws/app?from="+middle.Lines[1].Cursor); live != nil {
		expect(t, live, all[2498:]...)
	}
}

func TestAShareOfTheWholeIsALine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	all := historyOf(t, file)
	p := start(t, "app="+file)
	var extent struct {
		Bytes       int
		Generations []struct {
			Cursor, Name string
			Bytes        int
			Estimated    bool
		}
	}
	if err := json.Unmarshal([]byte(p.get("/api/extent/app")), &extent); err != nil {
		t.Fatal(err)
	}
	if extent.Bytes != len(joined(all)) || len(extent.Generations) != 3 || extent.Generations[2].Name != "app.log" || !extent.Generations[0].Estimated {
		t.Errorf("extent %+v, want %d bytes", extent, len(joined(all)))
	}
	if got := p.lines("limit=1&after=" + extent.Generations[1].Cursor).text(); got[0] != all[1000] {
		t.Errorf("the second file begins with %q", got)
	}
	for _, share := range []float64{0, 0.001, 0.3, 0.5, 0.77, 0.999, 1} {
		got := p.lines(fmt.Sprintf("limit=20&at=%v", share))
		if len(got.Lines) != 20 {
			t.Fatalf("at %v: %d lines", share, len(got.Lines))
		}
		first := slices.Index(all, got.Lines[0].Line)
		before := len(joined(all[:first]))
		if want := share * float64(extent.Bytes); share < 0.99 && (float64(before) < want-1 || float64(before) > want+20) {
			t.Errorf("at %v: line %d, which begins at byte %d, want %v", share, first, before, want)
		}
		if !slices.Equal(got.text(), all[first:first+20]) {
			t.Errorf("at %v: %q", share, got.text())
		}
		if got.End != (first == len(all)-20) || got.Start != (first == 0) {
			t.Errorf("at %v: %t %t", share, got.Start, got.End)
		}
	}
}

func TestPagesTellTimesLevelsAndALineWithoutAnEnd(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "2026-11-21T10:00:00Z WARN one\nplain \xff\r\n2026-11-21T10:00:01Z two")
	p := start(t, "app="+file)
	got := p.lines("")
	if len(got.Lines) != 3 || !got.Start || !got.End {
		t.Fatalf("%+v", got)
	}
	one, plain, two := got.Lines[0], got.Lines[1], got.Lines[2]
	if one.Time != "2026-11-21T10:00:00Z" || one.Level != "warn" || one.Bytes != 30 || one.Partial {
		t.Errorf("%+v", one)
	}
	if plain.Line != "plain \uFFFD" || plain.Time != "" || plain.Level != "warn" || plain.Bytes != 9 {
		t.Errorf("%+v", plain)
	}
	if !two.Partial || two.Line != "2026-11-21T10:00:01Z two" || two.Cursor != got.After {
		t.Errorf("%+v, then %s", two, got.After)
	}
	appendTo(t, file, " is whole\n")
	if got := p.lines("after=" + got.After); len(got.Lines) != 1 || got.Lines[0].Line != "2026-11-21T10:00:01Z two is whole" || got.Lines[0].Partial || !got.End {
		t.Errorf("%+v", got)
	}
	if got := p.lines("since=2026-11-21T10:00:01Z").text(); len(got) != 1 || !strings.HasSuffix(got[0], "whole") {
		t.Errorf("since: %q", got)
	}
}

func TestBadQuestionsOfThePast(t *testing.T) {
	dir := t.TempDir()
	appendTo(t, filepath.Join(dir, "app.log"), "one\n")
	appendTo(t, filepath.Join(dir, "other.log"), "two\n")
	p := start(t, "app="+filepath.Join(dir, "app.log"), "other="+filepath.Join(dir, "other.log"))
	cursor := p.lines("").Before
	for _, test := range []struct {
		path   string
		status int
		says   string
	}{
		{"/api/lines", 400, "no stream is named: ask for /api/lines/NAME"},
		{"/api/lines/nope", 404, "nope"},
		{"/api/lines?stream=app&stream=other", 400, "name one stream"},
		{"/api/lines/app?stream=other", 400, "names a stream already"},
		{"/api/lines/other?before=" + cursor, 400, "before: "},
		{"/api/lines/app?after=x", 400, "after: "},
		{"/api/lines/app?after=", 400, "after: "},
		{"/api/lines/app?at=0&before=" + cursor, 400, "before, after, at, since: give at most one"},
		{"/api/lines/app?at=2", 400, "at: "},
		{"/api/lines/app?at=NaN", 400, "at: "},
		{"/api/lines/app?limit=0", 400, "limit: "},
		{"/api/lines/app?limit=10001", 400, "limit: "},
		{"/api/lines/app?limit=x", 400, "limit: "},
		{"/api/lines/app?limit=1&limit=1", 400, "limit: is given twice"},
		{"/api/lines/app?since=noon", 400, "since: "},
		{"/api/lines/app?since=1h", 400, "carry no time"},
		{"/api/lines/app?n=1", 400, "unknown parameter"},
		{"/api/extent/app?limit=1", 400, "/api/extent takes stream"},
		{"/api/extent/..%2F..%2Fetc%2Fpasswd", 404, "no stream is named"},
	} {
		r, err := http.NewRequest("GET", "http://"+p.host()+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		status, body := roundTrip(t, r)
		var said struct{ Error string }
		if err := json.Unmarshal([]byte(body), &said); err != nil || status != test.status || !strings.Contains(said.Error, test.says) || strings.Count(body, "\n") != 1 {
			t.Errorf("%s: %d %q, want %d %q", test.path, status, body, test.status, test.says)
		}
	}
}
