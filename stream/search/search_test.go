package search_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tailbeam/stream/search"
	"tailbeam/tailer/history"
	"tailbeam/tailer/line"
	"tailbeam/tailer/stamp"
)

// marks read lines as the tailer does.
type marks struct{ *stamp.Reader }

func (m marks) Time(text []byte) (time.Time, bool) { return m.Reader.Time(text, time.Now()) }
func (m marks) Level(text []byte) line.Level       { return stamp.LevelOf(text) }

// finds is a sink that keeps what it is given.
type finds struct {
	lines []string
	hits  []search.Hit
	gaps  []line.Gap
	last  search.Progress
	stop  error // of the first hit
}

func (f *finds) Hit(h *search.Hit) error {
	f.lines = append(f.lines, string(h.Text))
	again := *h
	again.Text = bytes.Clone(h.Text)
	for _, around := range []*[][]byte{&again.Before, &again.After} {
		all := *around
		*around = nil
		for _, text := range all {
			*around = append(*around, bytes.Clone(text))
		}
	}
	f.hits = append(f.hits, again)
	return f.stop
}

func (f *finds) Gap(g line.Gap) error             { f.gaps = append(f.gaps, g); return nil }
func (f *finds) Progress(p search.Progress) error { f.last = p; return nil }

// world is a log of three generations, and all of its lines.
type world struct {
	search.Stream
	dir   string
	lines []string
}

// odd are bytes that lines hold now and then.
var odd = []string{"\x00", "\x1b[31m", "\xff\xfe", "é", "\u212Aelvin", "ſ", "\r", "\t", strings.Repeat("long ", 2000), ""}

func newWorld(t testing.TB, n int) *world {
	t.Helper()
	w := &world{dir: t.TempDir()}
	random := rand.New(rand.NewPCG(1, 2))
	var files [3]bytes.Buffer
	levels := []string{"INFO", "WARN", "ERROR", "DEBUG"}
	for i := range n {
		text := fmt.Sprintf("2024-05-01T12:%02d:%02d %s request %d from 10.0.0.%d took %dms", i/60%60, i%60, levels[random.IntN(4)], i, random.IntN(256), random.IntN(1000))
		switch random.IntN(12) {
		case 0:
			text = "  at some.frame(" + strconv.Itoa(i) + ")"
		case 1:
			text += odd[random.IntN(len(odd))] + strconv.Itoa(i)
		}
		w.lines = append(w.lines, text)
		end := "\n"
		if i%7 == 0 {
			end = "\r\n"
		}
		if i == n-1 {
			end = "" // a line that is not finished yet
		}
		files[i*3/n].WriteString(text + end)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(files[0].Bytes())
	z.Close()
	for name, data := range map[string][]byte{"app.log.2.gz": packed.Bytes(), "app.log.1": files[1].Bytes(), "app.log": files[2].Bytes()} {
		if err := os.WriteFile(filepath.Join(w.dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stamps := &stamp.Reader{Location: time.UTC}
	h := history.Open(filepath.Join(w.dir, "app.log"), history.Options{Time: stamps.Time})
	t.Cleanup(h.Close)
	w.Stream = search.Stream{History: h, Marks: marks{stamps}}
	return w
}

func (w *world) run(t testing.TB, q search.Query) (*finds, search.End) {
	t.Helper()
	f := new(finds)
	end, err := search.NewPool().Run(context.Background(), w.Stream, q, f)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return f, end
}

// naive is what q finds, line by line, oldest first.
func (w *world) naive(t *testing.T, q search.Query) (found []string) {
	for i, text := range w.lines {
		ok := true
		for _, pattern := range q.Match {
			ok = ok && matches(t, pattern, text)
		}
		for _, pattern := range q.Not {
			ok = ok && !matches(t, pattern, text)
		}
		level := line.None
		for k := i; k >= 0 && level == line.None; k-- {
			level = stamp.LevelOf([]byte(w.lines[k]))
		}
		if ok && (q.Level == line.None || level == line.None || level >= q.Level) {
			found = append(found, text)
		}
	}
	return found
}

func TestFindsWhatALookAtEachLineFinds(t *testing.T) {
	w := newWorld(t, 6000)
	for _, q := range []search.Query{
		{Match: []string{"ERROR"}},
		{Match: []string{"(?i)error"}},
		{Match: []string{"(?i)kelvin"}},
		{Match: []string{`took 9\d\dms`}},
		{Match: []string{`\d\d\dms$`, "from"}, Not: []string{"INFO", "10.0.0.1"}},
		{Match: []string{`^\s+at`}},
		{Match: []string{`[[:upper:]]{5}`}},
		{Not: []string{"request"}},
		{Level: line.Warn},
		{Match: []string{"frame"}, Level: line.Error},
		{Match: []string{"nothing at all"}},
	} {
		want := w.naive(t, q)
		f, end := w.run(t, q)
		if !slices.Equal(f.lines, want) || end != search.Exhausted || f.last.Matches != len(want) {
			t.Errorf("%+v: %d lines, want %d; %v", q, len(f.lines), len(want), end)
		}
		q.Order = search.NewestFirst
		slices.Reverse(want)
		if f, _ = w.run(t, q); !slices.Equal(f.lines, want) {
			t.Errorf("%+v: %d lines, want %d", q, len(f.lines), len(want))
		}
		if q.Limit = len(want) / 3; q.Limit > 0 {
			if f, end = w.run(t, q); !slices.Equal(f.lines, want[:q.Limit]) || end != search.Limited {
				t.Errorf("%+v: %d lines, %v", q, len(f.lines), end)
			}
		}
	}
}

// A search goes on exactly behind a hit, in either direction.
func TestGoesOnFromAHit(t *testing.T) {
	w := newWorld(t, 3000)
	q := search.Query{Match: []string{"ERROR"}}
	all, _ := w.run(t, q)
	for _, i := range []int{0, 1, len(all.hits) / 2, len(all.hits) - 1} {
		q := search.Query{Match: q.Match, From: all.hits[i].Pos}
		if f, _ := w.run(t, q); !slices.Equal(f.lines, all.lines[i:]) {
			t.Errorf("from hit %d: %d lines, want %d", i, len(f.lines), len(all.lines)-i)
		}
		q = search.Query{Match: q.Match, To: all.hits[i].Pos, Order: search.NewestFirst}
		f, _ := w.run(t, q)
		slices.Reverse(f.lines)
		if !slices.Equal(f.lines, all.lines[:i]) {
			t.Errorf("up to hit %d: %d lines", i, len(f.lines))
		}
		q = search.Query{Match: q.Match, From: all.hits[i/2].Pos, To: all.hits[i].Pos}
		if f, _ := w.run(t, q); !slices.Equal(f.lines, all.lines[i/2:i]) {
			t.Errorf("between hits %d and %d: %d lines", i/2, i, len(f.lines))
		}
		q.Order = search.NewestFirst
		f, _ = w.run(t, q)
		slices.Reverse(f.lines)
		if !slices.Equal(f.lines, all.lines[i/2:i]) {
			t.Errorf("back between hits %d and %d: %d lines", i/2, i, len(f.lines))
		}
	}
}

func TestContextOfHits(t *testing.T) {
	w := newWorld(t, 3000)
	q := search.Query{Match: []string{`request \d*(00|99) `}, Before: 3, After: 2}
	for _, q.Order = range []search.Order{search.OldestFirst, search.NewestFirst} {
		f, _ := w.run(t, q)
		if len(f.hits) < 30 {
			t.Fatalf("%d hits", len(f.hits))
		}
		for _, h := range f.hits {
			i := slices.Index(w.lines, string(h.Text))
			want := fmt.Sprintf("%q", w.lines[max(0, i-3):i]) + fmt.Sprintf("%q", w.lines[i+1:min(len(w.lines), i+3)])
			if got := fmt.Sprintf("%q", h.Before) + fmt.Sprintf("%q", h.After); got != want {
				t.Fatalf("around line %d: %.300s, want %.300s", i, got, want)
			}
		}
	}
}

func TestEndsWhenNobodyListens(t *testing.T) {
	w := newWorld(t, 6000)
	f := &finds{stop: errors.New("enough")}
	if _, err := search.NewPool().Run(context.Background(), w.Stream, search.Query{}, f); err != f.stop || len(f.lines) != 1 {
		t.Errorf("%v after %d lines", err, len(f.lines))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := search.NewPool().Run(ctx, w.Stream, search.Query{}, new(finds)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := search.NewPool().Run(context.Background(), w.Stream, search.Query{Match: []string{"("}}, f); err == nil {
		t.Error("a bad expression is none")
	}
}

// What is missing is told between the hits.
func TestGapsAreTold(t *testing.T) {
	w := newWorld(t, 3000)
	w.run(t, search.Query{Limit: 1})
	if err := os.Remove(filepath.Join(w.dir, "app.log.1")); err != nil {
		t.Fatal(err)
	}
	for _, order := range []search.Order{search.OldestFirst, search.NewestFirst} {
		f, _ := w.run(t, search.Query{Match: []string{"."}, Order: order})
		if len(f.gaps) != 1 || len(f.lines) != 2000 {
			t.Errorf("%d lines and the gaps %+v", len(f.lines), f.gaps)
		}
	}
}

// Grep is the oracle.
func TestCountsAsGrepDoes(t *testing.T) {
	grep, err := exec.LookPath("grep")
	if err != nil {
		t.Skip("grep is missing: install grep")
	}
	w := newWorld(t, 6000)
	plain := filepath.Join(w.dir, "all")
	if err := os.WriteFile(plain, []byte(strings.Join(w.lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"ERROR"}, {"-i", "warn"}, {"took [0-9]+ms"}, {"(from|at) .*1"}, {"9$"}, {"^ +at"}, {"[A-Z]{5} .*[0-9]{3}ms"}} {
		cmd := exec.Command(grep, append(append([]string{"-a", "-c", "-E"}, args...), plain)...)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, _ := cmd.Output()
		want, _ := strconv.Atoi(strings.TrimSpace(string(out)))
		pattern := args[len(args)-1]
		if len(args) > 1 {
			pattern = "(?i)" + pattern
		}
		if f, _ := w.run(t, search.Query{Match: []string{pattern}}); len(f.lines) != want || want == 0 {
			t.Errorf("%q: %d lines, grep has %d", args, len(f.lines), want)
		}
	}
}
