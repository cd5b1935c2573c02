package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// mouse does something with the left button at the middle of the text of a line in
// view, to the left of it, or to its right.
func (b *tab) mouse(kind input.DispatchMouseEventType, line string, right float64, modifiers int64) {
	b.t.Helper()
	type point struct{ X, Y float64 }
	var at point
	until(b.t, "the lines stand still", func() bool {
		before := at
		at = ask[point](b, fmt.Sprintf(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
			const row = [...document.querySelectorAll('#sheet .row:not(.pinned)')].find((e) => e.querySelector('.text')?.textContent === %q);
			const { left = 0, width = 0, top = 0, height = 0 } = row?.querySelector('.text').getBoundingClientRect() ?? {};
			done({ X: left + width * %f, Y: top + height / 2 });
		})))`, line, right))
		return at == before && at != point{}
	})
	call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{
		Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1, Modifiers: modifiers,
	})
}

// clickOn clicks on a line, with Shift where that is said.
func (b *tab) clickOn(line string, right float64, modifiers int64) {
	b.t.Helper()
	b.mouse(input.DispatchMouseEventTypeMousePressed, line, right, modifiers)
	b.mouse(input.DispatchMouseEventTypeMouseReleased, line, right, modifiers)
}

const shiftKey = 8 // among the modifiers of the browser's protocol

// copies waits until copying gives a text.
func (b *tab) copies(want string) {
	b.t.Helper()
	var got string
	defer func() {
		if got != want {
			b.t.Logf("copied %d characters of %d: %.60q ... %.60q", len(got), len(want), got, got[max(0, len(got)-60):])
			b.shoot("failed")
		}
	}()
	until(b.t, "the selection is copied", func() bool { got = b.copy(); return got == want })
}

// selectedInView returns the text that is seen to be selected.
func (b *tab) selectedInView() string {
	b.t.Helper()
	return ask[string](b, `(() => {
		const range = getSelection().rangeCount > 0 ? getSelection().getRangeAt(0) : null;
		return [...document.querySelectorAll('#sheet .row:not(.pinned) .text')].filter((e) => range?.intersectsNode(e)).map((e) => e.textContent).join('\n');
	})()`)
}

// What is selected from the top of history on to the newest line is copied whole,
// though the tab never held all of it.
func TestPageCopiesMoreThanTheTabHolds(t *testing.T) {
	const lines = 150_000 // more than bound in static/js/keeper/protocol.js
	file, p, b := shown(t, numbered(0, lines))
	b.press("g")
	b.has("line 000002")
	b.clickOn("line 000002", 0, 0)
	b.press("G")
	last := fmt.Sprintf("line %06d", lines-1)
	b.ends(last)
	b.clickOn(last, 0.99, shiftKey)
	until(t, "all in view is seen to be selected", func() bool { return strings.HasSuffix(b.selectedInView(), last) })
	b.copies(strings.TrimSuffix(numbered(2, lines-2), "\n"))
	// More lines change nothing about it.
	appendTo(t, file, numbered(lines, 100))
	b.shows("#newest", "100 new lines")
	b.press("g")
	b.has("line 000000")
	until(t, "the selection is seen at its beginning", func() bool { return strings.HasPrefix(b.selectedInView(), "line 000002\nline 000003\n") })
	b.copies(strings.TrimSuffix(numbered(2, lines-2), "\n"))
	// Everything is everything.
	b.press("Ctrl a")
	b.copies(strings.TrimSuffix(numbered(0, lines+100), "\n"))
	b.press("G")
	b.press("Ctrl a")
	b.copies(strings.TrimSuffix(numbered(0, lines+100), "\n"))
	b.clean("http://" + p.host() + "/")
}

// Where all of history is too much, what is held is copied, and the reader is told.
func TestPageSaysWhatItCannotCopy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "begin\n")
	last := "\n" + numbered(0, 20_000)
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(last), 1<<30); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.ends("line 019999")
	b.press("Ctrl a")
	b.copies(strings.TrimSuffix(numbered(15_000, 5_000), "\n"))
	b.shows("#toast", "Only the 5,000 lines")
	b.clean("http://" + p.host() + "/")
}

func TestPageSelectsByTheKeyboard(t *testing.T) {
	_, p, b := shown(t, numbered(0, 30_000))
	b.press("g")
	b.has("line 000003")
	b.clickOn("line 000003", 0.5, 0)
	shift := func(key string) { b.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierShift))) }
	for range 3 {
		shift(kb.ArrowDown)
	}
	b.copies("line 000003\nline 000004\nline 000005")
	for range 4 {
		shift(kb.ArrowUp)
	}
	b.copies("line 000001\nline 000002\nline 000003")
	shift(kb.PageDown)
	shift(kb.PageDown)
	var got string
	until(t, "pages are selected", func() bool { got = b.copy(); return strings.Count(got, "\n") > 40 })
	if !strings.HasPrefix(numbered(3, 200), got+"\n") {
		t.Errorf("copied %.40q", got)
	}
	if rows := b.rows(); !strings.Contains(b.selectedInView(), got[strings.LastIndex(got, "\n")+1:]) {
		t.Errorf("the end of the selection is not in view: %s", rows)
	}
	shift(kb.End)
	b.copies(strings.TrimSuffix(numbered(3, 29_997), "\n"))
	shift(kb.Home)
	b.copies(strings.TrimSuffix(numbered(0, 4), "\n"))
	b.clean("http://" + p.host() + "/")
}

// A selection that the pointer makes goes on where it leaves the view: the lines
// scroll by under it.
func TestPageSelectsBeyondTheView(t *testing.T) {
	_, p, b := shown(t, numbered(0, 30_000))
	b.press("g")
	b.has("line 000005")
	b.mouse(input.DispatchMouseEventTypeMousePressed, "line 000005", 0, 0)
	bottom := ask[float64](b, `document.getElementById('lines').getBoundingClientRect().bottom`)
	move := func(y float64) {
		call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: 700, Y: y, Button: input.MouseButtonLeft, Buttons: 1})
	}
	n := 0.0
	until(t, "the lines scroll", func() bool {
		n++
		move(bottom + 20 + float64(int(n)%5)) // the browser scrolls while the pointer moves
		numbers := b.numbers()
		return len(numbers) > 0 && numbers[len(numbers)-1] > 1500
	})
	middle := bottom - 300
	move(middle)
	call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseReleased, X: 700, Y: middle, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
	var got string
	until(t, "many lines are copied", func() bool { got = b.copy(); return strings.Count(got, "\n") > 1000 })
	if !strings.HasPrefix(numbered(5, 20_000), got) {
		t.Errorf("copied %.40q ... %.40q", got, got[len(got)-40:])
	}
	b.clean("http://" + p.host() + "/")
}

// Lines are copied as they are and not as they are drawn: wrapped, folded, coloured,
// with tabs, with any line end, and mended where they are no UTF-8.
func TestPageCopiesLinesAsTheyAre(t *testing.T) {
	long := strings.Repeat("0123456789 ", 20_000)
	text := strings.Join([]string{
		"plain", "\ttab\tand\ttab ", "\x1b[1;31mred\x1b[0m and \x1b[38;5;200mpink\x1b[0m", "crlf\r", "bad \xff\xfe bytes", long, "", "2026-11-20T10:00:00Z stamp",
		`{"level":"error","msg":"json"}`, "trace follows", "java.lang.IllegalStateException: no", "\tat a.b.C(D.java:1)", "\tat a.b.E(F.java:2)", "\u65e5\u672c\u8a9e \u202ebidi", "end",
	}, "\n") + "\n"
	want := strings.NewReplacer("\x1b[1;31m", "", "\x1b[0m", "", "\x1b[38;5;200m", "", "\r", "", "\xff\xfe", "\ufffd\ufffd").Replace(strings.TrimSuffix(text, "\n"))
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, numbered(0, 130_000)+text)
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.ends("end")
	for _, how := range []string{"not wrapped", "wrapped"} {
		if how == "wrapped" {
			b.press("S")
		}
		b.press("G")
		until(t, "the first of the lines is in view", func() bool {
			if ask[bool](b, `[...document.querySelectorAll('#sheet .row')].some((e) => e.textContent === 'plain' &&
				e.getBoundingClientRect().top > document.getElementById('lines').getBoundingClientRect().top)`) {
				return true
			}
			b.press("k")
			return false
		})
		ask[any](b, "getSelection().removeAllRanges()") // a click into what is selected makes it nothing
		b.clickOn("plain", 0, 0)
		b.shows(".row.current", "plain")
		// Browsers tell of a selection behind the click.
		ask[any](b, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))")
		b.press("G")
		until(t, "the view follows", func() bool { return ask[bool](b, "document.getElementById('newest').hidden") })
		b.ends("end")
		b.clickOn("end", 0.99, shiftKey)
		b.copies(want)
		if how == "not wrapped" {
			b.press("x") // drawn anew, with what is hidden
			b.copies(want)
			b.press("x")
			b.copies(want)
		}
	}
	// From history it is the same.
	b.press("g")
	b.has("line 000000")
	b.press("Ctrl a")
	b.copies(numbered(0, 130_000) + want)
	b.clean("http://" + p.host() + "/")
}

// A line is pressed where the reader sees it, though others have come by then that
// are not drawn yet: the lines stay until the button is let go.
func TestPageSelectsWhileLinesCome(t *testing.T) {
	file, p, b := shown(t, numbered(0, 2999))
	appendTo(t, file, numbered(2999, 1)) // once this one is drawn, the page is done with its beginning
	b.ends("line 002999")
	type point struct{ X, Y float64 }
	button := func(kind input.DispatchMouseEventType, at point) {
		call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at.X, Y: at.Y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
	}
	// comes appends lines and returns when the page has them, and draws them only when it is told to.
	comes := func(from, count int) (draws func()) {
		ask[any](b, `{ window.own ??= requestAnimationFrame; window.later = []; window.requestAnimationFrame = (f) => later.push(f); }`)
		appendTo(t, file, numbered(from, count))
		until(t, "lines come", func() bool { return ask[int](b, "later.length") > 0 })
		return func() {
			ask[any](b, `{ window.requestAnimationFrame = own; for (const f of later) requestAnimationFrame(f); }`)
			ask[any](b, "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))")
		}
	}
	places := ask[[]point](b, `[...document.querySelectorAll('#sheet .row .text')].slice(-12, -4).map((e) => {
		const { left, width, top, height } = e.getBoundingClientRect();
		return { X: left + width * 2, Y: top + height / 2 };
	})`)
	places[0].X = ask[float64](b, `document.querySelector('#sheet .row .text').getBoundingClientRect().left`)

	draws := comes(3000, 5)
	button(input.DispatchMouseEventTypeMousePressed, places[0])
	draws()
	under := fmt.Sprintf("document.elementFromPoint(%f, %f).closest('.row').textContent", places[0].X+1, places[0].Y)
	if got := ask[string](b, under); got != "line 002988" {
		t.Errorf("the line under the button became %q", got)
	}
	for _, place := range places[1:] {
		button(input.DispatchMouseEventTypeMouseMoved, place)
	}
	last := places[len(places)-1]
	button(input.DispatchMouseEventTypeMouseReleased, last)
	b.copies(strings.TrimSuffix(numbered(2988, 8), "\n"))
	appendTo(t, file, numbered(3005, 5))
	b.shows("#newest", "10 new lines")
	b.copies(strings.TrimSuffix(numbered(2988, 8), "\n"))

	// One that is only clicked goes on following.
	b.press("G")
	b.ends("line 003009")
	draws = comes(3010, 5)
	button(input.DispatchMouseEventTypeMousePressed, last)
	draws()
	button(input.DispatchMouseEventTypeMouseReleased, last)
	b.ends("line 003014")
	appendTo(t, file, numbered(3015, 5))
	b.ends("line 003019")
	b.clean("http://" + p.host() + "/")
}
