package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPageSurvivesARestartOfTheServer(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "app.log")
	appendTo(t, file, numbered(0, 100))
	address := freeAddress(t)
	args := []string{"--listen", address, "app=" + file}
	p := start(t, args...)
	b := open(t, "http://"+address+"/?stream=app")
	b.ends("line 000099")
	written := 100
	for n := range 3 {
		p.cmd.Process.Kill()
		p.ends()
		b.shows("#state", "reconnecting")
		// No light is green then.
		until(t, "the streams are grey", func() bool { return ask[int](b, "document.querySelectorAll('.stale .item').length") == 1 })
		appendTo(t, file, numbered(written, 20))
		if n == 1 {
			must(t, os.Rename(file, file+".1"))
		}
		appendTo(t, file, numbered(written+20, 5))
		written += 25
		p = start(t, args...)
		b.shows("#state", "live")
		b.ends(strings.TrimSpace(numbered(written-1, 1)))
		// What came since stands behind a line that says why.
		until(t, "it is told that the server was restarted", func() bool {
			told := b.behind(strings.TrimSpace(numbered(written-26, 1)))
			return strings.Contains(told, "the server was restarted, reconnected") && strings.Contains(told, "reading on from the same place · the connection was cut")
		})
		b.shows("#state", "the server was restarted")
		if n == 1 {
			until(t, "the next file is told of", func() bool {
				return strings.Contains(b.behind(strings.TrimSpace(numbered(written-6, 1))), "app.log.1 ends, app.log begins")
			})
		}
		appendTo(t, file, numbered(written, 10))
		written += 10
		b.ends(strings.TrimSpace(numbered(written-1, 1)))
	}
	if got := b.copied(); got+"\n" != numbered(0, written) {
		t.Errorf("%d lines of %d, or others", strings.Count(got, "\n")+1, written)
	}
	b.shows("#lost", "0 lines lost")
	b.clean("http://"+address+"/", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "WebSocket")
}

// behind returns what stands behind a line that is seen, where that is no line.
func (b *tab) behind(line string) string {
	b.t.Helper()
	return ask[string](b, fmt.Sprintf(`((row) => row?.nextElementSibling?.matches('.divider') ? row.nextElementSibling.textContent : '')(
		[...document.querySelectorAll('#sheet .row')].find((e) => e.querySelector('.text')?.textContent === %q))`, line))
}

func TestPageWorksUnderAPath(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\n")
	inner := &url.URL{Scheme: "http", Host: freeAddress(t)}
	front := httptest.NewServer(http.StripPrefix("/logs", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(inner)
		r.Out.Host = r.In.Host
	}}))
	t.Cleanup(front.Close)
	start(t, "--listen", inner.Host, "--public-url", front.URL+"/logs/", "app="+file)
	b := open(t, front.URL+"/logs/s/app")
	b.ends("one")
	b.shows("#state", "live")
	appendTo(t, file, "two\n")
	b.ends("two")
	if at := ask[string](b, "location.href"); at != front.URL+"/logs/?stream=app" {
		t.Errorf("the address is %s", at)
	}
	b.clean(front.URL + "/logs/")
}

func TestPageAsksForTheToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\n")
	p := start(t, "--listen", "0.0.0.0:0", "--allowed-host", "127.0.0.1", "app="+file)
	token, ok := strings.CutPrefix(p.address.Fragment, "token=")
	if !ok {
		t.Fatalf("no token in %s", p.address)
	}
	page := "http://" + p.host() + "/?stream=app"

	b := open(t, page+"#token="+token)
	b.ends("one")
	if at := ask[string](b, "location.href"); at != page {
		t.Errorf("the address is %s", at)
	}
	b.clean("http://" + p.host() + "/")

	b = open(t, page)
	b.shows("#token-text", "asks for its token")
	b.fill("#token", "wrong\r")
	b.shows("#token-text", "does not take this token")
	b.fill("#token", token+"\r")
	b.ends("one")
	b.shows("#state", "live")
	b.clean("http://"+p.host()+"/", "401", "WebSocket")
}

func TestPageTellsOfRotation(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "old\n")
	p := start(t, "app="+file)
	b := open(t, p.address.String())
	b.ends("old")
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	appendTo(t, file, "new\n")
	b.ends("new")
	b.shows("#sheet .divider", "rotated: app.log.1 ends, app.log begins")
	if got := b.copied(); got != "old\nnew" {
		t.Errorf("copied %q", got)
	}
}
