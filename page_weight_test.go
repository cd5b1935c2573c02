package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"testing"

	"tailbeam/static"
)

// weight asks for all that the page loads, its workers and icons too, as a
// browser does and returns how many bytes came in all.
func (p *program) weight() int {
	p.t.Helper()
	total := 0
	seen := map[string]bool{}
	names := regexp.MustCompile(`(?:(?:href|src)="|\bfrom "|new URL\(')([\w./-]+)["'](?:, new URL\("([\w./-]+)")?`)
	for todo := []string{"/", "/icon-alert.svg", "/icon-unseen.svg"}; len(todo) > 0; todo = todo[1:] {
		name := todo[0]
		if seen[name] {
			continue
		}
		seen[name] = true
		r, err := http.NewRequest("GET", "http://"+p.host()+name, nil)
		if err != nil {
			p.t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
		status, body := roundTrip(p.t, r)
		if status != http.StatusOK {
			p.t.Errorf("%s: %d", name, status)
		}
		total += len(body)
		for _, m := range names.FindAllStringSubmatch(p.get(name), -1) {
			todo = append(todo, path.Join(path.Dir(name), path.Dir(m[2]), m[1]))
		}
	}
	if len(seen) < 9 {
		p.t.Errorf("the page loads no more than %v", seen)
	}
	return total
}

func TestPageIsLight(t *testing.T) {
	p := start(t, t.TempDir()+"/app.log")
	if n := p.weight(); n > 150_000 {
		t.Errorf("the page weighs %d bytes", n)
	}
}

// The page comes under gzip to those who take it, under a tag of its own, and
// as it is to others.
func TestPageIsCompressedForThoseWhoTakeIt(t *testing.T) {
	p := start(t, t.TempDir()+"/app.log")
	ask := func(encoding, tag string) (*http.Response, []byte) {
		r, err := http.NewRequest("GET", "http://"+p.host()+"/js/page.js", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", encoding)
		r.Header.Set("If-None-Match", tag)
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response, body
	}
	want, err := fs.ReadFile(static.Files(), "js/page.js")
	if err != nil {
		t.Fatal(err)
	}
	plain, body := ask("br, gzip;q=0", "")
	if plain.Header.Get("Content-Encoding") != "" || !bytes.Equal(body, want) {
		t.Errorf("refused gzip: %v, %d bytes", plain.Header, len(body))
	}
	packed, body := ask("br;q=1.0, gzip;q=0.8", "")
	if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("took gzip: %v", packed.Header)
	}
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("under gzip: %d bytes of %d, %v", len(got), len(want), err)
	}
	if plain.Header.Get("ETag") == packed.Header.Get("ETag") {
		t.Error("both have one tag")
	}
	if again, _ := ask("gzip", packed.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("again: %s", again.Status)
	}
}

// What the page loads has its version in its path and need not be asked for
// again; that of another version stands for it, for the pages that are still open.
func TestPageNamesVersions(t *testing.T) {
	p := start(t, t.TempDir()+"/app.log")
	found := regexp.MustCompile(`src="(v/[0-9a-f]+/)(js/page\.js)"`).FindStringSubmatch(p.get("/"))
	if found == nil {
		t.Fatal("the page names no version")
	}
	for path, want := range map[string]string{"/" + found[1] + found[2]: "max-age=31536000, immutable", "/v/0123/" + found[2]: "no-cache", "/" + found[2]: "no-cache", "/": "no-cache"} {
		r, err := http.Get("http://" + p.host() + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if got := r.Header.Get("Cache-Control"); r.StatusCode != http.StatusOK || got != want {
			t.Errorf("%s: %s, %q", path, r.Status, got)
		}
	}
	if r, err := http.Get("http://" + p.host() + "/v/0123/nothing.js"); err != nil || r.StatusCode != http.StatusNotFound {
		t.Errorf("nothing: %v %v", r, err)
	}
}
