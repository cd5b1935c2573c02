package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fetch returns the answer at a path of the program, whatever it is.
func (p *program) fetch(path string, header ...string) (*http.Response, []byte) {
	p.t.Helper()
	r, err := http.NewRequest("GET", "http://"+p.host()+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatalf("%s: after %d bytes: %v", path, len(body), err)
	}
	return response, body
}

func TestDownloadIsTheFileByteForByte(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	historyOf(t, file)
	odd := "latin \xe9\r\n\x00\x1b[1m\n" + strings.Repeat("long ", 600_000) + "\nno end"
	appendTo(t, file, odd)
	newest, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := append([]byte(joined(lines(0, 2500))), newest...)
	p := start(t, "app="+file)
	for path, want := range map[string][]byte{"/api/download/app": newest, "/api/download/app?all=1": all} {
		r, got := p.fetch(path)
		if r.StatusCode != 200 || !bytes.Equal(got, want) || r.ContentLength != int64(len(want)) || r.Header.Get("Content-Disposition") != "attachment; filename=app" {
			t.Fatalf("%s: %s %v, %d bytes, want %d", path, r.Status, r.Header, len(got), len(want))
		}
		tag := r.Header.Get("ETag")
		for span, part := range map[string][]byte{"bytes=0-9": want[:10], "bytes=20000-30000": want[20000:30001], "bytes=-7": want[len(want)-7:]} {
			r, got := p.fetch(path, "Range", span, "If-Range", tag)
			if r.StatusCode != 206 || !bytes.Equal(got, part) {
				t.Errorf("%s %s: %s, %d bytes", path, span, r.Status, len(got))
			}
		}
		if r, body := p.fetch(path, "Range", "bytes=999999999-"); r.StatusCode != 416 || !strings.HasPrefix(string(body), `{"error":"Range: `) ||
			!strings.HasPrefix(r.Header.Get("Content-Range"), "bytes */") || r.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: a range behind the end: %s", path, r.Status)
		}
		if r, got := p.fetch(path, "If-None-Match", tag); r.StatusCode != 304 || len(got) != 0 {
			t.Errorf("%s: the same again: %s", path, r.Status)
		}
	}
}

// The last line of a file that ends without a newline is not made one with the
// first line of the next.
func TestFilesAreJoinedBetweenLines(t *testing.T) {
	dir := t.TempDir()
	file, wide := filepath.Join(dir, "app.log"), filepath.Join(dir, "wide.log")
	utf16 := func(s string) string { return "\xff\xfe" + strings.Join(strings.Split(s, ""), "\x00") + "\x00" }
	for suffix, text := range map[string]string{".3": "one", ".2": "two\n", ".1": "three\nno newline", "": "four"} {
		appendTo(t, file+suffix, text)
		appendTo(t, wide+suffix, utf16(text))
	}
	compress(t, file+".3")
	p := start(t, "app="+file, "wide="+wide)
	for path, want := range map[string]string{
		"app?all=1":  "one\ntwo\nthree\nno newline\nfour",
		"wide?all=1": utf16("one\n") + utf16("two\n") + utf16("three\nno newline\n") + utf16("four"),
		"app":        "four",
	} {
		r, got := p.fetch("/api/download/" + path)
		if string(got) != want || r.ContentLength != int64(len(want)) {
			t.Errorf("%s: %q, %d bytes, want %q", path, got, r.ContentLength, want)
		}
		for at := range want {
			if _, got := p.fetch("/api/download/"+path, "Range", fmt.Sprintf("bytes=%d-", at)); string(got) != want[at:] {
				t.Errorf("%s from byte %d: %q, want %q", path, at, got, want[at:])
			}
		}
	}
}

func TestDownloadOfLinesByteForByte(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "app.log")
	appendTo(t, file+".1", "2026-11-21T10:00:00Z INFO \xe9 one\r\n2026-11-21T10:01:00Z WARN two\n  of two\n")
	compress(t, file+".1")
	appendTo(t, file, "2026-11-21T10:02:00Z INFO three\n2026-11-21T10:03:00Z ERROR four\nno end")
	wide := filepath.Join(dir, "wide.log")
	utf16 := func(s string) string { return strings.Join(strings.Split(s, ""), "\x00") + "\x00" }
	appendTo(t, wide, "\xff\xfe"+utf16("one\ntwo\nthree\n"))
	p := start(t, "app="+file, "wide="+wide)
	for query, want := range map[string]string{
		"app?grep=one":              "2026-11-21T10:00:00Z INFO \xe9 one\r\n",
		"app?grep=two|three&not=of": "2026-11-21T10:01:00Z WARN two\n2026-11-21T10:02:00Z INFO three\n",
		"app?level=warn":            "2026-11-21T10:01:00Z WARN two\n  of two\n2026-11-21T10:03:00Z ERROR four\nno end",
		"app?since=2026-11-21T10:01:00Z&until=2026-11-21T10:03:00Z": "2026-11-21T10:01:00Z WARN two\n  of two\n2026-11-21T10:02:00Z INFO three\n",
		"app?grep=nothing":    "",
		"wide?grep=two":       utf16("two\n"),
		"wide?grep=one|three": "\xff\xfe" + utf16("one\nthree\n"),
	} {
		r, got := p.fetch("/api/download/" + query)
		if r.StatusCode != 200 || string(got) != want {
			t.Errorf("%s: %s %q, want %q", query, r.Status, got, want)
		}
	}
	for query, want := range map[string]string{
		"app?grep=(":    "grep:",
		"app?all=yes":   "all:",
		"app?until=x":   "until:",
		"wide?since=1h": "carry no time",
		"app?since=2026-11-21T10:00:00Z&until=2026-11-21T09:00:00Z": "since must be the earlier one",
		"app?limit=3": "unknown parameter",
	} {
		if r, got := p.fetch("/api/download/" + query); r.StatusCode != 400 || !strings.Contains(string(got), want) {
			t.Errorf("%s: %s %q", query, r.Status, got)
		}
	}
}

func TestHistogramCountsLinesByTimeAndLevel(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	begin := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	var text strings.Builder
	for i := range 3600 {
		level := "INFO"
		if i%10 == 0 {
			level = "ERROR"
		}
		text.WriteString(begin.Add(time.Duration(i)*time.Second).Format(time.RFC3339) + " " + level + " line\n")
		if i%60 == 0 {
			text.WriteString("  more of it\n")
		}
	}
	half := strings.Index(text.String(), "2026-11-21T10:30:00Z")
	appendTo(t, file+".1", text.String()[:half])
	compress(t, file+".1")
	appendTo(t, file, text.String()[half:])
	p := start(t, "app="+file)
	var got struct {
		Lines     int
		Seconds   float64
		Estimated bool
		Buckets   []struct {
			At     time.Time
			Lines  int
			Levels map[string]int
		}
	}
	_, body := p.fetch("/api/histogram/app?since=2026-11-21T10:10:00Z&until=2026-11-21T10:50:00Z&buckets=40")
	if err := json.Unmarshal(body, &got); err != nil || len(got.Buckets) != 40 || got.Seconds != 60 || got.Lines != 40*61 || got.Estimated {
		t.Fatalf("%v: %s", err, body)
	}
	for i, b := range got.Buckets {
		if !b.At.Equal(begin.Add(time.Duration(10+i)*time.Minute)) || b.Lines != 61 || b.Levels["error"] != 7 || b.Levels["info"] != 54 {
			t.Errorf("bucket %d: %+v", i, b)
		}
	}
	for query, want := range map[string]string{
		"buckets=0": "buckets:", "buckets=1001": "buckets:", "buckets=x": "buckets:", "since=x": "since:",
		"since=2026-11-21T10:00:00Z&until=2026-11-21T10:00:00Z": "earlier", "n=1": "unknown parameter",
		"since=2026-11-21T10:00:00Z&until=2026-11-21T10:00:00.01Z&buckets=60": "do not fit",
	} {
		if r, got := p.fetch("/api/histogram/app?" + query); r.StatusCode != 400 || !strings.Contains(string(got), want) {
			t.Errorf("%s: %s %q", query, r.Status, got)
		}
	}
}
