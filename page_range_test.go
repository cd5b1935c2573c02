package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A range of time is a filter: of what is there, of what comes, and of history
// that the tab has never seen.
func TestPageShowsARangeOfTime(t *testing.T) {
	file, p, b := shown(t, farApart(), "--timezone", "UTC")
	limit := func(since, until string) {
		t.Helper()
		b.click("#display-button")
		b.fill("#range-since", since)
		b.fill("#range-until", until+"\r")
		b.press("\x1b")
	}
	// The last seconds, with what comes.
	limit("2026-11-20 10:16:30", "")
	b.shows("#hidden", "1,000 shown")
	b.shows("#hidden", "hidden by the filter")
	b.shows("#chips", "from 2026-11-20 10:16:30")
	appendTo(t, file, "2026-11-20T10:00:00Z INFO late\n2026-11-20T10:17:00Z INFO in time\n")
	b.ends("2026-11-20T10:17:00Z INFO in time")
	b.shows("#hidden", "1,001 shown")

	// A stretch that lies far back.
	limit("2026-11-20 10:05", "2026-11-20 10:05:01")
	b.ends("2026-11-20T10:05:01.000Z INFO fine 030100")
	b.press("g")
	until(t, "its first line is shown", func() bool {
		rows := b.rows()
		return len(rows) > 0 && rows[0] == "2026-11-20T10:05:00.000Z INFO fine 030000"
	})
	b.press("E")
	b.shows("#toast", "No more that way")
	if at := ask[string](b, "location.search"); !strings.Contains(at, "since=2026-11-20T10:05:00Z") || !strings.Contains(at, "until=2026-11-20T10:05:01Z") {
		t.Errorf("the address says %s", at)
	}
	b.do(chromedp.Reload())
	b.ends("2026-11-20T10:05:01.000Z INFO fine 030100")
	b.shows("#chips", "until 2026-11-20 10:05:01")

	// By keys, from a line on.
	b.click("#range-chips [data-drop=until]")
	b.press("\\")
	until(t, "all times are shown", func() bool { return ask[string](b, "document.getElementById('hidden').textContent") == "" })
	b.press("G")
	b.ends("2026-11-20T10:17:00Z INFO in time")
	b.press("E")
	b.shows(".row.current", "bang 040000")
	b.press("[")
	b.shows("#chips", "from 2026-11-20 10:06:40")
	until(t, "nothing is before it", func() bool {
		rows := b.rows()
		return len(rows) > 0 && rows[0] == "2026-11-20T10:06:40.000Z ERROR bang 040000"
	})
	limit("noon", "")
	b.shows("#toast", "not a time")
	b.clean("http://" + p.host() + "/")
}
