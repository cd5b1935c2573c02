package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// held returns how many lines the tab holds.
func (b *tab) held() int {
	b.t.Helper()
	n, _, _ := strings.Cut(ask[string](b, "document.getElementById('held').textContent"), " ")
	held, err := strconv.Atoi(strings.ReplaceAll(n, ",", ""))
	if err != nil {
		b.t.Fatal(err)
	}
	return held
}

// sees waits until the lines that have elements hold these words, one each.
func (b *tab) sees(words ...string) {
	b.t.Helper()
	until(b.t, fmt.Sprintf("the lines are %q", words), func() bool {
		return slices.EqualFunc(b.rows(), words, strings.HasSuffix)
	})
}

// A filter that leaves few lines reaches all of history by the server, which
// finds them without sending what lies between.
func TestPageFiltersAllOfHistory(t *testing.T) {
	file, p, b := shown(t, farApart(), "--timezone", "UTC")
	b.paste("#filter", "needle")
	b.sees("needle 002000", "needle 070000", "needle 099990")
	if n := b.held(); n > 20_000 {
		t.Errorf("%d lines are held", n)
	}
	appendTo(t, file, "2026-11-20T10:17:00Z INFO straw\n2026-11-20T10:17:00Z INFO live needle\n")
	b.sees("needle 002000", "needle 070000", "needle 099990", "live needle")
	// From the beginning on, too.
	b.press("g")
	b.sees("needle 002000", "needle 070000", "needle 099990", "live needle")
	b.press("G")
	b.sees("needle 002000", "needle 070000", "needle 099990", "live needle")
	if n := b.held(); n > 20_000 {
		t.Errorf("%d lines are held", n)
	}
	// Other filters find what this one hid, before and behind.
	b.paste("#filter", "ERROR")
	b.sees("boom 001000", "bang 040000")
	b.paste("#filter", "no such word")
	b.shows(".empty", "No line in all of history is left by the filter.")
	b.paste("#filter", "")
	b.ends("2026-11-20T10:17:00Z INFO live needle")
	for number := 99_999; number > 99_990; number-- {
		if rows := b.rows(); !strings.HasSuffix(rows[len(rows)-3-99_999+number], fmt.Sprintf(" %06d", number)) {
			t.Fatalf("line %d is missing: %q", number, rows)
		}
	}
	b.clean("http://" + p.host() + "/")
}

// A line that a filter left far back is shown among its neighbours.
func TestPageShowsNeighboursOfWhatAFilterLeft(t *testing.T) {
	_, p, b := shown(t, farApart(), "--timezone", "UTC")
	b.paste("#filter", "bang")
	b.sees("bang 040000")
	b.click("#sheet .row .text")
	b.press("\r")
	b.click("#detail-context")
	until(t, "its neighbours are shown", func() bool {
		rows := b.rows()
		i := slices.IndexFunc(rows, func(row string) bool { return strings.HasSuffix(row, "bang 040000") })
		return i >= 0 && i+1 < len(rows) && strings.HasSuffix(rows[i+1], "fine 040001")
	})
	b.clean("http://" + p.host() + "/")
}
