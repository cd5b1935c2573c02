package main

import (
	"testing"

	document "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// another opens an address in another tab of the same browser.
func (b *tab) another(address string) *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	other := &tab{t: b.t, ctx: ctx}
	other.do(chromedp.Navigate(address))
	return other
}

// marksSeen waits until so many lines in view are marked.
func (b *tab) marksSeen(want int) {
	b.t.Helper()
	until(b.t, "the lines are marked", func() bool { return ask[int](b, "document.querySelectorAll('.row.marked').length") == want })
}

// Tabs of one browser keep their marks in one place, and none drops those of another.
func TestPageKeepsMarksOfOtherTabs(t *testing.T) {
	_, p, one := shown(t, numbered(0, 30))
	two := one.another(p.address.String() + "?stream=app")
	two.ends("line 000029")
	one.click("#sheet .row:nth-child(3)")
	one.press("m")
	one.marksSeen(1)
	two.marksSeen(1)
	two.click("#sheet .row:nth-child(5)")
	two.press("m")
	two.marksSeen(2)
	one.marksSeen(2)
	one.do(chromedp.Reload())
	one.marksSeen(2)
	one.press("C")
	one.marksSeen(0)
	two.marksSeen(0)
	one.clean("http://" + p.host() + "/")
}

// What the browser keeps may be forbidden, full, or not what the page would write.
func TestPageBearsBadStorage(t *testing.T) {
	for name, script := range map[string]string{
		"forbidden": `Object.defineProperty(self, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })`,
		"full": `for (const name of ['marks', 'views', 'theme', 'alert']) if (!localStorage['tailbeam.' + name]) localStorage['tailbeam.' + name] = '[]';
			Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }`,
		"other": `for (const [name, value] of Object.entries({ marks: '{"app":[1,{}],"b":7}', views: '[null,{"name":1}]', theme: '{', density: '"huge"', alert: '{"a":1}' }))
			if (!sessionStorage.done) localStorage['tailbeam.' + name] = value;
			sessionStorage.done = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			_, p, b := shown(t, numbered(0, 30))
			call(b, document.AddScriptToEvaluateOnNewDocument, document.AddScriptToEvaluateOnNewDocumentParams{Source: script})
			b.do(chromedp.Reload())
			b.ends("line 000029")
			b.click("#sheet .row:nth-child(3)")
			b.press("m")
			b.marksSeen(1)
			b.press("t")
			until(t, "the theme is another", func() bool { return ask[string](b, "document.documentElement.dataset.theme") == "dark" })
			b.press("t")
			until(t, "the theme is another again", func() bool { return ask[string](b, "document.documentElement.dataset.theme") == "light" })
			b.click("#display-button")
			b.fill("#view-name", "mine\r")
			b.shows("#views", "mine")
			if got := ask[string](b, "document.getElementById('alert').value"); got != "" {
				t.Errorf("a notification is asked for of %q", got)
			}
			b.clean("http://" + p.host() + "/")
		})
	}
}
