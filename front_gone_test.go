package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Who asks for more lines than there are is told what is known to be missing in
// front of them, and gets what there is.
func TestWhatWasRemovedInFrontIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\ntwo\n")
	p := start(t, "app="+file)
	v := dialCoder(t, "ws://"+p.host()+"/ws/app?n=all")
	expect(t, v, "one", "two")
	rename(t, file, file+".1")
	appendTo(t, file, "three\nfour\n")
	expect(t, v, "three", "four")
	if err := os.Remove(file + ".1"); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/tail/app?follow=0&n=all":                      "three four",
		"/tail/app?follow=0&n=150":                      "three four",
		"/tail/app?follow=0&n=all&format=ndjson":        "gap three four",
		"/tail/app?follow=0&n=150&format=ndjson":        "gap three four",
		"/tail/app?follow=0&n=2&format=ndjson":          "three four",
		"/tail/app?follow=0&n=all&format=sse":           "gap three four",
		"/tail/app?follow=0&n=all&format=ndjson&grep=o": "gap four",
		"/tail/app?follow=0&n=150&format=ndjson&grep=o": "gap four",
		"/tail?stream=app&follow=0&n=9&format=ndjson":   "gap three four",
		"/api/lines/app":                                "three four gap",
		"/api/lines/app?limit=1":                        "four",
		"/api/search/app?q=r":                           "four three gap",
		"/api/search/app?q=r&order=oldest":              "gap three four",
		"/api/search/app?q=four&limit=1":                "four",
	} {
		var got []string
		text := p.get(path)
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r < 'a' || r > 'z' }) {
			switch word {
			case "gap", "gaps", "one", "two", "three", "four":
				got = append(got, strings.TrimSuffix(word, "s"))
			}
		}
		if strings.Contains(text, `"gaps":[]`) {
			got = got[:len(got)-1]
		}
		// An event of a gap says so twice.
		if seen := strings.Replace(strings.Join(got, " "), "gap gap", "gap", 1); seen != want {
			t.Errorf("%s: %s, want %s\n%s", path, seen, want, text)
		}
		if strings.Contains(want, "gap") && !(strings.Contains(text, `"bytes":8`) && strings.Contains(text, "removed")) {
			t.Errorf("%s: not what is missing:\n%s", path, text)
		}
	}
	v1 := subscribe(t, p, `"n":"all"`)
	if gap := v1.message(t); !strings.Contains(gap, `"bytes":8`) {
		t.Errorf("tailbeam.v1: %s", gap)
	}
	if got := strings.Join(v1.next(t), " "); got != "three four" {
		t.Errorf("tailbeam.v1: %q", got)
	}
}
