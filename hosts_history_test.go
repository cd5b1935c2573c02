package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/remote/sshd"
)

// What a viewer is told of the past of a file of another host is what it is told of
// the same file here: by every route, through rotated files and compressed ones.
// Only what is asked for comes over the connection.
func TestHistoryOfAnotherHostIsThatOfTheFile(t *testing.T) {
	const parts, lines = 3, 30_000
	file := filepath.Join(t.TempDir(), "app.log")
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	for part := range parts {
		var text strings.Builder
		for i := range lines {
			level := "info"
			if i%10_000 == 77 {
				level = "error"
			}
			fmt.Fprintf(&text, "%s %s part %d line %d of what was done\n", at.Format(time.RFC3339), level, part, i)
			at = at.Add(time.Second)
		}
		name := file
		if back := parts - 1 - part; back > 0 {
			name = fmt.Sprintf("%s.%d", file, back)
		}
		must(t, os.WriteFile(name, []byte(text.String()), 0o644))
		must(t, os.Chtimes(name, at, at))
		if part == 0 {
			compress(t, name)
		}
	}
	s := sshd.Start(t)
	came := metered(t, s)
	p := startAs(t, s, "--memory", "4MiB", "--timezone", "UTC", "far=web1:"+file, "near="+file)
	until(t, "live", func() bool { return p.condition("far") == "live" && p.condition("near") == "live" })
	both := func(path, query string) (far, near string) {
		far = strings.ReplaceAll(p.get("/"+path+"/far?"+query), `"far"`, `"near"`)
		return far, p.get("/" + path + "/near?" + query)
	}
	middle := url.QueryEscape(at.Add(-2 * lines * time.Second).Format(time.RFC3339))
	for _, query := range []string{"follow=0&n=10", "follow=0&n=1", "follow=0&n=40000", "follow=0&n=all", "follow=0&since=" + middle, "follow=0&n=5&grep=line+77+", "follow=0&n=7&level=error"} {
		if far, near := both("tail", query); far != near || near == "" {
			t.Errorf("%s: %d bytes from afar, %d from here", query, len(far), len(near))
		}
	}
	for _, query := range []string{"follow=0&n=10", "follow=0&since=" + url.QueryEscape(at.Add(-10*time.Second).Format(time.RFC3339))} {
		before := came.Load()
		p.get("/tail/far?" + query)
		if n := came.Load() - before; n > 2<<20 {
			t.Errorf("%s: %d bytes have come", query, n)
		}
	}
	if far, near := both("api/download", ""); far != near {
		t.Errorf("a download has %d bytes from afar, %d from here", len(far), len(near))
	}
	for _, way := range []string{"before", "after"} {
		if far, near := scroll(t, p, "far", way), scroll(t, p, "near", way); far != near || strings.Count(near, "\n") != parts*lines {
			t.Errorf("scrolling %s shows %d lines from afar, %d from here", way, strings.Count(far, "\n"), strings.Count(near, "\n"))
		}
	}
	for _, query := range []string{"q=line+77+", "q=part+0+line+3.*done&limit=50&order=oldest", "q=error&since=" + middle + "&context=1"} {
		if far, near := hits(p, "far", query), hits(p, "near", query); far != near || near == "" {
			t.Errorf("search %s: %.200s from afar, %.200s from here", query, far, near)
		}
	}
}

// scroll reads all lines page by page, in either direction.
func scroll(t *testing.T, p *program, name, way string) string {
	t.Helper()
	var pages []string
	query := map[string]string{"before": "", "after": "&at=0"}[way]
	for range 1000 {
		var got page
		if err := json.Unmarshal([]byte(p.get("/api/lines/"+name+"?limit=10000"+query)), &got); err != nil {
			t.Fatal(err)
		}
		text := joined(got.text())
		if way == "before" {
			pages = append([]string{text}, pages...)
			query = "&before=" + got.Before
		} else {
			pages = append(pages, text)
			query = "&after=" + got.After
		}
		if way == "before" && got.Start || way == "after" && got.End {
			break
		}
	}
	return strings.Join(pages, "")
}

// hits returns the lines that a search finds.
func hits(p *program, name, query string) string {
	var found strings.Builder
	for _, text := range strings.Split(p.get("/api/search/"+name+"?"+query), "\n") {
		var hit struct{ Line *string }
		if json.Unmarshal([]byte(text), &hit) == nil && hit.Line != nil {
			found.WriteString(*hit.Line + "\n")
		}
	}
	return found.String()
}
