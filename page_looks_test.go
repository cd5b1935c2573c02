package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// demo is a stretch of the log of a shop that does not exist.
func demo() string {
	var b strings.Builder
	clock := 14*3600 + 2*60
	stamp := func(step, ms int) string {
		clock += step
		return fmt.Sprintf("2026-11-20T%02d:%02d:%02d.%03dZ", clock/3600, clock/60%60, clock%60, ms)
	}
	users := []string{"m.ortiz", "k.lind", "a.okafor", "j.tanaka"}
	for n := range 180 {
		order := 8812 + n
		ms := (n*137 + 204) % 1000
		switch {
		case n%23 == 7:
			fmt.Fprintf(&b, "%s WARN  [pay] provider slow, retry 1 of 3 after 250ms: timeout awaiting headers order=%d\n", stamp(1, ms), order)
		case n%41 == 30:
			fmt.Fprintf(&b, "%s ERROR [pay] charge failed order=%d err=\"context deadline exceeded\"\n", stamp(0, ms), order)
			fmt.Fprintf(&b, "    at charge (pay/client.go:211)\n    at checkout (shop/checkout.go:88)\n")
		case n%17 == 3:
			fmt.Fprintf(&b, "%s INFO  [stock] \x1b[36mreserved\x1b[0m sku=TB-%04d left=\x1b[1m%d\x1b[0m\n", stamp(0, ms), order%997, n%40)
		case n%13 == 5:
			fmt.Fprintf(&b, "%s DEBUG [cache] hit ratio %.1f %% over 1,024 keys\n", stamp(0, ms), 91+float64(n%70)/10)
		case n%3 == 1:
			fmt.Fprintf(&b, "%s INFO  [http] POST /checkout/%d/confirm 200 %dms user=%s\n", stamp(1, ms), order, 20+n*31%160, users[n%4])
		default:
			fmt.Fprintf(&b, "%s INFO  [http] GET /api/cart/%d 200 %dms ip=10.4.%d.%d\n", stamp(0, ms), order, 4+n*7%60, n%7, n*37%250)
		}
	}
	return b.String()
}

// Nothing in the bar lies over something else, or outside of the page, whatever it
// holds and however wide it is, and every filter is seen.
func TestPageBarHoldsAll(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a", "folder", "of", "a", "folder", "application.log")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	appendTo(t, file, demo())
	p := start(t, file)
	address := p.address.String() + "?stream=" + strings.TrimPrefix(file, "/")
	b := open(t, address)
	for _, view := range []string{"", "&in=GET", "&in=GET&out=nothing&in=api&mark=cart&mark=200"} {
		b.do(chromedp.Navigate(address + view))
		b.shows("#state", "live")
		for _, typed := range []string{"", "cart"} {
			b.paste("#filter", typed)
			for _, width := range []int64{360, 620, 768, 1000, 1280, 1400, 1920, 3840} {
				b.look(width, "dark")
				for _, fault := range ask[[]string](b, `(() => {
					const seen = (list) => list.filter((e) => e.checkVisibility() && e.getBoundingClientRect().width > 0);
					const faults = [];
					const apart = (list) => {
						const boxes = list.map((e) => [e, e.getBoundingClientRect()]);
						for (const [i, [e, a]] of boxes.entries()) {
							if (a.left < -1 || a.right > innerWidth + 1) faults.push((e.id || e.className) + ' is outside');
							for (const [f, b] of boxes.slice(i + 1)) {
								if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) faults.push((e.id || e.className) + ' and ' + (f.id || f.className));
							}
						}
					};
					apart(seen([...document.querySelectorAll('header > *')]));
					apart(seen([...document.querySelectorAll('#filter-box > :not(#filter-trouble):not(#chips), .chip')]));
					const box = document.getElementById('filter-box').getBoundingClientRect();
					for (const e of seen([...document.querySelectorAll('#filter-box button')])) {
						const { left, right, top, bottom } = e.getBoundingClientRect();
						if (left < box.left || right > box.right || top < box.top - 1 || bottom > box.bottom + 1) faults.push(e.className + ' ' + e.textContent + ' is out of the field');
					}
					const pill = document.getElementById('state-short').getBoundingClientRect();
					if (pill.right > document.getElementById('state').getBoundingClientRect().right - 6) faults.push('the state is cut off');
					return faults;
				})()`) {
					t.Errorf("%d px, %q, %q typed: %s", width, view, typed, fault)
				}
			}
		}
	}
}

// Pictures of the page for people to look at, in .shots.
func TestPageLooks(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"nginx/access.log", "nginx/error.log", "shop/app.log", "shop/worker.log", "auth.log", "syslog.log"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		appendTo(t, path, demo())
	}
	app := filepath.Join(dir, "shop", "app.log")
	p := start(t, "web1="+dir+"/**", "queue="+filepath.Join(dir, "not-yet", "queue.log"))
	b := open(t, p.address.String()+"?stream=web1/shop/app.log")
	b.shows("#state", "live")
	if err := os.Rename(app, app+".1"); err != nil {
		t.Fatal(err)
	}
	appendTo(t, app, demo())
	b.shows("#held", fmt.Sprintf("%d lines", 2*strings.Count(demo(), "\n")))
	for _, scheme := range []string{"dark", "light"} {
		b.look(1400, scheme)
		b.shoot("wide-" + scheme)
		b.look(390, scheme)
		if !ask[bool](b, "document.getElementById('newest').hidden") {
			t.Error("another size ends following")
		}
		b.shoot("narrow-" + scheme)
		b.click("#menu-button")
		b.shows("#streams", "app.log")
		b.shoot("drawer-" + scheme)
		b.press("\x1b")
	}
	b.look(1400, "dark")
	b.fill("#filter", "checkout")
	b.shows("#hidden", "hidden by the filter")
	b.shoot("filtered")
	b.press("\x1b")
	b.press("?")
	b.shows("#help-dialog", "filter the lines")
	b.shoot("help")
	b.press("\x1b")
	b.press("p")
	appendTo(t, app, demo())
	b.shows("#newest", "Go on")
	b.shoot("paused")
	b.press("p")
	b.press("w")
	ask[any](b, `document.querySelector('[data-beside="web1/nginx/error.log"]').click()`)
	b.shows("#crumb", "2 streams")
	b.shows("#state", "live")
	b.shoot("merged")
	p.cmd.Process.Kill()
	p.ends()
	b.shows("#state", "reconnecting")
	b.shoot("away")
}
