package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// showcase is a log with all that lines may look like.
func showcase() string {
	var b strings.Builder
	b.WriteString(demo())
	for n := range 8 {
		fmt.Fprintf(&b, "\x1b[%dm%d\x1b[0m \x1b[%dm%d\x1b[0m \x1b[%dm%d\x1b[0m \x1b[%d;%dmboth\x1b[0m \x1b[7;%dminverse\x1b[0m \x1b[2;%dmfaint\x1b[0m\n",
			30+n, n, 90+n, n+8, 40+n, n, 30+n, 47-n, 30+n, 30+n)
	}
	b.WriteString("\x1b[38;5;18mnavy\x1b[0m \x1b[38;2;255;255;0myellow\x1b[0m \x1b[48:2::255:255:0mground\x1b[0m \x1b[31mERROR \x1b[33mink\x1b[0m\n")
	b.WriteString("2026-11-20T14:20:00Z WARN see https://a.example/x from 2001:db8::1 in /var/log/x.log id=4f1c2a9e-77b1-4a0d-9a4e-0f5f6f3f21aa \"quoted\" 12ms\x07\u202e\n")
	b.WriteString(trace)
	for n := range 12 {
		line, _ := json.Marshal(map[string]any{"time": fmt.Sprintf("2026-11-20T14:21:%02dZ", n), "level": []string{"info", "warn", "error", "debug"}[n%4],
			"msg": "json", "user": map[string]any{"id": n}, "n": n})
		fmt.Fprintf(&b, "%s\n", line)
	}
	return b.String()
}

// theme has the page look as a reader chooses, in a scheme of the system.
func (b *tab) theme(name, scheme string) {
	b.t.Helper()
	b.scheme(scheme)
	ask[any](b, "document.querySelector('#themes [data-value="+name+"]').click(); null")
	until(b.t, "the theme is "+name, func() bool { return ask[string](b, "document.documentElement.dataset.theme") == name })
}

// state is one of the page's: how it comes to be, and by what it is known.
type state struct {
	name          string
	begin         func()
	selector, has string
}

// accessibleIn asks axe-core about each state, one after the other.
func (b *tab) accessibleIn(states ...state) {
	b.t.Helper()
	for _, s := range states {
		s.begin()
		b.shows(s.selector, s.has)
		b.accessible(s.name)
	}
}

// Every main state of one stream is free of what keeps people out, in each theme.
func TestPageIsAccessible(t *testing.T) {
	script := axe(t)
	app := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, app, showcase())
	p := start(t, "app="+app)
	b := open(t, p.address.String()+"?stream=app&mark=checkout")
	b.do(chromedp.EmulateViewport(1400, 420))
	b.scheme("dark")
	b.shows("#sheet", "json")
	ask[any](b, script+"; null")
	press := func(keys ...string) func() {
		return func() {
			for _, key := range keys {
				b.press(key)
			}
		}
	}
	b.accessibleIn(
		state{"following", press(), "#state", "live"},
		state{"search", func() { b.press("/"); b.fill("#search-field", "ink\r") }, ".row.current", "ink"},
		state{"colours, a trace, a marked line", press("\x1b", "m", "x"), ".row.marked", "ink"},
		state{"details of a line", press("x", "\r"), "#detail-text", "ink"},
		state{"a trace, open", func() { b.press("\x1b"); b.click("[data-trace]") }, ".row.member", "at one"},
		state{"time that passed", press("T", "T", "T"), ".stamp.instead", ""},
		state{"columns", func() {
			b.press("T")
			b.press("G")
			b.shows("#sheet", "json")
			ask[any](b, "document.querySelector('#sheet .row:last-child .text').click(); null")
			b.press("\r")
			b.shows("#detail-pretty", "json")
			ask[any](b, "document.querySelectorAll('.pair-name')[2].click(); null")
		}, ".heads", "time"},
		state{"filter", func() { b.press("\x1b"); b.paste("#filter", "GET") }, "#hidden", "hidden by the filter"},
		state{"filters that are kept", func() { b.fill("#filter", "GET\r") }, "#chips", "GET"},
		state{"a filter that is none", func() { b.click("#filter-regex"); b.paste("#filter", "(") }, "#filter-trouble", "nterminated"},
		state{"nothing left", func() { b.click("#filter-regex"); b.paste("#filter", "no line has this") }, "#empty", "No line"},
		state{"range", func() { b.paste("#filter", ""); b.shows("#sheet", "INFO"); b.press("\x1b"); b.press("b"); b.press("[") }, "#chips", "from"},
		state{"settings", func() { b.press("\\"); b.click("#display-button") }, "#display", "Density"},
		state{"airy", func() { b.click("#densities [data-value=roomy]") }, "#display", "Density"},
		state{"compact", func() { b.click("#densities [data-value=compact]") }, "#display", "Density"},
		state{"finder", func() { b.press("\x1b"); b.press("Ctrl k"); b.fill("#find", "no such stream") }, ".nothing", "No stream"},
		state{"paused", press("\x1b", "p"), "#state", "paused"},
		state{"help", press("p", "?"), "#help-dialog", "Keys"},
		state{"twice as large", func() { b.press("\x1b"); b.do(chromedp.EmulateViewport(700, 410, chromedp.EmulateScale(2))) }, "#state", "live"},
		state{"narrow, with details", func() { b.look(360, "dark"); b.press("k"); b.press("\r") }, "#detail", "Local time"},
		state{"settings, narrow", func() { b.press("\x1b"); b.click("#display-button") }, "#display", "Density"},
	)
	b.clean("http://" + p.host() + "/")
}

// So is every main state of several streams, and of what is wrong with them.
func TestPageIsAccessibleWithSeveralStreams(t *testing.T) {
	script := axe(t)
	dir := t.TempDir()
	app, worker, empty := filepath.Join(dir, "app.log"), filepath.Join(dir, "worker.log"), filepath.Join(dir, "empty.log")
	appendTo(t, app, demo())
	appendTo(t, worker, demo())
	appendTo(t, empty, "")
	p := start(t, "app="+app, "worker="+worker, "empty="+empty, "late="+filepath.Join(dir, "late.log"))
	b := open(t, p.address.String()+"?stream=app")
	b.do(chromedp.EmulateViewport(1400, 420))
	b.scheme("dark")
	b.shows("#sheet", "INFO")
	b.shows("#streams", "worker")
	ask[any](b, script+"; null")
	choose := func(attribute, stream string) func() {
		return func() {
			ask[any](b, fmt.Sprintf(`document.querySelector('[data-%s="%s"]').click()`, attribute, stream))
		}
	}
	b.accessibleIn(
		state{"merged", choose("beside", "worker"), "#crumb", "2 streams"},
		state{"side by side", func() { b.press("v"); b.paneHas(1, "INFO") }, ".caption", "live"},
		state{"narrow", func() { b.look(360, "dark") }, ".caption", "live"},
		state{"streams, narrow", func() { b.click("#menu-button") }, "#streams", "worker"},
		state{"nothing yet", func() { b.press("\x1b"); b.do(chromedp.EmulateViewport(1400, 420)); choose("stream", "empty")() }, "#empty", "No lines yet"},
		state{"waiting", func() { choose("stream", "late")(); b.shows("#state", "waiting") }, ".item.waiting .why", "no such file"},
		state{"away", func() { p.cmd.Process.Kill(); p.ends(); choose("stream", "app")() }, "#state", "reconnecting"},
	)
}

// The page goes with the system: its scheme, its contrast, its colours where it forces
// them; what the reader chooses stands.
func TestPageGoesWithTheSystem(t *testing.T) {
	_, p, b := shown(t, showcase())
	ground := func() string { return ask[string](b, "getComputedStyle(document.body).backgroundColor") }
	media := func(features ...string) {
		t.Helper()
		var list []*emulation.MediaFeature
		for i := 0; i < len(features); i += 2 {
			list = append(list, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
		}
		call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: list})
	}
	becomes := func(what, colour string) {
		t.Helper()
		until(t, what+" has the ground "+colour, func() bool { return ground() == colour })
	}
	media("prefers-color-scheme", "dark")
	becomes("dark", "rgb(19, 21, 23)")
	media("prefers-color-scheme", "light")
	becomes("light", "rgb(251, 251, 250)")
	media("prefers-color-scheme", "light", "prefers-contrast", "more")
	becomes("more contrast", "rgb(255, 255, 255)")
	media("prefers-color-scheme", "dark", "prefers-contrast", "more")
	becomes("more contrast in the dark", "rgb(0, 0, 0)")
	b.theme("light", "dark")
	becomes("light by choice", "rgb(251, 251, 250)")
	media("prefers-color-scheme", "dark", "forced-colors", "active", "prefers-reduced-motion", "reduce")
	for _, style := range []struct{ selector, property, unwanted string }{
		{".row.error", "borderLeftWidth", "0px"}, {"#levels [aria-pressed=true]", "backgroundColor", ground()}, {"#state .dot", "backgroundColor", ground()},
	} {
		if got := ask[string](b, fmt.Sprintf("getComputedStyle(document.querySelector(%q)).%s", style.selector, style.property)); got == style.unwanted {
			t.Errorf("where colours are forced, %s of %s is %s", style.property, style.selector, got)
		}
	}
	if moves := ask[string](b, "getComputedStyle(document.querySelector('nav')).transitionDuration"); moves != "0s" {
		t.Errorf("with less motion streams come in %s", moves)
	}
	b.clean("http://" + p.host() + "/")
}
