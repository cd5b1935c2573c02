package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// clocked returns lines of a stream, one every step from a moment on; every third
// has one behind it that says no time.
func clocked(name string, from time.Time, count int, step time.Duration) string {
	var b strings.Builder
	for n := range count {
		fmt.Fprintf(&b, "%s INFO %s %06d\n", from.Add(time.Duration(n)*step).Format("2006-01-02T15:04:05.000Z"), name, n)
		if n%3 == 0 {
			fmt.Fprintf(&b, "\tat %s %06d\n", name, n)
		}
	}
	return b.String()
}

// sorted returns the lines of some logs in the order of their times; those that
// say none stay behind the one before them.
func sorted(logs ...string) []string {
	type entry struct{ key, text string }
	var all []entry
	for _, log := range logs {
		key := ""
		for line := range strings.Lines(log) {
			if line[0] != '\t' {
				key = line[:24]
			}
			all = append(all, entry{key, strings.TrimSuffix(line, "\n")})
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	lines := make([]string, len(all))
	for i, e := range all {
		lines[i] = e.text
	}
	return lines
}

// walked goes from where the reader is back to a line, and returns all lines that were
// seen, in order.
func (b *tab) walked(to string) []string {
	b.t.Helper()
	const walk = `(async (first) => {
		const rest = (ms) => new Promise((done) => setTimeout(done, ms));
		const pane = document.querySelector('.pane');
		const seen = () => [...pane.querySelectorAll('.row:not(.divider):not(.pinned) .text')].map((e) => e.textContent);
		const rows = () => [...pane.querySelectorAll('#sheet .row:not(.divider):not(.pinned)')];
		// Rows that are on their way are empty.
		const settled = async () => {
			for (let n = 0; n < 100 && rows().some((e) => e.textContent === ''); n++) await rest(20);
			return seen();
		};
		const press = async (key) => {
			const before = String(seen());
			document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
			for (let n = 0; n < 40 && String(seen()) === before; n++) await rest(20);
		};
		let lines = [];
		for (let still = 0; still < 50 && lines[0] !== first;) {
			const now = await settled();
			// What is seen now overlaps with what was seen before, unless it went too far.
			const at = lines.length === 0 ? now.length : now.lastIndexOf(lines[0]);
			if (at > 0) lines = [...now.slice(0, at), ...lines];
			still = at > 0 ? 0 : still + 1;
			await press(at < 0 ? 'PageDown' : 'PageUp');
		}
		return lines;
	})(%q)`
	return ask[[]string](b, fmt.Sprintf(walk, to))
}

func TestPageMergesHistoryByTime(t *testing.T) {
	dir := t.TempDir()
	begin := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	logs := map[string]string{
		"fast": clocked("fast", begin, 7000, 100*time.Millisecond),
		"slow": clocked("slow", begin.Add(-time.Minute+3*time.Millisecond), 40, 20*time.Second+7*time.Millisecond),
		"old":  clocked("old", begin.Add(time.Second+time.Millisecond), 60, time.Second),
	}
	args, all := []string{"--timezone", "UTC"}, []string{}
	for _, name := range []string{"fast", "slow", "old"} {
		file := filepath.Join(dir, name+".log")
		appendTo(t, file, logs[name])
		args, all = append(args, name+"="+file), append(all, logs[name])
	}
	p := start(t, args...)
	want := sorted(all...)
	// One that is not there does not hold the others back, and is told.
	b := open(t, p.address.String()+"?stream=fast&stream=slow&stream=old&stream=nothere")
	b.ends(want[len(want)-1])
	b.shows("#state", "not served")
	b.shows("#state", "nothere")
	b.do(chromedp.EmulateViewport(1400, 5000)) // pages are long
	got := b.walked(want[0])
	if !slices.Equal(got, want) {
		t.Errorf("%d lines, want %d; they part at %s", len(got), len(want), parting(got, want))
	}
}

// parting says where two lists of lines part.
func parting(got, want []string) string {
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			return fmt.Sprintf("%d: %q, want %q", i, got[i:min(len(got), i+3)], want[i:min(len(want), i+3)])
		}
	}
	return "the end"
}
