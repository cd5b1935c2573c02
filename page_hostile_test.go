package main

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// JSON without end, names that mean something to a program, and text that is
// none: as columns and in the details.
func TestPageShowsHostileJSON(t *testing.T) {
	deep := `{"deep":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}"
	lines := []string{
		deep, strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000),
		`{"__proto__":{"taken":"proto"},"constructor":"made","toString":1,"msg":"<b>bold</b>"}`,
		"bad \xff\xfe bytes \xed\xa0\x80 \x00\x1b[31", "\x1b]8;;javascript:alert(1)\x1b\\click\x1b]8;;\x1b\\ \x1bP no end", `{"msg":"end"}`,
	}
	_, p, b := shown(t, strings.Join(lines, "\n")+"\n")
	b.do(chromedp.Navigate(p.address.String() + "?stream=app&columns=msg,__proto__.taken,constructor"))
	b.shows(".heads", "__proto__.taken")
	b.shows("#sheet", "<b>bold</b>")
	b.shows("#sheet", "proto")
	for range lines {
		b.press("k")
	}
	ask[any](b, "document.querySelector('#sheet .row').click(); null")
	b.press("\r")
	b.shows("#detail-text", `{"deep":[[[`)
	ask[any](b, "document.getElementById('detail-down').click()")
	b.shows("#detail-text", `{"a":{"a":`)
	ask[any](b, "document.getElementById('detail-down').click()")
	b.shows("#detail-pretty", `"__proto__"`)
	b.shows("#detail-fields", "<b>bold</b>")
	if taken := ask[bool](b, "({}).taken !== undefined || document.querySelector('#sheet b, #detail b') !== null || document.querySelector('a[href^=javascript]') !== null"); taken {
		t.Error("a line acted")
	}
	b.clean("http://" + p.host() + "/")
}

// Names of files and links that somebody sends act no more than lines do.
func TestPageShowsHostileNamesAndLinks(t *testing.T) {
	dir := t.TempDir()
	names := []string{"<img src=x onerror=document.title='taken'>.log", "a\u202egol.txt.log", "new\nline.log", "50%2f..%2f.log", "\"'`${1}.log"}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("in "+strings.ReplaceAll(name, "\n", " ")+"\n"), 0o600); err != nil {
			t.Skipf("this file system takes no such names: %v", err)
		}
	}
	p := start(t, "web="+dir+"/")
	var streams struct{ Streams []struct{ Name string } }
	if err := json.Unmarshal([]byte(p.get("/api/streams")), &streams); err != nil {
		t.Fatal(err)
	}
	if len(streams.Streams) != len(names) {
		t.Fatalf("streams: %+v", streams)
	}
	b := open(t, "about:blank")
	query := ""
	for _, stream := range streams.Streams {
		query += "&stream=" + url.QueryEscape(stream.Name)
		b.do(chromedp.Navigate(p.address.String() + "?stream=" + url.QueryEscape(stream.Name)))
		b.shows("#sheet", "in ")
		if title := ask[string](b, "document.title"); !strings.HasSuffix(title, " · tailbeam") {
			t.Errorf("title: %s", title)
		}
	}
	b.do(chromedp.Navigate(p.address.String() + "?" + query[1:]))
	b.shows("#sheet", "onerror")
	long := url.QueryEscape(strings.Repeat("(a|", 400))
	for _, link := range []string{
		"in=r:" + long, "in=r:(&out=r:[&mark=r:*&filter=r:(((", "level=%3Cb%3E&since=NaN&until=1e999&time=x&wrap=maybe&panes=%00&columns=" + long,
		"stream=__proto__&stream=constructor&line=99999999999:x", "stream=%ED%A0%80&stream=%FF&line=0:AAAA~~~~", "in=rc:(a%2B)%2B%24&mark=r:(a%2B)%2B%24",
	} {
		b.do(chromedp.Navigate(p.address.String() + "?" + query[1:] + "&" + link + "#token=<script>&x=" + long))
		b.shows("#streams", "onerror")
		b.press("?")
		b.shows("dialog[open]", "all of history")
		b.press("\x1b")
	}
	if n := ask[int](b, "document.querySelectorAll('img, script:not([src])').length"); n != 0 {
		t.Errorf("%d elements came out of names", n)
	}
	b.clean("http://"+p.host()+"/", "400", "401", "404", "414", "431")
}
