package main

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	document "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// An expression that takes for ever on a line of this many.
const (
	endless  = "(x+x+)+y"
	manyExes = 20_000
)

// endlessLog is a log with a line on which endless does what its name says.
func endlessLog() string {
	return "first foxtrot\n" + strings.Repeat("x", manyExes) + "\nlast foxtrot mod=77\n"
}

// marked returns how often the page shows a colour of matches.
func (b *tab) marked(colour string) int {
	return ask[int](b, "document.querySelectorAll('#sheet ."+colour+"').length")
}

// A highlight that takes too long marks nothing, says so, and leaves the others alone.
func TestPageGivesUpSlowHighlights(t *testing.T) {
	_, p, b := shown(t, endlessLog())
	b.do(chromedp.Navigate(p.address.String() + "?stream=app&mark=r:(x%2Bx%2B)%2By&mark=foxtrot"))
	b.shows("#filter-chips .chip:first-child", "too slow")
	until(t, "the other highlight is there", func() bool { return b.marked("mark2") == 2 })
	if text := ask[string](b, "document.querySelector('#filter-chips .chip:last-child').textContent"); strings.Contains(text, "slow") {
		t.Errorf("the chip of the other says %q", text)
	}
	// A filter beside it works, and counts.
	b.fill("#filter", "last\r")
	b.shows("#filter-chips .chip.in", "1")
	b.clean("http://" + p.host() + "/")
}

// What a link asks for and cannot be understood is said, and can be put right.
func TestPageTellsOfBrokenLinks(t *testing.T) {
	_, p, b := shown(t, "alpha one\nbeta two\n")
	b.do(chromedp.Navigate(p.address.String() + "?stream=app&in=alpha&in=r:(((&mark=r:%5B&since=nonsense"))
	b.shows("#range-chips .broken", "from nonsense\ninvalid")
	b.shows("#filter-chips .broken", "in:\n/(((/\ninvalid")
	b.shows("#filter-chips .broken:last-child", "mark:\n/[/\ninvalid")
	b.ends("alpha one")
	b.click("#filter-chips .broken .chip-face")
	b.shows("#filter-trouble", "Unterminated group")
	b.click("#filter-chips .broken .drop")
	b.click("#range-chips .broken .drop")
	until(t, "nothing is broken", func() bool { return ask[int](b, "document.querySelectorAll('.chip.broken').length") == 0 })
	b.clean("http://" + p.host() + "/")
}

// A search that only the browser understands is said to be one, and one that
// nobody understands goes nowhere.
func TestPageTellsWhatItCannotSearch(t *testing.T) {
	_, p, b := shown(t, endlessLog())
	b.press("/")
	b.click("#search-regex")
	b.fill("#search-field", `mod=(7)\1`+"\r")
	b.shows(".row.current", "last foxtrot")
	b.shows("#search-state", "not counted: only this browser knows this expression")
	b.paste("#search-field", "mod=7(")
	b.shows("#search-state", "Unterminated group")
	b.press("\r")
	b.shows("#search-state", "Unterminated group")
	b.paste("#search-field", "foxtrot")
	b.shows("#search-state", "2 matches")
	b.clean("http://" + p.host() + "/")
}

// Each line of a burst is looked at for the pattern of notifications, and a pattern
// that takes too long is given up aloud.
func TestPageNotifiesOfOneLineInABurst(t *testing.T) {
	file, p, b := shown(t, "begin\n")
	call(b, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: browser.PermissionSettingGranted,
	})
	call(b, document.AddScriptToEvaluateOnNewDocument, document.AddScriptToEvaluateOnNewDocumentParams{Source: heardNotes})
	b.do(chromedp.Navigate(p.address.String() + "?stream=app"))
	b.ends("begin")
	b.click("#display-button")
	b.fill("#alert", "/needle/\r")
	b.shows("#alert-state", "A notification comes")
	hay := strings.Repeat("nothing to see in this line\n", 5000)
	for range 4 {
		appendTo(t, file, hay+"needle\n"+hay)
	}
	until(t, "each of them was told", func() bool { return ask[int](b, "told") == 4 })
	b.fill("#alert", "/needle(/\r")
	b.shows("#alert-state", "No notification comes: the pattern is not understood. Unterminated group.")
	b.fill("#alert", "/"+endless+"/\r")
	appendTo(t, file, strings.Repeat("x", manyExes)+"\n")
	b.shows("#toast", "takes too long")
	b.clean("http://" + p.host() + "/")
}
