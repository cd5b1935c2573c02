package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// ticking returns lines of a stream, one every step seconds from a second of the hour on.
func ticking(name string, from, count, step int) string {
	var b strings.Builder
	for n := range count {
		at := from + n*step
		fmt.Fprintf(&b, "2026-11-20T10:%02d:%02dZ INFO %s %05d\n", at/60%60, at%60, name, n)
	}
	return b.String()
}

// inPane returns the lines that a pane shows.
func (b *tab) inPane(at int) []string {
	b.t.Helper()
	return ask[[]string](b, fmt.Sprintf(`[...document.querySelectorAll('.pane')[%d]?.querySelectorAll('.row:not(.pinned) .text') ?? []].map((e) => e.textContent)`, at))
}

// paneHas waits until a pane shows a line that holds a text.
func (b *tab) paneHas(at int, text string) {
	b.t.Helper()
	until(b.t, fmt.Sprintf("pane %d shows %s", at, text), func() bool { return strings.Contains(strings.Join(b.inPane(at), "\n"), text) })
}

func TestPageShowsStreamsSideBySide(t *testing.T) {
	dir := t.TempDir()
	one, two, bare := filepath.Join(dir, "one.log"), filepath.Join(dir, "two.log"), filepath.Join(dir, "bare.log")
	appendTo(t, one, ticking("one", 0, 3000, 1))
	appendTo(t, two, ticking("two", 600, 300, 10))
	appendTo(t, bare, numbered(0, 500))
	p := start(t, "--timezone", "UTC", "one="+one, "two="+two, "bare="+bare)
	b := open(t, p.address.String()+"?stream=one&stream=two&stream=bare")
	b.shows("#crumb", "3 streams")
	b.shows("#state", "live")
	b.press("v")
	b.paneHas(0, "one 02999")
	b.paneHas(1, "two 00299")
	b.paneHas(2, "line 000499")
	if at := ask[string](b, "location.search"); !strings.Contains(at, "panes=beside") {
		t.Errorf("the address says %s", at)
	}
	// They share the clock: where one goes, those with times go, too.
	b.click("#share-button")
	until(t, "the address says so", func() bool { return strings.Contains(ask[string](b, "location.search"), "panes=time") })
	b.click(".pane:first-child .caption b")
	b.press("g")
	b.paneHas(0, "one 00000")
	b.paneHas(1, "two 00000")
	b.press("@")
	b.fill("#since", "2026-11-20 10:30\r")
	b.paneHas(0, "10:30:00Z INFO one 01800")
	b.paneHas(1, "10:30:00Z INFO two 00120")
	b.paneHas(2, "line 000499")
	b.press("G")
	b.paneHas(0, "one 02999")
	b.paneHas(1, "two 00299")
	appendTo(t, two, "2026-11-20T11:00:00Z ERROR two is over\n")
	b.paneHas(1, "two is over")

	// Each is on its own; the address opens the same.
	b.shoot("panes")
	b.do(chromedp.Reload())
	b.paneHas(0, "one 02999")
	b.paneHas(1, "two is over")
	b.click(".pane:nth-child(2) .caption b")
	b.press("e")
	b.shows(".pane:nth-child(2) .row.current", "two is over")
	b.paste("#filter", "00042")
	until(t, "the filter is for all", func() bool { return len(b.inPane(0)) == 1 && len(b.inPane(1)) == 1 && len(b.inPane(2)) == 11 })
	b.press("\x1b")
	ask[any](b, "document.querySelector('.pane:nth-child(2) .caption button').click()")
	b.paneHas(1, "line 000499")
	until(t, "two panes are left", func() bool { return ask[int](b, "document.querySelectorAll('.pane').length") == 2 })
	b.press("v")
	until(t, "one pane is left", func() bool { return ask[int](b, "document.querySelectorAll('.pane').length") == 1 })
	b.clean("http://" + p.host() + "/")
}
