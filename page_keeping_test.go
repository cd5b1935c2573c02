package main

import (
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// firstSeen is the first line in view.
const firstSeen = `(() => {
	const top = document.querySelector('.scroller').getBoundingClientRect().top;
	return [...document.querySelectorAll('#sheet .row .text')].find((e) => e.getBoundingClientRect().top >= top)?.textContent ?? '';
})()`

// lineNumber returns the number of a line.
func lineNumber(t *testing.T, line string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimPrefix(line, "line "))
	must(t, err)
	return n
}

func TestPageKeepsMarksAndViews(t *testing.T) {
	dir := t.TempDir()
	app, other := filepath.Join(dir, "app.log"), filepath.Join(dir, "other.log")
	appendTo(t, app, numbered(0, 8000))
	appendTo(t, other, "elsewhere\n")
	p := start(t, "app="+app, "other="+other)
	b := open(t, p.address.String()+"?stream=app")
	b.ends("line 007999")
	b.press("g")
	b.has("line 000000")
	address := func() string { return ask[string](b, "location.search") }
	until(t, "the address has the beginning", func() bool { return strings.Contains(address(), "&at=0:") })
	beginning := address()
	b.searchDown("line 000123")
	b.press("m")
	b.shows(".row.marked", "line 000123")
	b.click("#display-button")
	b.fill("#view-name", "mine\r")
	b.shows("#views", "mine")
	// The address says where the reader is, and opens there.
	until(t, "the address has the place", func() bool { return strings.Contains(address(), "&at=0:") && address() != beginning })
	seen := lineNumber(t, ask[string](b, firstSeen))
	b.do(chromedp.Reload())
	b.has("line 000123")
	until(t, "the same is seen", func() bool {
		return max(seen, lineNumber(t, ask[string](b, firstSeen)))-min(seen, lineNumber(t, ask[string](b, firstSeen))) <= 1
	})
	b.press("G")
	b.ends("line 007999")
	until(t, "the address has no place", func() bool { return address() == "?stream=app" })
	// The mark is far from what the tab holds now.
	b.press("U")
	b.shows(".row.marked.current", "line 000123")
	until(t, "the address has the place again", func() bool { return strings.Contains(address(), "&at=0:") })
	b.click(`[data-stream="other"]`)
	b.ends("elsewhere")
	ask[any](b, "history.back()")
	b.has("line 000123")
	b.click(`[data-stream="other"]`)
	b.ends("elsewhere")
	b.click("#display-button")
	b.click("#views .kept")
	b.ends("line 007999")
	if at := ask[string](b, "location.search"); at != "?stream=app" {
		t.Errorf("the address says %s", at)
	}
	b.clean("http://" + p.host() + "/")
}

// A link to a line whose file is gone says so, and does not pass another line off for it.
func TestPageSaysThatALineIsGone(t *testing.T) {
	file, p, b := shown(t, numbered(0, 300))
	b.click("#sheet .row:nth-child(20)") // lower than where the strip comes into view
	cursor := ask[string](b, `fetch('api/lines/app?at=0&limit=5').then((r) => r.json()).then((page) => page.lines[4].cursor)`)
	must(t, os.Remove(file))
	appendTo(t, file, numbered(500, 300))
	b.ends("line 000799")
	b.do(chromedp.Navigate(p.address.String() + "?stream=app&line=0:" + url.QueryEscape(cursor)))
	b.shows("#toast", "not there any more")
	b.has("line 000799")
	b.clean("http://" + p.host() + "/")
}

// Stamps that name no zone are in that of the server, whatever the browser's is.
func TestPageTakesTimesInTheZoneOfTheServer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "2026-11-20 12:00:00 INFO noon in Tokyo\n")
	p := start(t, "--timezone", "Asia/Tokyo", "app="+file)
	b := open(t, p.address.String()+"?stream=app&time=utc")
	until(t, "the stamp is in UTC", func() bool {
		return strings.HasPrefix(ask[string](b, "document.querySelector('.stamp.instead')?.dataset.name ?? ''"), "2026-11-20 03:00:00")
	})
}

// relay passes connections on to an address until they are cut.
type relay struct {
	net.Listener
	mu   sync.Mutex
	open []net.Conn
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{Listener: l}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				near.Close()
				continue
			}
			r.mu.Lock()
			r.open = append(r.open, near, far)
			r.mu.Unlock()
			work.Go(func() { io.Copy(near, far); near.Close() })
			work.Go(func() { io.Copy(far, near); far.Close() })
		}
	})
	t.Cleanup(func() {
		l.Close()
		r.cut()
		work.Wait()
	})
	return r
}

// cut ends all connections as a network that went away does.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.open {
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		c.Close()
	}
	r.open = nil
}

// A connection that is cut, as by a laptop's sleep, costs no line.
func TestPageLosesNothingWhenTheConnectionIsCut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, numbered(0, 100))
	p := start(t, "app="+file)
	r := newRelay(t, p.host())
	at := &url.URL{Scheme: "http", Host: r.Addr().String(), Path: "/", RawQuery: "stream=app"}
	b := open(t, at.String())
	b.ends("line 000099")
	written := 100
	for range 4 {
		r.cut()
		appendTo(t, file, numbered(written, 3000))
		written += 3000
		b.ends(strings.TrimSpace(numbered(written-1, 1)))
		b.shows("#state", "live")
	}
	if got := b.copied(); got+"\n" != numbered(0, written) {
		t.Errorf("%d lines of %d, or others", strings.Count(got, "\n")+1, written)
	}
	b.shows("#lost", "0 lines lost")
}
