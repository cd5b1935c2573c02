package main

import (
	"path/filepath"
	"slices"
	"testing"
)

// What has no end yet is shown by tailbeam.v1 alone, and moves nobody.
func TestAnUnfinishedLineIsShown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\nDo you really want")
	p := start(t, "app="+file)
	v := subscribe(t, p, `"n":"all"`)
	if got := v.next(t); !slices.Equal(got, []string{"one"}) {
		t.Fatalf("got %q", got)
	}
	unfinished := func(v *batchViewer, want string) {
		t.Helper()
		for v.begun != want {
			if whole := v.lines(t); whole != nil {
				t.Fatalf("%q, want %q unfinished", whole, want)
			}
		}
	}
	unfinished(v, "Do you really want")
	plain := dialCoder(t, "ws://"+p.host()+"/ws/app?n=all")
	expect(t, plain, "one")
	appendTo(t, file, " to?")
	unfinished(v, "Do you really want to?")
	again := subscribe(t, p, `"from":"`+v.cursor+`"`)
	unfinished(again, "Do you really want to?")
	appendTo(t, file, " yes\nthree\n")
	expect(t, plain, "Do you really want to? yes", "three")
	for _, v := range []*batchViewer{v, again} {
		var got []string
		for len(got) < 2 {
			got = append(got, v.next(t)...)
		}
		if !slices.Equal(got, []string{"Do you really want to? yes", "three"}) {
			t.Errorf("got %q", got)
		}
	}
}
