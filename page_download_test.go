package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
)

// The file, the lines that are shown, and what is selected can be saved.
func TestPageDownloads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	text := numbered(0, 7000) + "\x1b[31mred\x1b[0m \xff bytes\n"
	appendTo(t, file, text)
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.ends("red \ufffd bytes")
	dir := t.TempDir()
	call(b, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir})
	saved := func(button, name, want string) {
		t.Helper()
		b.click("#display-button")
		b.click(button)
		b.press("\x1b")
		var got []byte
		defer func() {
			if string(got) != want {
				b.shoot("failed")
				t.Logf("%s: %d bytes of %d; selected: %q", name, len(got), len(want), ask[string](b, "String(getSelection())"))
			}
		}()
		until(t, name+" is saved", func() bool {
			got, _ = os.ReadFile(filepath.Join(dir, name)) // it may not be there yet
			return string(got) == want
		})
	}
	saved("#download-file", "app", text)
	b.paste("#filter", "line 00699")
	b.shows("#hidden", "10 shown")
	saved("#download-shown", "app.lines.log", numbered(6990, 10))
	// All that the filters leave is saved, as it is in the file, and not what the tab holds of it.
	must(t, os.Remove(filepath.Join(dir, "app.lines.log")))
	b.paste("#filter", "line 0")
	until(t, "more are shown", func() bool {
		return !strings.HasPrefix(ask[string](b, "document.getElementById('hidden').textContent"), "10 shown")
	})
	saved("#download-shown", "app.lines.log", numbered(0, 7000))
	must(t, os.Remove(filepath.Join(dir, "app.lines.log")))
	b.paste("#filter", "RED")
	b.shows("#hidden", "1 shown")
	saved("#download-shown", "app.lines.log", "\x1b[31mred\x1b[0m \xff bytes\n")
	b.paste("#filter", "line 00699")
	b.shows("#hidden", "10 shown")
	until(t, "the lines are drawn", func() bool { rows := b.rows(); return len(rows) == 10 && rows[0] == "line 006990" })
	b.click("#display-button")
	b.click("#download-selected")
	b.shows("#toast", "Select lines first")
	b.press("\x1b")
	ask[any](b, `(([, , from, , to]) => getSelection().setBaseAndExtent(from, 0, to, to.childNodes.length))(document.querySelectorAll('#sheet .text'))`)
	saved("#download-selected", "app.selected.log", numbered(6992, 3))
	b.clean("http://" + p.host() + "/")
}
