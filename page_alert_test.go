package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	document "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// heardNotes keeps the notifications of a page for a test, counts the lines that its
// keepers tell of, and lets the page's clock be put forward.
const heardNotes = `
	globalThis.told = 0;
	const Keeper = Worker;
	globalThis.Worker = class extends Keeper {
		constructor(...given) {
			super(...given);
			this.addEventListener('message', ({ data }) => { if (data.is === 'alert') told += data.count; });
		}
	};
	globalThis.notes = [];
	const Real = Notification;
	globalThis.Notification = class extends Real {
		constructor(title, options) { super(title, options); notes.push(title + ': ' + options.body); }
	};
	const now = Date.now;
	globalThis.later = 0;
	Date.now = () => now() + later;`

// The title counts what came while nobody looked, from the first line on.
func TestPageCountsWhatNobodySaw(t *testing.T) {
	file, p, b := shown(t, numbered(0, 5))
	turn := func(hidden string) {
		t.Helper()
		ask[bool](b, `Object.defineProperty(document, 'hidden', { value: `+hidden+`, configurable: true }) && document.dispatchEvent(new Event('visibilitychange'))`)
	}
	title := func(want, icon string) {
		t.Helper()
		until(t, "the title is "+want, func() bool {
			return ask[string](b, "document.title") == want && strings.HasSuffix(ask[string](b, `document.querySelector('link[rel="icon"]').href`), icon)
		})
	}
	turn("true")
	appendTo(t, file, numbered(5, 1))
	title("(1) app · tailbeam", "icon-unseen.svg")
	appendTo(t, file, numbered(6, 76))
	title("(77) app · tailbeam", "icon-unseen.svg")
	turn("false")
	title("app · tailbeam", "icon.svg")
	turn("true")
	appendTo(t, file, numbered(82, 2))
	title("(2) app · tailbeam", "icon-unseen.svg")
	b.clean("http://" + p.host() + "/")
}

// A notification comes for lines with a pattern, and no other for a while.
func TestPageNotifies(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "begin\n")
	p := start(t, "app="+file)
	b := open(t, "about:blank")
	call(b, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: browser.PermissionSettingGranted,
	})
	call(b, document.AddScriptToEvaluateOnNewDocument, document.AddScriptToEvaluateOnNewDocumentParams{Source: heardNotes})
	b.do(chromedp.Navigate(p.address.String() + "?stream=app"))
	b.ends("begin")
	b.click("#display-button")
	b.fill("#alert", `/order \d+ failed/`+"\r")
	b.shows("#alert-state", "A notification comes for lines with")
	b.press("\x1b")
	notes := func(want int) {
		t.Helper()
		until(t, "the notifications came", func() bool { return ask[int](b, "notes.length") >= want })
		if n := ask[int](b, "notes.length"); n != want {
			t.Errorf("%d notifications, want %d", n, want)
		}
	}
	appendTo(t, file, "order 7 is fine\norder 8 failed\n")
	notes(1)
	if note := ask[string](b, "notes[0]"); note != "1 line · app: order 8 failed" {
		t.Errorf("the notification says %q", note)
	}
	// While the last one is fresh there is none, however many lines there are.
	appendTo(t, file, "order 9 failed\norder 10 failed\n")
	until(t, "the page heard of them", func() bool { return ask[int](b, "told") == 3 })
	ask[int](b, "later = 60_000")
	appendTo(t, file, "order 11 failed\n")
	notes(2)
	// It is kept, and ends when nothing is asked for.
	b.do(chromedp.Reload())
	b.ends("order 11 failed")
	appendTo(t, file, "order 12 failed\n")
	notes(1)
	b.click("#display-button")
	b.fill("#alert", "\r")
	until(t, "nothing is asked for", func() bool { return ask[string](b, "document.getElementById('alert-state').textContent") == "" })
	b.clean("http://" + p.host() + "/")
}
