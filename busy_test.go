package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// Clients that do not read hold their downloads; others are told to wait, and
// so are those who ask for a histogram.
func TestDownloadsAndHistogramsAreBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, stamped(10)+strings.Repeat(strings.Repeat("x", 8000)+"\n", 8000))
	p := start(t, "app="+file)
	get := func(path string) *http.Response {
		t.Helper()
		r, err := http.Get("http://" + p.host() + path)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	var held []*http.Response
	for _, query := range []string{"", "?all=1", "?grep=x", ""} {
		for range 2 {
			r := get("/api/download/app" + query)
			defer r.Body.Close()
			if held = append(held, r); r.StatusCode != http.StatusOK {
				t.Fatalf("download %d: %s", len(held), r.Status)
			}
		}
	}
	for _, path := range []string{"/api/download/app", "/api/download/app?grep=x", "/api/histogram/app"} {
		r := get(path)
		r.Body.Close()
		if r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
			t.Errorf("%s beside %d downloads: %s, %v", path, len(held), r.Status, r.Header)
		}
	}
	held[0].Body.Close()
	until(t, "there is room", func() bool {
		r := get("/api/histogram/app")
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
}
