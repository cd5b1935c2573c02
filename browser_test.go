package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// page is a tab of a real browser.
type page struct {
	t   *testing.T
	ctx context.Context
}

// openPage opens an address in a new browser.
func openPage(t *testing.T, address string) *page {
	t.Helper()
	path := need(t, "chromium", "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1400, 820),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	p := &page{t: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	return p
}

// text returns what an expression of the page gives, as text.
func (p *page) text(expression string) string {
	p.t.Helper()
	s, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return s
}

// do runs a statement in the page.
func (p *page) do(statement string) { p.text("(() => {" + statement + "})()") }

// until waits for an expression to be true in the page.
func (p *page) until(what, expression string) {
	p.t.Helper()
	defer func() {
		if p.t.Failed() {
			p.t.Logf("the page shows: %.2000s", p.text("document.body.innerText"))
		}
	}()
	until(p.t, what, func() bool { return p.text(expression) == "true" })
}

// shoot keeps a picture of the page where TAILBEAM_SHOTS says, for people.
func (p *page) shoot(name string) {
	p.t.Helper()
	dir := os.Getenv("TAILBEAM_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
	}
	if err != nil {
		p.t.Error(err)
	}
}

const (
	shownText = "document.getElementById('sheet').innerText"
	heldText  = "document.getElementById('held').textContent"
)

// shows is an expression that says whether a text is on the screen.
func shows(text string) string { return fmt.Sprintf("%s.includes(%q)", shownText, text) }

// logLines makes numbered lines, every tenth an error.
func logLines(from, to int) string {
	var b strings.Builder
	for n := from; n < to; n++ {
		level := "INFO"
		if n%10 == 0 {
			level = "ERROR"
		}
		fmt.Fprintf(&b, "2026-11-21T14:02:%02d.%03dZ %s [http] request %d done path=/api/cart/%d\n", n/1000%60, n%1000, level, n, n%17)
	}
	return b.String()
}

func TestThePageShowsLinesAsTheyComeAndSurvivesARestart(t *testing.T) {
	log := filepath.Join(t.TempDir(), "shop.log")
	appendTo(t, log, logLines(0, 100))
	p := start(t, "shop="+log)
	listen := p.host()
	tab := openPage(t, p.address.String())
	tab.until("the backlog is on the screen", shows("request 99 done"))
	appendTo(t, log, logLines(100, 200))
	tab.until("an appended line is on the screen", shows("request 199 done"))
	tab.shoot("page")

	p.cmd.Process.Kill()
	<-p.exited
	tab.until("the page says that it lost the server", "document.getElementById('state').dataset.kind !== 'live'")
	appendTo(t, log, logLines(200, 300))
	p = start(t, "--listen", listen, "shop="+log)
	appendTo(t, log, logLines(300, 400))
	tab.until("what came meanwhile is on the screen", shows("request 399 done"))
	tab.until("every line is held once", heldText+".replace(/\\D*(\\d[\\d,]*).*/, '$1') === '400'")
	tab.until("nothing was lost", "document.getElementById('lost').textContent.startsWith('0 ')")
}

func TestThePageFiltersAndStopsFollowing(t *testing.T) {
	log := filepath.Join(t.TempDir(), "shop.log")
	appendTo(t, log, logLines(0, 3000))
	p := start(t, "shop="+log)
	tab := openPage(t, p.address.String())
	tab.until("the backlog is on the screen", shows("request 2999 done"))
	filter := func(text string) {
		tab.do(fmt.Sprintf("const f = document.getElementById('filter'); f.value = %q; f.dispatchEvent(new Event('input', {bubbles: true}))", text))
	}
	filter("request 1234 ")
	tab.until("one line is left", shows("request 1234 done")+" && !"+shows("request 2999 done"))
	filter("")
	tab.until("all are back", shows("request 2999 done"))

	tab.do("document.getElementById('lines').scrollTop = 2000")
	tab.until("the end is out of sight", "!"+shows("request 2999 done"))
	appendTo(t, log, logLines(3000, 3025))
	tab.until("the button counts what is new", "document.getElementById('newest').textContent.includes('25')")
	tab.until("the page has not moved", "!"+shows("request 3024 done"))
	tab.shoot("unfollowed")
	tab.do("document.getElementById('newest').click()")
	tab.until("it follows again", shows("request 3024 done"))
}

func TestThePageHoldsManyLines(t *testing.T) {
	log := filepath.Join(t.TempDir(), "shop.log")
	appendTo(t, log, logLines(0, 10))
	p := start(t, "shop="+log)
	tab := openPage(t, p.address.String())
	tab.until("the backlog is on the screen", shows("request 9 done"))
	for n := 10; n < 100_010; n += 10_000 {
		appendTo(t, log, logLines(n, n+10_000))
	}
	tab.until("the last line is on the screen", shows("request 100009 done"))
	tab.until("all are held", heldText+".includes('100,010')")
	tab.until("few are in the document", "document.getElementById('sheet').querySelectorAll('*').length < 3000")
	tab.do("document.getElementById('lines').scrollTop = 0")
	tab.until("the first line can be reached", shows("request 0 done"))
}

func TestThePageWorksUnderAPath(t *testing.T) {
	log := filepath.Join(t.TempDir(), "shop.log")
	appendTo(t, log, logLines(0, 5))
	front := httptest.NewUnstartedServer(http.NotFoundHandler())
	public := "http://" + front.Listener.Addr().String() + "/logs/here/"
	listen := freeAddress(t)
	start(t, "--listen", listen, "--public-url", public, "shop="+log)
	front.Config.Handler = http.StripPrefix("/logs/here", httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: listen}))
	front.Start()
	t.Cleanup(front.Close)
	tab := openPage(t, public)
	tab.until("the backlog is on the screen", shows("request 4 done"))
	appendTo(t, log, logLines(5, 9))
	tab.until("an appended line is on the screen", shows("request 8 done"))
	tab.until("nothing comes from elsewhere", fmt.Sprintf(
		"performance.getEntriesByType('resource').every((e) => e.name.startsWith(%q))", public))
}
