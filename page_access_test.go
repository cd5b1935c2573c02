package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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

// Every main state of the page is free of what keeps people out, in each theme.
func TestPageIsAccessible(t *testing.T) {
	script := axe(t)
	dir := t.TempDir()
	app, worker := filepath.Join(dir, "app.log"), filepath.Join(dir, "worker.log")
	appendTo(t, app, demo()+"\x1b[31mred\x1b[0m {\"level\":\"info\",\"msg\":\"json\",\"user\":7}\n")
	appendTo(t, worker, demo())
	p := start(t, "app="+app, "worker="+worker, "late="+filepath.Join(dir, "late.log"))
	b := open(t, p.address.String()+"?stream=app&mark=checkout")
	b.shows("#state", "live")
	b.shows(".row.error", "charge failed")
	ask[any](b, script+"; null")
	for _, theme := range []string{"dark", "light", "contrast"} {
		ask[any](b, "document.documentElement.dataset.theme = '"+theme+"'; null")
		b.accessible("lines, " + theme)
	}
	for _, state := range []struct {
		name          string
		begin         func()
		selector, has string
	}{
		{"search", func() { b.press("/"); b.fill("#search-field", "charge\r") }, ".row.current", "charge"},
		{"details", func() { b.press("\r") }, "#detail-text", "charge"},
		{"filter", func() { b.paste("#filter", "GET") }, "#hidden", "hidden by the filter"},
		{"range", func() { b.press("\x1b"); b.press("[") }, "#chips", "from"},
		{"settings", func() { b.press("\\"); b.click("#display-button") }, "#display", "Density"},
		{"help", func() { b.press("?") }, "#help-dialog", "Keys"},
	} {
		state.begin()
		b.shows(state.selector, state.has)
		b.accessible(state.name)
		b.press("\x1b")
	}
	ask[any](b, `document.querySelector('[data-beside="worker"]').click()`)
	b.shows("#crumb", "2 streams")
	b.accessible("merged")
	b.press("v")
	b.paneHas(1, "INFO")
	b.accessible("side by side")
	b.look(390, "dark")
	b.accessible("narrow")
	b.click("#menu-button")
	b.shows("#streams", "worker")
	b.accessible("drawer")
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

func keysOf(m map[string]bool) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	return keys
}
