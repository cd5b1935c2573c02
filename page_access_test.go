package main

import (
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

// accessible fails for each serious fault that axe-core finds in the page as it is, and
// for each text that is hard to read in any of the other themes.
func (b *tab) accessible(state string) {
	b.t.Helper()
	for _, fault := range ask[[]string](b, `(async () => {
		const faults = [];
		const look = async (theme, options) => {
			const { violations } = await axe.run(document, { resultTypes: ['violations'], ...options });
			for (const { id, impact, nodes } of violations) {
				if (impact !== 'serious' && impact !== 'critical') continue;
				for (const node of nodes) faults.push(theme + ': ' + id + ': ' + node.html.slice(0, 160) + ' ' + node.failureSummary.slice(0, 300));
			}
		};
		const { dataset } = document.documentElement;
		const { theme, contrast } = dataset;
		await look(theme, {});
		for (const [scheme, more] of [['dark', 'normal'], ['light', 'normal'], ['dark', 'more'], ['light', 'more']]) {
			Object.assign(dataset, { theme: scheme, contrast: more });
			await look(scheme + ' ' + more, { runOnly: ['color-contrast'] });
		}
		Object.assign(dataset, { theme, contrast });
		return faults;
	})()`) {
		b.t.Errorf("%s: %s", state, fault)
	}
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
