package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// has waits until a line is among those that have elements.
func (b *tab) has(line string) {
	b.t.Helper()
	until(b.t, "a line is shown: "+line, func() bool {
		for _, row := range b.rows() {
			if row == line {
				return true
			}
		}
		return false
	})
}

// A file of 10 GB opens at once; the scroll bar spans all of it, and its first
// lines and its last are reached.
func TestPageReachesAllOfALargeFile(t *testing.T) {
	const size, at = 10 << 30, 5 << 30
	file := filepath.Join(t.TempDir(), "app.log")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	// Lines at both ends and in the middle, of a file of holes between them.
	middle := "\n" + numbered(100_000, 30_000)
	last := "\n" + numbered(200_000, 12_000)
	for _, part := range []struct {
		text string
		at   int64
	}{{numbered(0, 30_000), 0}, {middle, at}, {last, size - int64(len(last))}} {
		if _, err := f.WriteAt([]byte(part.text), part.at); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.ends("line 211999")
	b.shows("#place", "end of 11 GB")
	if tall := ask[float64](b, "document.getElementById('lines').scrollHeight"); tall > 8_000_000 {
		t.Errorf("the spacer is %.0f pixels high", tall)
	}
	b.press("g")
	b.has("line 000000")
	b.shows("#place", "at 0 bytes of 11 GB")
	b.press("G")
	b.ends("line 211999")
	appendTo(t, file, numbered(212_000, 1))
	b.ends("line 212000")
	b.clean("http://" + p.host() + "/")
}

func TestPageReadsOnThroughRotatedFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file+".2", numbered(0, 6000))
	appendTo(t, file+".1", numbered(6000, 6000))
	appendTo(t, file, numbered(12_000, 3000))
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.ends("line 014999")
	b.shows("#file", "file 3 of 3")
	// Up by the wheel past what came at first, and past both borders.
	until(t, "the first line is reached", func() bool {
		b.wheel(-20_000)
		rows := b.rows()
		return len(rows) > 0 && rows[0] == "line 000000"
	})
	b.shows("#file", "file 1 of 3")
	b.press("&")
	b.fill("#filter", "line 005999")
	until(t, "only what matches is shown", func() bool { return strings.Join(b.rows(), "\n") == "line 005999" })
	b.press("\x1b")
	// What is selected before other rows are shown goes with those that were.
	b.has("line 006000")
	if got := b.copied(); got+"\n" != numbered(0, 15_000) {
		t.Errorf("%d of 15000 lines, or others", strings.Count(got, "\n")+1)
	}
	if n := ask[int](b, "document.body.querySelectorAll('*').length"); n > 900 {
		t.Errorf("the document has %d elements", n)
	}
	b.press("G")
	b.ends("line 014999")
	b.clean("http://" + p.host() + "/")
}

func TestPageOpensAtALineAfterRotation(t *testing.T) {
	file, p, b := shown(t, numbered(0, 20_000))
	b.press("g")
	b.has("line 000000")
	b.press("/")
	b.fill("#search-field", "line 004242")
	b.press("\x1b") // closes the search: what was typed is not looked for yet
	b.searchDown("line 000777")
	link := ask[string](b, `new Promise((done) => {
		navigator.clipboard.writeText = (text) => { done(text); return Promise.resolve(); };
		document.getElementById('line-link').click();
	})`)
	if !strings.Contains(link, "line=0:") {
		t.Fatalf("the link is %s", link)
	}
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	appendTo(t, file, numbered(20_000, 10))
	b = open(t, link)
	b.shows(".row.current", "line 000777")
	b.press("G")
	b.ends("line 020009")
	b.clean("http://" + p.host() + "/")
}

func TestPageFindsLinesAndTimes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	var log bytes.Buffer
	for n := range 30_000 {
		level := "INFO"
		if n == 1234 {
			level = "ERROR"
		}
		fmt.Fprintf(&log, "2026-11-20T%02d:%02d:%02dZ %s line %06d\n", n/3600, n/60%60, n%60, level, n)
	}
	appendTo(t, file, log.String())
	p := start(t, "--timezone", "UTC", "app="+file)
	b := open(t, p.address.String()+"?stream=app&time=utc")
	b.shows("#place", "end of")
	b.ends("2026-11-20T08:19:59Z INFO line 029999")
	// A stamp in another zone is drawn once, whatever is told apart within it.
	until(t, "each line has one stamp", func() bool {
		return ask[bool](b, `[...document.querySelectorAll('#sheet .row .text')].every((e) =>
			[...e.querySelectorAll('.instead')].map((e) => e.dataset.name).join('') === e.textContent.slice(0, 10) + ' ' + e.textContent.slice(11, 19) + '.000Z')`)
	})
	b.press("/")
	b.fill("#search-field", "line 029990\r")
	b.shows(".row.current", "line 029990")
	b.press("\x1b")
	b.press("@")
	b.fill("#since", "2026-11-20 02:00\r")
	b.has("2026-11-20T02:00:00Z INFO line 007200")
	b.clean("http://" + p.host() + "/")
}

// The top of a file is reached that was next to nothing when it was opened, and
// became more than the tab holds.
func TestPageReachesTheTopOfAFileThatGrew(t *testing.T) {
	const lines = 130_000 // more than bound in static/js/keeper/protocol.js
	file, p, b := shown(t, "begin\n")
	b.shows("#state", "live")
	appendTo(t, file, numbered(0, lines))
	b.ends(fmt.Sprintf("line %06d", lines-1))
	b.press("g")
	b.has("begin")
	b.shows("#place", "at 0 bytes of 1.")
	b.press("G")
	b.ends(fmt.Sprintf("line %06d", lines-1))
	b.shows("#place", "end of 1.")
	b.clean("http://" + p.host() + "/")
}
