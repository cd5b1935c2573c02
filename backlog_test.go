package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The lines that a filter leaves are counted, also where the newest file has
// none of them.
func TestFilteredBacklogReachesOlderFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	var failures, others []string
	for i := range 20 {
		failures = append(failures, fmt.Sprintf("ERROR %d", i))
		others = append(others, fmt.Sprintf("INFO %d", i))
	}
	appendTo(t, file+".1", joined(failures))
	appendTo(t, file, joined(others))
	p := start(t, "app="+file)
	for _, n := range []int{1, 5, 20, 21, 100} {
		want := joined(failures[20-min(n, 20):])
		for _, filter := range []string{"grep=ERROR", "not=INFO", "level=error"} {
			if got := p.get(fmt.Sprintf("/tail/app?follow=0&n=%d&%s", n, filter)); got != want {
				t.Errorf("n=%d&%s: got %q, want %q", n, filter, got, want)
			}
		}
	}
	expect(t, dialGobwas(t, "ws://"+p.host()+"/ws/app?n=5&grep=ERROR"), failures[15:]...)
}

// What rotation left is history while there is no newer file.
func TestBacklogBeforeTheFileComes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file+".2", joined(lines(0, 10)))
	compress(t, file+".2")
	appendTo(t, file+".1", joined(lines(10, 20)))
	p := start(t, "app="+file)
	for query, first := range map[string]int{"n=all": 0, "n=5": 15, "n=15": 5, "n=100": 0, "n=0": 20} {
		want := strings.Join(lines(first, 20), "\n")
		if got := strings.TrimSuffix(p.get("/tail/app?follow=0&"+query), "\n"); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	v := dialGobwas(t, "ws://"+p.host()+"/ws/app?n=15")
	expect(t, v, lines(5, 20)...)
	b := dialBatches(t, p, "")
	next := b.expectFrom(t, 0, 19)
	appendTo(t, file, joined(lines(20, 30)))
	expect(t, v, lines(20, 30)...)
	b.expectFrom(t, next, 29)
}

// A cursor from before the file came leads on to its first line.
func TestResumeBeforeTheFileComes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file+".1", joined(lines(0, 10)))
	p := start(t, "app="+file)
	b := dialBatches(t, p, "")
	b.expectFrom(t, 0, 9)
	cursor := b.cursor
	again := dialBatches(t, p, cursor)
	appendTo(t, file, joined(lines(10, 20)))
	again.expectFrom(t, 10, 19)
	dialBatches(t, p, cursor).expectFrom(t, 10, 19)
}

// What cannot be read is no beginning: older lines are counted, and those who
// come to the place are told.
func TestBacklogReachesOverAGap(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file+".3", joined(lines(0, 10)))
	appendTo(t, file+".2.gz", "\x1f\x8b\x08 this is no gzip")
	appendTo(t, file+".1", joined(lines(20, 30)))
	appendTo(t, file, joined(lines(30, 35)))
	want := append(lines(5, 10), lines(20, 35)...)
	p := start(t, "app="+file)
	for _, query := range []string{"n=20", "n=20&grep=line"} {
		var got []string
		gaps := 0
		for record := range strings.Lines(p.get("/tail/app?follow=0&format=ndjson&" + query)) {
			var r struct {
				Line *string
				Gap  json.RawMessage
			}
			if err := json.Unmarshal([]byte(record), &r); err != nil {
				t.Fatal(err)
			}
			if r.Line != nil {
				got = append(got, *r.Line)
			}
			if r.Gap != nil {
				gaps++
				if len(got) != 5 {
					t.Errorf("%s: the gap is behind %d lines, want 5", query, len(got))
				}
			}
		}
		if !slices.Equal(got, want) || gaps != 1 {
			t.Errorf("%s: %d gaps and %q, want 1 and %q", query, gaps, got, want)
		}
	}
	// Plain lines have no place for the gap.
	for _, query := range []string{"n=20", "n=20&grep=line"} {
		if got := p.get("/tail/app?follow=0&gaps=ignore&" + query); got != joined(want) {
			t.Errorf("%s as plain text: %q, want %q", query, got, joined(want))
		}
		expect(t, dialGobwas(t, "ws://"+p.host()+"/ws/app?gaps=ignore&"+query), want...)
	}
}
