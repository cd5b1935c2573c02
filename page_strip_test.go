package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// bars returns what the strip says of each of its bars.
func (b *tab) bars() []string {
	b.t.Helper()
	return ask[[]string](b, `(() => {
		const strip = document.getElementById('strip'), bars = document.getElementById('strip-bars');
		const { left, width, top } = bars.getBoundingClientRect();
		const n = strip.hidden ? 0 : Number(strip.ariaValueMax);
		return Array.from({ length: n }, (_, i) => {
			strip.dispatchEvent(new PointerEvent('pointermove', { clientX: left + ((i + 0.5) * width) / n, clientY: top + 5 }));
			return document.getElementById('strip-tip').textContent;
		});
	})()`)
}

// top returns the first line in view.
func (b *tab) top() string {
	b.t.Helper()
	return ask[string](b, `(() => {
		const top = document.getElementById('lines').getBoundingClientRect().top - 2;
		const row = [...document.querySelectorAll('#sheet .row')].find((e) => e.getBoundingClientRect().top >= top);
		return row?.querySelector('.text')?.textContent ?? '';
	})()`)
}

// counted returns what the bars say together: the numbers before words that
// begin with one, as line, error or warning.
func counted(bars []string, word string) (sum int) {
	for _, bar := range bars {
		for part := range strings.SplitSeq(strings.ReplaceAll(bar, ", ", " · "), " · ") {
			n, what, _ := strings.Cut(strings.TrimPrefix(part, "about "), " ")
			if number, err := strconv.Atoi(strings.ReplaceAll(n, ",", "")); err == nil && strings.HasPrefix(what, word) {
				sum += number
			}
		}
	}
	return sum
}

// serious returns the bars that tell of errors or warnings.
func serious(bars []string) (list []string) {
	for _, bar := range bars {
		if counted([]string{bar}, "error")+counted([]string{bar}, "warning") > 0 {
			list = append(list, bar)
		}
	}
	return list
}

// counts waits until the strip counts so many lines.
func (b *tab) counts(lines int) []string {
	b.t.Helper()
	var bars []string
	until(b.t, fmt.Sprintf("the strip counts %d lines", lines), func() bool {
		bars = b.bars()
		return counted(bars, "line") == lines
	})
	return bars
}

// onStrip presses the button of the mouse over a bar, and lets it go over another.
func (b *tab) onStrip(from, to float64, keys int64) {
	b.t.Helper()
	box := ask[[]float64](b, `(({ left, top, width, height }) => [left, top + height / 2, width])(document.getElementById('strip-bars').getBoundingClientRect())`)
	for _, step := range []struct {
		kind input.DispatchMouseEventType
		at   float64
	}{{input.DispatchMouseEventTypeMousePressed, from}, {input.DispatchMouseEventTypeMouseMoved, to}, {input.DispatchMouseEventTypeMouseReleased, to}} {
		call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: step.kind, X: box[0] + step.at*box[2], Y: box[1], Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1, Modifiers: keys,
		})
	}
}

// The strip counts all of history, of which the tab holds a part, goes on with
// what comes, and leads everywhere.
func TestPageStripSpansAllOfHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file+".2.gz", packed(t, "2026-11-20T09:30:00Z FATAL the first\n2026-11-20T09:59:59Z WARN the second\n"))
	appendTo(t, file+".1", ticking("old", 0, 600, 1))
	appendTo(t, file, farApart())
	p := start(t, "app="+file, "--timezone", "UTC")
	b := open(t, p.address.String()+"?stream=app")
	bars := b.counts(100_602)
	if e, w := counted(bars, "error"), counted(bars, "warning"); e != 3 || w != 1 || !strings.Contains(bars[0], "1 line · 1 error") {
		t.Errorf("%d errors, %d warnings: %q", e, w, serious(bars))
	}
	appendTo(t, file, "2026-11-20T10:17:00Z ERROR just now\n2026-11-20T11:30:00Z WARN later\n")
	bars = b.counts(100_604)
	if e, w := counted(bars, "error"), counted(bars, "warning"); e != 4 || w != 2 || !strings.Contains(bars[len(bars)-1], "1 line · 1 warning") {
		t.Errorf("%d errors, %d warnings: %q", e, w, serious(bars))
	}
	b.onStrip(0, 0, 0)
	until(t, "the first line is in view", func() bool { rows := b.rows(); return len(rows) > 0 && strings.HasSuffix(rows[0], "the first") })
	b.do(chromedp.Focus(chromedp.CSS("#strip")))
	b.press(kb.End)
	b.shows("#sheet", "WARN later")
	b.press(kb.Home)
	b.shows("#sheet", "the first")
	b.press(kb.ArrowRight)
	until(t, "the next bar's first line is at the top", func() bool {
		return b.top() == "2026-11-20T09:59:59Z WARN the second"
	})

	b.paste("#filter", "needle")
	for _, bar := range b.counts(3) {
		if !strings.Contains(bar, "as filtered") {
			t.Fatalf("the bars do not tell of the filter: %s", bar)
		}
	}
	appendTo(t, file, "2026-11-20T11:31:00Z INFO needle\n2026-11-20T11:31:00Z INFO straw\n")
	b.counts(4)
	b.click("#filter-regex")
	b.paste("#filter", "(?<=INFO )needle")
	for _, bar := range b.counts(100_606) {
		if !strings.Contains(bar, "unfiltered: the server does not know") {
			t.Fatalf("the bars do not say that all is counted: %s", bar)
		}
	}
	b.paste("#filter", "")
	b.onStrip(0.5, 0.9, 8)
	b.shows("#chips", "from 2026-11-20 10:30:")
	b.shows("#chips", "until 2026-11-20 11:")
	b.clean("http://"+p.host()+"/", "400")
}

// Lines without times are counted by their places.
func TestPageStripOfLinesWithoutTimes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file+".1", numbered(0, 30_000))
	appendTo(t, file, numbered(30_000, 90_000))
	p := start(t, "app="+file)
	b := open(t, p.address.String()+"?stream=app")
	bars := b.counts(120_000)
	if !strings.HasPrefix(bars[0], "0 bytes – 12,000 bytes · 1,000 lines") {
		t.Errorf("the first bar says %s", bars[0])
	}
	b.shows("#strip-axis", "no times in these lines")
	b.onStrip(0.25, 0.25, 0)
	b.shows("#sheet", "line 030000")
	b.do(chromedp.Focus(chromedp.CSS("#strip")))
	b.press(kb.Home)
	b.shows("#sheet", "line 000000")
	appendTo(t, file, numbered(120_000, 2000))
	bars = b.counts(122_000)
	if len(bars) < 121 {
		t.Errorf("%d bars", len(bars))
	}
	b.clean("http://" + p.host() + "/")
}

// Streams that are merged are counted together, as far as their lines carry times.
func TestPageStripOfSeveralStreams(t *testing.T) {
	dir := t.TempDir()
	one, two, bare := filepath.Join(dir, "one.log"), filepath.Join(dir, "two.log"), filepath.Join(dir, "bare.log")
	appendTo(t, one, ticking("one", 0, 3000, 1))
	appendTo(t, two, ticking("two", 600, 300, 10))
	appendTo(t, bare, numbered(0, 500))
	p := start(t, "--timezone", "UTC", "one="+one, "two="+two, "bare="+bare)
	b := open(t, p.address.String()+"?stream=one&stream=two")
	bars := b.counts(3300)
	if !strings.HasPrefix(bars[0], "2026-11-20 10:00:00") || !strings.HasPrefix(bars[60], "2026-11-20 10:29:") {
		t.Errorf("bars begin at %q and %q", bars[0], bars[60])
	}
	appendTo(t, two, "2026-11-20T11:00:00Z INFO two live\n")
	b.counts(3301)
	b.do(chromedp.Navigate(p.address.String() + "?stream=one&stream=two&stream=bare"))
	if bars := b.counts(3301); !strings.Contains(bars[0], "without 1 stream whose lines carry no times") {
		t.Errorf("a bar says %q", bars[0])
	}
	b.clean("http://" + p.host() + "/")
}
