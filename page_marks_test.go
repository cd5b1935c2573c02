package main

import (
	"compress/gzip"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// zip does to a file what gzip does, under another name.
func zip(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	must(t, err)
	info, err := os.Stat(from)
	must(t, err)
	f, err := os.Create(to)
	must(t, err)
	z := gzip.NewWriter(f)
	_, err = z.Write(text)
	must(t, err)
	must(t, z.Close())
	must(t, f.Close())
	must(t, os.Chtimes(to, info.ModTime(), info.ModTime()))
	must(t, os.Remove(from))
}

// A server that begins anew knows the file of a marked line as another when it was
// compressed. The mark stays where it is, and so does what a link leads to.
func TestPageFindsMarksInCompressedFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, numbered(0, 8000))
	address := freeAddress(t)
	args := []string{"--listen", address, "app=" + file}
	p := start(t, args...)
	page := "http://" + address + "/?stream=app"
	b := open(t, page)
	again := func() {
		p.cmd.Process.Kill()
		p.ends()
		p = start(t, args...)
		b.do(chromedp.Navigate(page))
		b.ends("line 008099")
	}
	b.ends("line 007999")
	b.press("g")
	b.has("line 000000")
	b.searchDown("line 000123")
	b.press("m")
	b.shows(".row.marked", "line 000123")
	b.press("G")
	b.ends("line 007999")
	cursor := ask[string](b, `JSON.parse(localStorage['tailbeam.marks']).app[0]`)

	must(t, os.Rename(file, file+".1"))
	appendTo(t, file, numbered(8000, 50))
	b.ends("line 008049")
	zip(t, file+".1", file+".2.gz")
	must(t, os.Rename(file, file+".1"))
	appendTo(t, file, numbered(8050, 50))
	b.ends("line 008099")
	for range 2 {
		again()
		b.press("U")
		b.shows(".row.marked.current", "line 000123")
	}
	b.do(chromedp.Navigate(page + "&line=0:" + url.QueryEscape(cursor)))
	b.shows(".row.marked.current", "line 000123")

	must(t, os.Remove(file+".2.gz"))
	again()
	b.press("U")
	b.shows("#toast", "No marked line that way · 1 marked line is not there any more")
	b.press("C")
	b.press("U")
	until(t, "no mark is left", func() bool {
		return ask[string](b, "document.getElementById('toast').textContent") == "No marked line that way"
	})
	b.clean("http://"+address+"/", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE", "WebSocket")
}
