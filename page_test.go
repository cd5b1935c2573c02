package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// numbered returns lines "line FROM", ... of a log.
func numbered(from, count int) string {
	var b strings.Builder
	for n := range count {
		fmt.Fprintf(&b, "line %06d\n", from+n)
	}
	return b.String()
}

func TestPageShowsLinesAsTheyCome(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "one\ntwo\n")
	p := start(t, "app="+file, "late="+filepath.Join(t.TempDir(), "late.log"))
	b := open(t, p.address.String()+"s/app")
	b.ends("two")
	b.shows("#state", "live")
	b.shows(".item.waiting", "late")
	if at := ask[string](b, "location.search"); at != "?stream=app" {
		t.Errorf("the address says %s", at)
	}

	hostile := `<script>document.title = 'taken'</script><img src=x onerror="document.title = 'taken'"> &lt; ` + "\x00\x07\u202e"
	appendTo(t, file, "three\n"+hostile+"\n\x1b[31mred\x1b[0m and plain\n")
	b.ends("red and plain")
	if got := b.rows(); len(got) != 5 || len([]rune(got[3])) != len([]rune(hostile)) {
		t.Errorf("lines: %q", got)
	}
	if title := ask[string](b, "document.title"); title != "app · tailbeam" {
		t.Errorf("title: %s", title)
	}
	if n := ask[int](b, "document.querySelectorAll('#sheet script, #sheet img').length"); n != 0 {
		t.Errorf("%d elements came out of a line", n)
	}
	if got, want := b.copied(), "one\ntwo\nthree\n"+hostile+"\nred and plain"; got != want {
		t.Errorf("copied %q, want %q", got, want)
	}

	b.click(`[data-stream="late"]`)
	b.shows("#state", "waiting")
	b.shows("#sheet .divider", "waiting")
	b.clean("http://" + p.host() + "/")
}

func TestPageFollowsUntilTheReaderScrolls(t *testing.T) {
	file, p, b := shown(t, numbered(0, 500))
	b.wheel(-1000)
	until(t, "the view leaves the end", func() bool { return ask[bool](b, "!document.getElementById('newest').hidden") })
	until(t, "the view comes to rest", func() bool {
		const still = `new Promise((done) => { const at = document.getElementById('sheet').innerText;
			setTimeout(() => done(at === document.getElementById('sheet').innerText), 300); })`
		return ask[bool](b, still)
	})
	before := b.rows()
	appendTo(t, file, numbered(500, 42))
	b.shows("#newest", "42 new lines")
	if after := b.rows(); strings.Join(after, "\n") != strings.Join(before, "\n") {
		t.Errorf("the view moved from %s to %s", before[0], after[0])
	}
	b.click("#newest")
	b.ends("line 000541")
	appendTo(t, file, numbered(542, 1))
	b.ends("line 000542")

	// Down to the end by the wheel follows again, too.
	b.press("b")
	b.shows("#newest", "Follow")
	b.wheel(5000)
	until(t, "the view follows", func() bool { return ask[bool](b, "document.getElementById('newest').hidden") })
	appendTo(t, file, numbered(543, 1))
	b.ends("line 000543")

	// What is left of the wheel's swing does not take the reader away again.
	for n := range 5 {
		b.wheel(-2000)
		until(t, "the view leaves the end", func() bool { return ask[bool](b, "!document.getElementById('newest').hidden") })
		b.press("G")
		appendTo(t, file, numbered(544+n, 1))
		b.ends(fmt.Sprintf("line %06d", 544+n))
	}
	b.clean("http://" + p.host() + "/")
}

func TestPagePausesWithoutLoss(t *testing.T) {
	file, _, b := shown(t, numbered(0, 100))
	b.press("p")
	b.shows("#state", "paused · 0 waiting")
	appendTo(t, file, numbered(100, 2000))
	b.shows("#state", "paused · 2,000 waiting")
	b.ends("line 000099")
	b.press("p")
	b.ends("line 002099")
	if got := b.copied(); got+"\n" != numbered(0, 2100) {
		t.Errorf("%d of 2100 lines, or others", strings.Count(got, "\n")+1)
	}
}

func TestPageFilters(t *testing.T) {
	file, p, b := shown(t, numbered(0, 3000)+"Needle [x]\n"+strings.Repeat("a", 60)+"b\n")

	filter := func(text string) {
		t.Helper()
		b.paste("#filter", text)
	}
	filter("needle [X]")
	b.shows("#hidden", "1 shown · 3,001 hidden")
	until(t, "what matches is marked", func() bool {
		got := ask[[]string](b, `[...document.querySelectorAll('mark')].map((e) => e.textContent)`)
		return len(got) == 1 && got[0] == "Needle [x]"
	})
	appendTo(t, file, "no\nanother needle [x] yet\n")
	b.shows("#hidden", "2 shown · 3,002 hidden")
	b.click("#filter-case")
	b.shows("#hidden", "0 shown")
	b.shows("#empty", "No line")
	b.click("#filter-case")

	b.click("#filter-regex")
	filter(`line 00(1|2)\d\d7$`)
	b.shows("#hidden", "200 shown · 2,804 hidden")
	filter(`line (`)
	b.shows("#filter-trouble", "Unterminated group")
	b.shows("#hidden", "200 shown")
	if at := ask[string](b, "new URLSearchParams(location.search).get('filter')"); at != `r:line 00(1|2)\d\d7$` {
		t.Errorf("the address says %q", at)
	}
	// One that takes for ever costs nothing but itself.
	filter(`(a+)+$`)
	b.shows("#filter-trouble", "takes too long")
	b.shows("#held", "3,004 lines")
	b.do(chromedp.Focus(chromedp.CSS("#filter")))
	b.press("\x1b")
	until(t, "the filter is gone", func() bool { return ask[string](b, "document.getElementById('filter').value") == "" })
	b.ends("another needle [x] yet")
	b.clean("http://" + p.host() + "/")
}

func TestPageHolds100000Lines(t *testing.T) {
	const lines, at = 100_000, 5_000
	file := filepath.Join(t.TempDir(), "app.log")
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.shows("#sheet .divider", "waiting")
	appendTo(t, file, numbered(0, at))
	b.ends("line 004999") // now it has a place to go on at, should the connection break
	for n := at; n < lines; n += at {
		appendTo(t, file, numbered(n, at))
	}
	b.ends("line 099999")
	b.shows("#held", "100,000 lines")
	b.shows("#lost", "0 lines lost")
	b.press("g")
	until(t, "the first line is shown", func() bool { rows := b.rows(); return len(rows) > 0 && rows[0] == "line 000000" })
	ask[int](b, "document.getElementById('lines').scrollTop = 20 * 50_000")
	until(t, "a line in the middle is shown", func() bool { return strings.Contains(strings.Join(b.rows(), "\n"), "line 050000") })
	if n := ask[int](b, "document.body.querySelectorAll('*').length"); n > 600 {
		t.Errorf("the document has %d elements", n)
	}
	// A browser that refuses its clipboard leaves what is selected as it is.
	ask[bool](b, "!!(navigator.clipboard.writeText = () => Promise.reject(new Error('refused')))")
	if b.copied()+"\n" != numbered(0, lines) {
		t.Error("what is held is not what was written")
	}
	b.clean("http://" + p.host() + "/")
}

func TestPageCopiesWhatIsSelectedAcrossTheView(t *testing.T) {
	_, p, b := shown(t, numbered(0, 3000))
	b.press("g")
	until(t, "the first line is shown", func() bool { rows := b.rows(); return len(rows) > 0 && rows[0] == "line 000000" })
	// From the middle of the third line to the middle of one far below.
	ask[any](b, `getSelection().collapse(document.querySelectorAll('#sheet .text')[2].firstChild, 5)`)
	ask[int](b, "document.getElementById('lines').scrollTop = 20 * 2000")
	until(t, "a line far below is shown", func() bool { return strings.Contains(strings.Join(b.rows(), "\n"), "line 002010") })
	ask[any](b, `getSelection().extend([...document.querySelectorAll('#sheet .text')].find((e) => e.textContent === 'line 002010').firstChild, 4)`)
	want := strings.TrimSuffix(numbered(2, 2009), " 002010\n")[len("line "):]
	until(t, "the lines are copied", func() bool { return b.copy() == want })
	b.clean("http://" + p.host() + "/")
}
