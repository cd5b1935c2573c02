package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// axe returns the script of axe-core, as the lock file of the page names it.
func axe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(locked(t, "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// locked returns the path of a file of a package that the lock file names, which
// is installed if need be.
func locked(t *testing.T, file ...string) string {
	t.Helper()
	npm := need(t, "npm", "npm")
	path := filepath.Join(append([]string{"static", "node_modules"}, file...)...)
	if _, err := os.Stat(path); err != nil {
		cmd := exec.CommandContext(t.Context(), npm, "ci", "--no-audit", "--no-fund")
		cmd.Dir = "static"
		if out, err := cmd.CombinedOutput(); err != nil {
			if os.Getenv("TAILBEAM_REQUIRE_TOOLS") == "1" {
				t.Fatalf("npm ci: %v\n%s", err, out)
			}
			t.Skipf("npm ci, for %s: %v\n%s", filepath.Join(file...), err, out)
		}
	}
	return path
}

// accessible fails for each serious fault that axe-core finds in the page as it is.
func (b *tab) accessible(state string) {
	b.t.Helper()
	for _, fault := range ask[[]string](b, `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
		.filter(({ impact }) => impact === 'serious' || impact === 'critical')
		.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.html.slice(0, 160) + ' ' + node.failureSummary.slice(0, 300))))`) {
		b.t.Errorf("%s: %s", state, fault)
	}
}

// theme has the page look as a reader chooses, in a scheme of the system.
func (b *tab) theme(name, scheme string) {
	b.t.Helper()
	b.scheme(scheme)
	ask[any](b, "document.querySelector('#themes [data-value="+name+"]').click(); null")
	until(b.t, "the theme is "+name, func() bool { return ask[string](b, "document.documentElement.dataset.theme") == name })
}

// Every main state of the page is free of what keeps people out, in each theme.
func TestPageIsAccessible(t *testing.T) {
	script := axe(t)
	dir := t.TempDir()
	app, worker := filepath.Join(dir, "app.log"), filepath.Join(dir, "worker.log")
	appendTo(t, app, demo()+"\x1b[31mred\x1b[0m \x1b[38;5;18mnavy\x1b[0m {\"level\":\"info\",\"msg\":\"json\",\"user\":7}\n")
	appendTo(t, worker, demo())
	p := start(t, "app="+app, "worker="+worker, "late="+filepath.Join(dir, "late.log"))
	b := open(t, p.address.String()+"?stream=app&mark=checkout")
	b.shows("#state", "live")
	b.shows(".row.error", "charge failed")
	ask[any](b, script+"; null")
	for _, theme := range []struct{ name, scheme string }{
		{"dark", "light"}, {"light", "dark"}, {"contrast", "light"}, {"contrast", "dark"},
	} {
		b.theme(theme.name, theme.scheme)
		b.accessible(fmt.Sprintf("lines, %s in %s", theme.name, theme.scheme))
	}
	themes := []string{"light", "contrast", "dark"}
	for i, state := range []struct {
		name          string
		begin         func()
		selector, has string
	}{
		{"search", func() { b.press("/"); b.fill("#search-field", "charge\r") }, ".row.current", "charge"},
		{"details", func() { b.press("\r") }, "#detail-text", "charge"},
		{"columns", func() {
			b.press("G")
			ask[any](b, "document.querySelector('#sheet .row:last-child .text').click(); null")
			b.press("\r")
			b.shows("#detail-pretty", "json")
			ask[any](b, "document.querySelector('.pair-name').click(); null")
		}, ".heads", "level"},
		{"filter", func() { b.paste("#filter", "GET") }, "#hidden", "hidden by the filter"},
		{"nothing left", func() { b.paste("#filter", "no line has this") }, "#empty", "No line"},
		{"range", func() { b.shows("#sheet", "INFO"); b.press("[") }, "#chips", "from"},
		{"settings", func() { b.press("\\"); b.click("#display-button") }, "#display", "Density"},
		{"finder", func() { b.press("Ctrl k"); b.fill("#find", "o") }, ".item.marked", "worker"},
		{"paused", func() { b.press("p") }, "#state", "paused"},
		{"help", func() { b.press("p"); b.press("?") }, "#help-dialog", "Keys"},
	} {
		state.begin()
		b.shows(state.selector, state.has)
		b.theme(themes[i%len(themes)], "dark")
		b.accessible(state.name)
		b.press("\x1b")
	}
	ask[any](b, `document.querySelector('[data-beside="worker"]').click()`)
	b.shows("#crumb", "2 streams")
	b.accessible("merged")
	b.press("v")
	b.paneHas(1, "INFO")
	b.accessible("side by side")
	b.look(360, "dark")
	b.accessible("narrow")
	b.click("#menu-button")
	b.shows("#streams", "worker")
	b.accessible("streams, narrow")
	b.press("\x1b")
	b.look(1400, "dark")
	ask[any](b, `document.querySelector('[data-stream="late"]').click()`)
	b.shows("#state", "waiting")
	b.shows(".item.waiting .why", "no such file")
	b.accessible("waiting")
	p.cmd.Process.Kill()
	p.ends()
	b.shows("#state", "reconnecting")
	b.accessible("away")
}

// What can be done with the pointer can be done by keys, and they never end in a corner.
func TestPageWorksByKeyboardAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, demo())
	p := start(t, "app="+file, "other="+file+".other")
	b := open(t, p.address.String()+"?stream=app")
	b.shows("#state", "live")
	seen := map[string]bool{}
	for range 80 {
		b.press("\t")
		at := ask[string](b, `document.activeElement === document.body ? 'body' : document.activeElement.id || document.activeElement.dataset.stream || document.activeElement.textContent`)
		if at != "body" && !ask[bool](b, "document.activeElement.checkVisibility()") {
			t.Errorf("%s has the focus and is not seen", at)
		}
		seen[at] = true
	}
	for _, id := range []string{"filter", "pause-button", "display-button", "help-button", "find", "lines", "app", "other"} {
		if !seen[id] {
			t.Errorf("Tab does not lead to %s: %v", id, strings.Join(keysOf(seen), ", "))
		}
	}
	b.press("Ctrl k")
	b.press("other\r")
	b.shows("#crumb", "other")
	b.shows("#state", "waiting")
	if at := ask[string](b, "document.activeElement.id"); at != "lines" {
		t.Errorf("the focus is on %q", at)
	}
	b.clean("http://" + p.host() + "/")
}

// The tree is gone through by arrows, and so is the strip; who sees nothing of it is
// told how many lines the filters leave.
func TestPageIsGoneThroughByArrows(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.log"), filepath.Join(dir, "two.log")
	appendTo(t, one, ticking("one", 0, 2000, 1))
	appendTo(t, two, ticking("two", 0, 20, 1))
	p := start(t, "--timezone", "UTC", "web="+dir+"/")
	b := open(t, p.address.String()+"?stream=web/one.log")
	b.ends("2026-11-20T10:33:19Z INFO one 01999")
	b.shows("#strip-axis", ":")

	b.press("Ctrl k")
	const at = "document.activeElement.dataset.folder ?? document.activeElement.dataset.beside ?? document.activeElement.dataset.stream ?? document.activeElement.id"
	for _, step := range []struct{ key, to string }{
		{kb.ArrowDown, "web"}, {kb.ArrowLeft, "web"}, {kb.ArrowDown, "web"}, {kb.ArrowRight, "web"}, {kb.ArrowDown, "web/one.log"},
		{kb.ArrowDown, "web/two.log"}, {kb.ArrowUp, "web/one.log"}, {kb.ArrowLeft, "web"}, {kb.ArrowUp, "find"}, {kb.ArrowDown, "web"},
		{kb.ArrowRight, "web/one.log"}, {kb.ArrowDown, "web/two.log"},
	} {
		b.press(step.key)
		if got := ask[string](b, at); got != step.to {
			t.Fatalf("%q leads to %s, not to %s", step.key, got, step.to)
		}
	}
	b.press("\r")
	b.shows("#crumb", "two")
	b.press("Ctrl k")
	b.press("one\r")
	b.ends("2026-11-20T10:33:19Z INFO one 01999")

	b.counts(2000)
	b.do(chromedp.Focus(chromedp.CSS("#strip")))
	b.press(kb.Home)
	until(t, "the first line is in view", func() bool { rows := b.rows(); return len(rows) > 0 && strings.HasSuffix(rows[0], "one 00000") })
	if text := ask[string](b, "document.getElementById('strip').ariaValueText"); !strings.Contains(text, "10:00:0") || !strings.Contains(text, "lines") {
		t.Errorf("the strip says %q", text)
	}
	b.press(kb.PageDown)
	until(t, "another line is in view", func() bool { rows := b.rows(); return len(rows) > 0 && !strings.HasSuffix(rows[0], "one 00000") })

	b.paste("#filter", "one 0199")
	until(t, "the counts are told", func() bool {
		return strings.Contains(ask[string](b, "document.getElementById('said').textContent"), "10 shown · 1,990 hidden")
	})
	b.clean("http://" + p.host() + "/")
}

func keysOf(m map[string]bool) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	return keys
}
