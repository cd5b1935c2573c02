package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// histogram is an answer of /api/histogram.
type histogram struct {
	By, To    string
	Lines     int
	Estimated bool
	Since     time.Time
	Until     time.Time
	Buckets   []struct {
		At     *time.Time
		Lines  int
		Levels map[string]int
	}
}

func (p *program) histogram(query string) (h histogram) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(p.get("/api/histogram/app?"+query)), &h); err != nil {
		p.t.Fatal(err)
	}
	return h
}

// packed returns a text under gzip.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What all=1 covers: rotated and packed files too, from the first time on to the
// last, lines before the first time at the beginning, and a filter.
func TestHistogramOfAllHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file+".2.gz", packed(t, "no time yet\n2026-11-01T10:00:00Z INFO one\n"))
	appendTo(t, file+".1", "2026-11-01T11:00:00Z WARN two\n2026-11-01T11:00:01Z ERROR three\n    at a line of it\n")
	appendTo(t, file, "2026-11-01T12:00:00Z ERROR four\n2026-11-01T14:00:00Z INFO five\n2026-11-01T12:30:00Z INFO late\nno end")
	p := start(t, "app="+file, "--timezone", "UTC")
	for query, want := range map[string]string{
		"":                       "2 1 2 1 1 0 0 1 none:1 info:1, warn:1, error:2, error:1, info:1, , , info:1",
		"&grep=o&not=t[hw]":      "2 0 1 1 0 0 0 0 none:1 info:1, , error:1, error:1, , , , ",
		"&level=warn":            "1 1 2 1 0 0 0 0 none:1, warn:1, error:2, error:1, , , , ",
		"&level=error&grep=four": "0 0 0 1 0 0 0 0 , , , error:1, , , , ",
	} {
		h := p.histogram("all=1&buckets=8" + query)
		var lines, levels []string
		for _, b := range h.Buckets {
			lines = append(lines, fmt.Sprint(b.Lines))
			var of []string
			for _, level := range []string{"none", "info", "warn", "error"} {
				if n := b.Levels[level]; n > 0 {
					of = append(of, fmt.Sprintf("%s:%d", level, n))
				}
			}
			levels = append(levels, strings.Join(of, " "))
		}
		if got := strings.Join(lines, " ") + " " + strings.Join(levels, ", "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", query, got, want)
		}
		if h.By != "time" || h.Estimated || h.Since.Format(time.TimeOnly) != "10:00:00" || h.Until.Format(time.TimeOnly) != "14:00:00" {
			t.Errorf("%s: %+v", query, h)
		}
		if rest := p.get("/api/lines/app?after=" + h.To); !strings.Contains(rest, `"no end"`) || strings.Contains(rest, "late") {
			t.Errorf("behind %s lies %s", h.To, rest)
		}
	}
}

// Where lines carry no times, the buckets are equal parts of the bytes.
func TestHistogramOfLinesWithoutTimes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file+".1", strings.Repeat("WARN 3456789\n", 100))
	appendTo(t, file, strings.Repeat("INFO 3456789\n", 300))
	p := start(t, "app="+file)
	h := p.histogram("all=1&buckets=4")
	if h.By != "bytes" || h.Lines != 400 || h.Estimated {
		t.Errorf("%+v", h)
	}
	for i, b := range h.Buckets {
		if level := []string{"warn", "info", "info", "info"}[i]; b.At != nil || b.Lines != 100 || b.Levels[level] != 100 {
			t.Errorf("bucket %d: %+v", i, b)
		}
	}
	empty := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, empty, "")
	if h := start(t, "app="+empty).histogram("all=1"); h.By != "bytes" || h.Lines != 0 || len(h.Buckets) != 60 {
		t.Errorf("of nothing: %+v", h)
	}
}

// Many who ask for the same at once get one and the same answer.
func TestHistogramIsMadeOnceForMany(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, strings.Repeat("2026-11-01T10:00:00Z INFO one\n", 100_000))
	p := start(t, "app="+file)
	answers := make(chan string)
	for range 32 {
		go func() { answers <- p.get("/api/histogram/app?all=1") }()
	}
	first := <-answers
	for range 31 {
		if other := <-answers; other != first {
			t.Fatalf("%.200s\n%.200s", first, other)
		}
	}
	if r, body := p.fetch("/api/histogram/app?all=1&since=2h"); r.StatusCode != 400 {
		t.Errorf("all and since: %s %s", r.Status, body)
	}
}

// Of more than 64 MiB the histogram counts a part, and says so.
func TestALargeHistogramIsAnEstimate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	begin := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	const seconds, perSecond = 1200, 300
	rest := strings.Repeat(" and more", 22)
	var b strings.Builder
	for second := range seconds {
		stamp := begin.Add(time.Duration(second) * time.Second).Format(time.RFC3339)
		for i := range perSecond {
			level := "INFO"
			if i%3 == 0 {
				level = "ERROR"
			}
			fmt.Fprintf(&b, "%s %s %06d%s\n", stamp, level, i, rest)
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil || b.Len() < 65<<20 {
		t.Fatal(err, b.Len())
	}
	p := start(t, "app="+file, "--timezone", "UTC")
	var got histogram
	query := "?buckets=20&since=" + begin.Format(time.RFC3339) + "&until=" + begin.Add(seconds*time.Second).Format(time.RFC3339)
	if err := json.Unmarshal([]byte(p.get("/api/histogram/app"+query)), &got); err != nil {
		t.Fatal(err)
	}
	near := func(n, want int) bool { return n > want*95/100 && n < want*105/100 }
	if !got.Estimated || !near(got.Lines, seconds*perSecond) {
		t.Errorf("%d lines, estimated: %t", got.Lines, got.Estimated)
	}
	for i, bucket := range got.Buckets {
		if !near(bucket.Lines, 60*perSecond) || !near(bucket.Levels["error"], 60*perSecond/3) {
			t.Errorf("bucket %d: %+v", i, bucket)
		}
	}
}
