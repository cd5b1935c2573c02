package main

import (
	"bytes"
	"fmt"
	"testing"
)

// farApart is a log of 100,000 lines; what is looked for lies far apart in it.
func farApart() string {
	var log bytes.Buffer
	special := map[int]string{1000: "ERROR boom", 40_000: "ERROR bang", 2000: "INFO needle", 70_000: "INFO needle", 99_990: "INFO needle"}
	for n := range 100_000 {
		what, ok := special[n]
		if !ok {
			what = "INFO fine"
		}
		fmt.Fprintf(&log, "2026-11-20T10:%02d:%02d.%03dZ %s %06d\n", n/6000%60, n/100%60, n%100*10, what, n)
	}
	return log.String()
}

// Matches, errors and warnings are found in all of history, most of which the
// tab has never seen, and are shown among their neighbours.
func TestPageFindsWhatIsFarAway(t *testing.T) {
	_, p, b := shown(t, farApart())
	b.press("/")
	b.fill("#search-field", "needle\r")
	b.shows(".row.current", "needle 099990")
	b.shows("#search-state", "3 matches")
	b.click("#search-up")
	b.shows(".row.current", "needle 070000")
	b.shows("#sheet", "fine 070001")
	b.click("#search-up")
	b.shows(".row.current", "needle 002000")
	b.click("#search-up")
	b.shows("#search-state", "no more")
	b.click("#search-down")
	b.shows(".row.current", "needle 070000")
	b.press("\x1b")
	b.press("G")
	b.ends("2026-11-20T10:16:39.990Z INFO fine 099999")
	b.press("E")
	b.shows(".row.current", "bang 040000")
	b.press("E")
	b.shows(".row.current", "boom 001000")
	b.press("e")
	b.shows(".row.current", "bang 040000")
	b.press("w")
	b.shows("#toast", "No more that way")

	// What filters hide is passed over.
	b.paste("#filter", "boom")
	b.shows("#hidden", "hidden by the filter")
	b.press("G")
	b.press("E")
	b.shows(".row.current", "boom 001000")
	b.clean("http://" + p.host() + "/")
}

// An expression that the server does not know is looked for by the page itself.
func TestPageFindsWhatTheServerCannot(t *testing.T) {
	_, p, b := shown(t, farApart())
	b.press("/")
	b.click("#search-regex")
	b.fill("#search-field", "(?<=INFO )needle 09\r")
	b.shows(".row.current", "needle 099990")
	b.fill("#search-field", "(?<=ERROR )bang\r")
	b.shows(".row.current", "bang 040000")
	b.clean("http://"+p.host()+"/", "400")
}

// A search that was closed goes on at the next n, and leaves the keyboard with the lines.
func TestPageGoesOnWithASearchThatWasClosed(t *testing.T) {
	_, p, b := shown(t, numbered(0, 30))
	b.press("/")
	b.fill("#search-field", "line 00001")
	b.press("\r")
	b.shows(".row.current", "line 000019")
	b.press("\x1b")
	until(t, "the search is closed", func() bool { return ask[bool](b, "document.getElementById('search').hidden") })
	for _, step := range []struct{ key, want string }{{"N", "line 000018"}, {"N", "line 000017"}, {"n", "line 000018"}} {
		b.press(step.key)
		b.shows(".row.current", step.want)
	}
	b.shows("#search-state", "10 matches")
	b.clean("http://" + p.host() + "/")
}
