package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const trace = "2026-11-20T14:00:01Z ERROR boom\n\tat one(A.java:1)\n\tat two(A.java:2)\nCaused by: x\n\tat three(B.java:3)\n"

func TestPageFoldsTracesAndCopiesThemWhole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	text := "2026-11-20T14:00:00Z INFO begin\n" + trace + "2026-11-20T14:00:02Z INFO end\n"
	appendTo(t, file, text)
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.ends("2026-11-20T14:00:02Z INFO end")
	b.shows("[data-trace]", "3 more lines")
	if rows := b.rows(); len(rows) != 4 {
		t.Errorf("folded: %q", rows)
	}
	// The line that it goes on from is not without it.
	b.click(".row.error .text")
	b.press("\r")
	b.shows("#detail-text", "at three(B.java:3)")
	ask[any](b, "navigator.clipboard.writeText = async (text) => { window.copied = text; }; document.getElementById('line-copy').click(); null")
	until(t, "the line is copied with its trace", func() bool { return ask[string](b, "window.copied ?? ''")+"\n" == trace })
	b.press("\x1b")
	if got := b.copied(); got+"\n" != text {
		t.Errorf("copied %q", got)
	}
	b.click("[data-trace]")
	until(t, "the trace is open", func() bool { return len(b.rows()) == 7 })
	if n := ask[int](b, "document.querySelectorAll('.row.error').length"); n != 5 {
		t.Errorf("%d lines are coloured as errors, not 5", n)
	}
	// By keys: the trace of the chosen line, or the one that it is in.
	has := func(lines int) {
		t.Helper()
		until(t, fmt.Sprintf("%d lines are shown", lines), func() bool { return len(b.rows()) == lines })
	}
	b.click(".row.error:nth-child(5) .text")
	b.press("o")
	has(4)
	b.shows(".row.current", "at one")
	b.press("o")
	has(7)
	b.click(".row.error .text")
	b.press("o")
	has(4)
	b.press("r")
	has(7)
	b.press("o")
	has(4)
	b.press("o")
	has(7)
	// What stands in place of a stamp makes no line higher.
	for _, key := range []string{"S", "x", "T", "T", "T"} {
		b.press(key)
	}
	b.shows(".stamp.instead", "")
	until(t, "all lines are 20 px high", func() bool {
		return ask[bool](b, "[...document.querySelectorAll('#sheet .row')].every((e) => e.getBoundingClientRect().height === 20)")
	})
	b.clean("http://" + p.host() + "/")
}

func TestPageShowsFieldsAsColumns(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, `{"time":"2026-11-20T14:00:00Z","level":"info","msg":"cart","user":{"id":7}}
{"time":"2026-11-20T14:00:01Z","level":"warn","msg":"slow","user":{"id":8}}
{"time":"2026-11-20T14:00:02Z","level":"error","msg":"charge failed","user":{"id":9}}
`)
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.shows(".row.error", "charge failed")
	b.click(".row.error .text")
	b.press("\r")
	b.shows("#detail-fields", "user.id")
	b.shows("#detail-pretty", `"msg": "charge failed"`)
	for _, name := range []string{"msg", "user.id"} {
		ask[any](b, `[...document.querySelectorAll('.pair-name')].find((e) => e.textContent === '`+name+`').click()`)
	}
	b.shows(".heads", "user.id")
	b.shows(".row.warn", "slow")
	// On a narrow screen they are scrolled sideways, and their heads with them.
	b.look(360, "dark")
	until(t, "the heads stand over their columns", func() bool {
		ask[any](b, "document.getElementById('lines').scrollLeft = 120; null")
		return ask[bool](b, `((head, cell) => Math.abs(head.left - cell.left) < 1 && head.left < 200)(
			...['.heads .w0', '#sheet .w0'].map((e) => document.querySelector(e).getBoundingClientRect()))`)
	})
	b.look(1400, "dark")
	if at := ask[string](b, "location.search"); !strings.Contains(at, "columns=msg%2Cuser.id") {
		t.Errorf("the address says %s", at)
	}
	// Columns are moved and made wider by keys, and by dragging.
	heads := func() string {
		return strings.Join(ask[[]string](b, "[...document.querySelectorAll('.head')].map((e) => e.textContent)"), " ")
	}
	width := func() float64 {
		return ask[float64](b, "document.querySelector('#sheet .w0').getBoundingClientRect().width")
	}
	b.do(chromedp.Focus(chromedp.CSS("[data-head='1']")))
	b.press(kb.ArrowLeft)
	until(t, "the column is moved", func() bool { return heads() == "user.id msg" })
	if at := ask[string](b, "document.activeElement.textContent"); at != "user.id" {
		t.Errorf("the focus is on %s", at)
	}
	before := width()
	b.do(chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(chromedp.ModifierShift)))
	until(t, "the column is wider", func() bool { return width() > before })
	before = width()
	b.slide("[data-grip='0']", 60)
	until(t, "the column is wider still", func() bool { return width() > before+40 })
	b.slide("[data-head='0']", 200)
	until(t, "the column is moved back", func() bool { return heads() == "msg user.id" })
	ask[any](b, "document.getElementById('detail-up').click()")
	b.shows("#detail-pretty", `"msg": "slow"`)
	ask[any](b, `document.querySelector('.pair [data-deed=out][data-at="2"]').click()`)
	b.shows("#hidden", "1 hidden")
	b.shows("#chips", "slow")
	b.click("#chips .chip-face")
	until(t, "the filter is off", func() bool { return ask[string](b, "document.getElementById('hidden').textContent") == "" })
	b.clean("http://" + p.host() + "/")
}

// slide moves an element to the right by the pointer.
func (b *tab) slide(selector string, px float64) {
	b.t.Helper()
	at := ask[[]float64](b, fmt.Sprintf("((r) => [r.x + r.width / 2, r.y + r.height / 2])(document.querySelector(%q).getBoundingClientRect())", selector))
	for _, step := range []struct {
		kind input.DispatchMouseEventType
		by   float64
	}{{input.DispatchMouseEventTypeMousePressed, 0}, {input.DispatchMouseEventTypeMouseMoved, px / 2}, {input.DispatchMouseEventTypeMouseMoved, px}, {input.DispatchMouseEventTypeMouseReleased, px}} {
		call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: step.kind, X: at[0] + step.by, Y: at[1], Button: input.MouseButtonLeft, ClickCount: 1})
	}
}

// Nothing that a log holds acts, and what would hide can be seen.
func TestPageShowsHostileLogs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	wide := "{" + strings.TrimSuffix(strings.Repeat(`"key":1,`, 10_000), ",") + "}"
	lines := []string{
		`<script>document.title = 'taken'</script><img src=x onerror="document.title = 'taken'">`,
		"javascript:alert(1) https://ok.example/a?b=c",
		"\x1b]8;;https://evil.example/\x07a link\x1b]8;;\x07 in disguise",
		"user \u202etxt.exe\u202c a\u200bb", strings.Repeat("x", 1<<20), wide, "end",
	}
	appendTo(t, file, strings.Join(lines, "\n")+"\n")
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.ends("end")
	if title := ask[string](b, "document.title"); title != "app · tailbeam" {
		t.Errorf("title: %s", title)
	}
	if links := ask[[]string](b, `[...document.querySelectorAll('#sheet a')].map((e) => e.href + ' ' + e.rel)`); len(links) != 1 || links[0] != "https://ok.example/a?b=c noopener noreferrer" {
		t.Errorf("links: %q", links)
	}
	ask[any](b, "document.querySelector('#sheet .row:nth-child(2)').click(); null")
	b.press("\r")
	b.shows("#detail-text", "javascript:alert(1) https://ok.example/a?b=c")
	if links := ask[[]string](b, `[...document.querySelectorAll('#detail a')].map((e) => e.href + ' ' + e.rel + e.tabIndex)`); len(links) != 1 || links[0] != "https://ok.example/a?b=c noopener noreferrer0" {
		t.Errorf("links in the details: %q", links)
	}
	b.press("\x1b")
	names := func() string {
		return strings.Join(ask[[]string](b, `[...document.querySelectorAll('#sheet .control')].map((e) => e.dataset.name)`), " ")
	}
	if got := names(); got != "<U+202E> <U+202C>" {
		t.Errorf("marks: %s", got)
	}
	b.press("x")
	until(t, "what is not seen is marked", func() bool { return names() == "<U+202E> <U+202C> <U+200B>" })
	b.shows(".more", "1,044,480 more characters")
	b.clean("http://" + p.host() + "/")
}
