package main

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	document "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/chromedp"
)

// TestPageFigures measures the page in Chromium and prints each figure beside
// what it shall be: opening and scrolling a file of 1 GB, a steady stream, a
// burst. TAILBEAM_BENCH_PAGE says for how long the steady stream lasts; `make
// bench-page` runs it. It fails where a line is lost without a count; figures
// differ from machine to machine and only print.
func TestPageFigures(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("TAILBEAM_BENCH_PAGE"))
	if err != nil {
		t.Skip("it takes minutes: set TAILBEAM_BENCH_PAGE to a time, or run make bench-page")
	}
	t.Run("opening", measureOpening)
	t.Run("steady", func(t *testing.T) { measureLoad(t, load{20_000, length, 55, 30, 100}) })
	t.Run("burst", func(t *testing.T) { measureLoad(t, load{100_000, min(length, 10*time.Second), 0, 0, 100}) })
}

// figure prints one: what, how much, and what it shall be; atMost where less is
// better.
func figure(what string, got float64, unit string, atMost, atLeast float64) {
	asked, verdict := "", ""
	switch {
	case atMost > 0:
		asked, verdict = fmt.Sprintf("<= %.0f", atMost), "ok"
		if got > atMost {
			verdict = "SHORT OF IT"
		}
	case atLeast > 0:
		asked, verdict = fmt.Sprintf(">= %.0f", atLeast), "ok"
		if got < atLeast {
			verdict = "SHORT OF IT"
		}
	}
	fmt.Printf("  %-54s %10.1f %-8s %-10s %s\n", what, got, unit, asked, verdict)
}

// middle returns the median and the greatest of some figures.
func middle(all []float64) (median, most float64) {
	if len(all) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)-1]
}

const (
	figuresLine = 128 // bytes of a line of the large file
	figuresFile = 1 << 30
)

// largeFile makes a file of 1 GB whose lines say their number.
func largeFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "large.log")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	pad := strings.Repeat("x", figuresLine)
	for n := range figuresFile / figuresLine {
		at := time.UnixMilli(1_780_000_000_000 + int64(n)*10).UTC()
		line := fmt.Sprintf("%s INFO [http] line %09d GET /api/cart/%d 200 %dms user=m.ortiz ", at.Format("2006-01-02T15:04:05.000Z"), n, n%9973, n%180)
		w.WriteString(line + pad[:figuresLine-1-len(line)] + "\n")
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// measureOpening opens the large file several times, and goes to places all
// over it by the scroll bar.
func measureOpening(t *testing.T) {
	file := largeFile(t)
	p := start(t, "app="+file)
	fmt.Printf("\nthe page\n")
	figure("weight under gzip", float64(p.weight())/1000, "kB", 150, 0)
	var fresh, again, whole []float64
	// A browser of its own has nothing cached, neither files nor compiled scripts.
	for range 5 {
		t.Run("fresh", func(t *testing.T) {
			first, end := openBlank(t).opens(p)
			fresh, whole = append(fresh, first), append(whole, end)
		})
	}
	b := openBlank(t)
	for n := range 7 {
		first, end := b.opens(p)
		if n > 0 {
			again, whole = append(again, first), append(whole, end)
		}
	}
	median, most := middle(fresh)
	figure("first lines visible, from navigation, nothing cached, middle of 5", median, "ms", 300, 0)
	figure("... the slowest", most, "ms", 300, 0)
	median, most = middle(again)
	figure("... once more, middle of 6", median, "ms", 300, 0)
	figure("... the slowest", most, "ms", 300, 0)
	median, most = middle(whole)
	figure("1 GB file: its end shown, from load, middle of 11", median, "ms", 500, 0)
	figure("... the slowest", most, "ms", 500, 0)

	b.shows("#place", "end of 1.1 GB")
	var jumps []float64
	for n := range 40 {
		share := float64((n*617+101)%1000) / 1000
		took := ask[float64](b, fmt.Sprintf("figures.jump(%f, %d)", share, figuresFile/figuresLine))
		if took < 0 {
			t.Errorf("jump to %.3f: the wrong lines are shown: %q", share, b.rows())
		}
		jumps = append(jumps, took)
	}
	median, most = middle(jumps)
	figure("scroll anywhere in it: lines shown, middle of 40", median, "ms", 200, 0)
	figure("... the slowest", most, "ms", 200, 0)
}

// opens opens the large file, and returns when the first lines were painted,
// counted from the navigation, and its end, from the load; ms.
func (b *tab) opens(p *program) (first, end float64) {
	b.t.Helper()
	b.do(chromedp.Navigate(p.address.String() + "?stream=app"))
	at := ask[struct{ First, End float64 }](b, fmt.Sprintf("figures.opened('line %09d')", figuresFile/figuresLine-1))
	return at.First, at.End
}

// load is lines that come for a while, and what the page is to reach meanwhile.
type load struct {
	rate                       int
	length                     time.Duration
	frames, inputMid, inputMax float64
}

// measureLoad writes lines at a rate while the page follows them and a reader
// types and turns the wheel.
func measureLoad(t *testing.T, l load) {
	file := filepath.Join(t.TempDir(), "app.log")
	appendTo(t, file, "begin\n")
	p := start(t, "app="+file)
	b := openBlank(t)
	b.do(chromedp.Navigate(p.address.String() + "?stream=app"))
	b.ends("begin")
	b.shows("#state", "live")
	call(b, performance.Enable, performance.EnableParams{})
	busy, began := b.busy(), time.Now()
	ask[any](b, "figures.begin()")

	ctx, cancel := context.WithTimeout(t.Context(), l.length)
	defer cancel()
	written := make(chan int, 1)
	go func() { written <- write(ctx, file, l.rate) }()
	// The browser turns its wheel: one that is dispatched waits for a frame of the page before it sets out.
	notch := input.SynthesizeScrollGestureParams{X: 700, Y: 400, YDistance: 120, Speed: 100_000, GestureSourceType: input.GestureSourceTypeMouse}
	// A second of following, a second of reading, and back by turns.
	for n := 0; ctx.Err() == nil; n++ {
		key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "k", Text: "k"}
		switch {
		case n%20 == 10:
			key.Key, key.Text = "G", "G"
		case n%20 > 10:
			key.Key, key.Text = "j", "j"
		case n%2 == 1:
			call(b, input.SynthesizeScrollGesture, notch)
			key.Key = ""
		}
		if key.Key != "" {
			call(b, input.DispatchKeyEvent, key)
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	lines := <-written
	took := time.Since(began)
	share := (b.busy() - busy) / took.Seconds()
	got := ask[struct {
		Frames, Inputs, Lags []float64
	}](b, "figures.end()")
	fmt.Printf("\n%d lines/s for %v: %d written\n", l.rate, l.length, lines)
	worst := slices.Min(got.Frames)
	figure("frames in the worst second", worst, "", 0, l.frames)
	figure("main thread busy", 100*share, "%", map[bool]float64{true: 40}[l.frames > 0], 0)
	median, slowest := middle(got.Inputs)
	figure(fmt.Sprintf("key or wheel to next paint, middle of %d", len(got.Inputs)), median, "ms", l.inputMid, 0)
	figure("... the slowest", slowest, "ms", l.inputMax, 0)
	median, slowest = middle(got.Lags)
	figure(fmt.Sprintf("newest line on screen after written, middle of %d", len(got.Lags)), median, "ms", 0, 0)
	figure("... the slowest", slowest, "ms", map[bool]float64{true: 150}[l.frames > 0], 0)
	figure("JS heaps and ArrayBuffers at the end, with garbage", b.heap()/1e6, "MB", 150, 0)

	b.press("G")
	b.ends(fmt.Sprintf("end of %d", lines))
	counted := strings.ReplaceAll(ask[string](b, "document.getElementById('held').title"), ",", "")
	if want := fmt.Sprintf("%d lines came", lines+2); !strings.Contains(counted, want) {
		t.Errorf("%s; the page says %q", want, counted)
	}
	b.shows("#lost", "0 lines lost")
	figure("lines lost without a count", 0, "", 0, 0)
}

// write appends lines that say when they were written until the context ends,
// then one that says how many. It returns that.
func write(ctx context.Context, path string, rate int) int {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return -1
	}
	defer f.Close()
	began, lines := time.Now(), 0
	var text []byte
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		now := time.Now()
		head, tail := now.UTC().Format("2006-01-02T15:04:05.000Z INFO  [http] GET /api/cart/"), fmt.Sprintf(" at=%d\n", now.UnixMilli())
		text = text[:0]
		// Writing is to cost little beside what is measured.
		for due := int(now.Sub(began).Seconds() * float64(rate)); lines < due; lines++ {
			text = strconv.AppendInt(append(text, head...), int64(lines), 10)
			text = strconv.AppendInt(append(text, " 200 "...), int64(lines%180), 10)
			text = strconv.AppendInt(append(text, "ms ip=10.4."...), int64(lines%7), 10)
			text = strconv.AppendInt(append(text, '.'), int64(lines%250), 10)
			text = append(text, tail...)
		}
		f.Write(text)
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	fmt.Fprintf(f, "end of %d\n", lines)
	return lines
}

// openBlank starts a browser with the script that measures, and opens nothing
// yet. What a browser does of its own accord as it starts, which takes seconds, is
// over then, and nobody is told of each request.
func openBlank(t *testing.T) *tab {
	t.Helper()
	b := open(t, "about:blank")
	script, err := os.ReadFile(filepath.Join("static", "bench", "figures.js"))
	if err != nil {
		t.Fatal(err)
	}
	call(b, document.AddScriptToEvaluateOnNewDocument, document.AddScriptToEvaluateOnNewDocumentParams{Source: string(script)})
	call(b, network.Disable, cdp.Empty{})
	b.rests()
	return b
}

// rests waits until all processes of the browser have done next to nothing for
// half a second.
func (b *tab) rests() {
	b.t.Helper()
	before, since := 0.0, time.Now()
	until(b.t, "the browser rests", func() bool {
		if time.Since(since) < 500*time.Millisecond {
			return false
		}
		all, err := chromedp.CallBrowser(b.ctx, systeminfo.GetProcessInfo, cdp.Empty{})
		if err != nil {
			b.t.Fatal(err)
		}
		spent := 0.0
		for _, process := range all.ProcessInfo {
			spent += process.CPUTime
		}
		idle := spent-before < 0.05
		before, since = spent, time.Now()
		return idle
	})
}

// busy returns for how many seconds the main thread of the page worked so far.
func (b *tab) busy() float64 {
	for _, metric := range call(b, performance.GetMetrics, cdp.Empty{}).Metrics {
		if metric.Name == "TaskDuration" {
			return metric.Value
		}
	}
	b.t.Fatal("the browser does not say how busy it is")
	return 0
}

// heap returns what the heaps and buffers of the page and of its workers take, in
// bytes. It looks into the workers, which is not for while something else is
// measured: it slows them down.
func (b *tab) heap() (sum float64) {
	b.t.Helper()
	contexts := []context.Context{b.ctx}
	all, err := chromedp.Targets(b.ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, other := range all {
		if other.Type == "worker" {
			ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(other.TargetID))
			b.t.Cleanup(cancel)
			contexts = append(contexts, ctx)
		}
	}
	if len(contexts) < 2 {
		b.t.Error("the keeper is not among the browser's targets")
	}
	for _, ctx := range contexts {
		use, err := chromedp.Call(ctx, runtime.GetHeapUsage, cdp.Empty{})
		if err != nil {
			b.t.Fatal(err)
		}
		sum += use.UsedSize + use.BackingStorageSize
	}
	return sum
}
