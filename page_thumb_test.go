package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"
)

// drag takes the thumb of the scroll bar from the bottom to a share of its way, and
// holds it there until what is returned is called.
func (b *tab) drag(share float64) (release func()) {
	b.t.Helper()
	at := ask[struct{ X, Top, Bottom float64 }](b, `(() => {
		const e = document.getElementById('lines');
		const { left, top, bottom } = e.getBoundingClientRect();
		return { X: left + (e.clientWidth + e.offsetWidth) / 2, Top: top, Bottom: bottom };
	})()`)
	const end = 24 // px from the end of the bar to the middle of the thumb there
	mouse := func(kind input.DispatchMouseEventType, y float64) {
		call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: kind, X: at.X, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1,
		})
	}
	from, to := at.Bottom-end, at.Top+end+share*(at.Bottom-at.Top-2*end)
	mouse(input.DispatchMouseEventTypeMousePressed, from)
	mouse(input.DispatchMouseEventTypeMouseMoved, to)
	return func() { mouse(input.DispatchMouseEventTypeMouseReleased, to) }
}

// numbers returns those of the lines in view, -1 where a line is on its way or is
// not one that numbered makes.
func (b *tab) numbers() []int {
	b.t.Helper()
	var all []int
	for _, row := range ask[[]string](b, `[...document.querySelectorAll('#sheet .row')].map((e) => e.textContent)`) {
		n := -1
		if _, err := fmt.Sscanf(row, "line %d", &n); err != nil {
			n = -1
		}
		all = append(all, n)
	}
	return all
}

// The thumb leads into the middle of 10 GB, and pages lead from there over every
// line, down and up.
func TestPageReachesTheMiddleByTheThumb(t *testing.T) {
	const size = 10 << 30
	file := filepath.Join(t.TempDir(), "app.log")
	// Lines lie wherever a pixel of the bar may lead; around them is nothing but holes.
	middle := []byte(numbered(0, 1_000_000))
	last := []byte("\n" + numbered(0, 12_000))
	appendTo(t, file, "begin\n")
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	const stretch = 300 << 20
	for at := 0; at < stretch; at += len(middle) {
		if _, err := f.WriteAt(middle, size/2-stretch/2+int64(at)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.WriteAt([]byte("\n"), size/2-stretch/2-1); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(last, size-int64(len(last))); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	b.ends("line 011999")
	b.shows("#place", "end of 11 GB")
	release := b.drag(0.5) // in one go: what lies on the way is nothing but holes
	var before []int
	settled := func() bool {
		now := b.numbers()
		for _, n := range now {
			if n < 0 {
				return false
			}
		}
		before = now
		return len(now) > 10
	}
	b.shows("#place", "at 5.")
	until(t, "lines of the middle are shown", settled)
	release()
	step := 1 // how far a key goes; where lines are still to come, it goes a part of that first
	page := func(key string) (old, now []int) {
		t.Helper()
		old = before
		b.press(key)
		until(t, "another page is shown", func() bool { return settled() && max(before[0]-old[0], old[0]-before[0]) >= step })
		for i, n := range before[1:] {
			if n != before[i]+1 {
				t.Fatalf("line %d follows on line %d", n, before[i])
			}
		}
		if step == 1 {
			step = before[0] - old[0]
		}
		return old, before
	}
	for range 60 {
		if old, now := page(kb.PageDown); now[0] > old[len(old)-1]+1 {
			t.Fatalf("lines between %d and %d were not shown", old[len(old)-1], now[0])
		}
	}
	for range 5 {
		old := before
		b.wheel(300)
		until(t, "the wheel moves the lines", func() bool { return settled() && before[0] > old[0] })
		if before[0] > old[len(old)-1]+1 {
			t.Fatalf("lines between %d and %d were not shown", old[len(old)-1], before[0])
		}
	}
	until(t, "the wheel comes to rest", func() bool { at := before[0]; return settled() && before[0] == at })
	for range 120 {
		if old, now := page(kb.PageUp); now[len(now)-1]+1 < old[0] {
			t.Fatalf("lines between %d and %d were not shown", now[len(now)-1], old[0])
		}
	}
	b.clean("http://" + p.host() + "/")
}
