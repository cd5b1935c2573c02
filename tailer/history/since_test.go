package history

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/line"
	"tailbeam/tailer/stamp"
)

var reader = stamp.Reader{Location: time.UTC}

// noon is when the first line of a test was written.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// journal makes n lines, one every second from a moment on, each of some
// length, with a stamp in a layout and two lines without one behind it.
func journal(from time.Time, n, length int, layout string) string {
	var b strings.Builder
	for i := range n {
		at := from.Add(time.Duration(i) * time.Second)
		fmt.Fprintf(&b, "%s %s\n\tat one\n\tat two\n", at.Format(layout), strings.Repeat("x", length))
	}
	return b.String()
}

// since returns the line that Since finds.
func (r *reading) since(t time.Time) string {
	r.Helper()
	p, err := r.Since(context.Background(), t)
	r.must(err)
	if p == r.end() {
		return "end"
	}
	b, err := r.Forward(context.Background(), p, r.buf)
	r.must(err)
	text, _, _ := strings.Cut(string(b.Entry(0)), " x")
	return text
}

func TestSince(t *testing.T) {
	const n, length = 3000, 400 // more than a mesh in each
	for name, layout := range map[string]string{"RFC 3339": time.RFC3339, "year-less": time.Stamp} {
		for ending, want := range map[string]string{"": "plain", ".gz": "gzip", ".zst": "zstd"} {
			t.Run(name+" "+want, func(t *testing.T) {
				w := newWorld(t)
				for i, file := range []string{"app.log.2", "app.log.1", "app.log"} {
					at := noon.Add(time.Duration(i) * time.Hour)
					w.write(file, journal(at, n, length, layout))
					w.now = at.Add(n*time.Second - time.Hour)
					w.age(file)
					if file == "app.log.1" && ending != "" {
						w.compress(file, file+ending)
					}
				}
				r := w.open("app.log", Options{Time: reader.Time})
				for d, want := range map[time.Duration]time.Duration{
					-time.Hour:             0,
					0:                      0,
					time.Second:            time.Second,
					1500 * time.Second:     1500 * time.Second,
					(n - 1) * time.Second:  (n - 1) * time.Second,
					n * time.Second:        time.Hour, // nothing was written until then
					time.Hour:              time.Hour,
					3723500000000:          time.Hour + 124*time.Second,
					time.Hour + n*500*1e6:  time.Hour + n*500*1e6,
					2*time.Hour + 50*1e9:   2*time.Hour + 50*1e9,
					2*time.Hour + 2999*1e9: 2*time.Hour + 2999*1e9,
				} {
					if got, want := r.since(noon.Add(d)), noon.Add(want).Format(layout); got != want {
						t.Errorf("since %v: line of %q, want %q", d, got, want)
					}
				}
				if got := r.since(noon.Add(9 * time.Hour)); got != "end" {
					t.Errorf("since later: line of %q", got)
				}
			})
		}
	}
}

func TestSinceReadsLittle(t *testing.T) {
	w := newWorld(t)
	for i, name := range []string{"app.log.2.gz", "app.log.1", "app.log"} {
		text := journal(noon.Add(time.Duration(i)*10*time.Hour), 30_000, 1000, time.RFC3339)
		if strings.HasSuffix(name, "gz") {
			text = string(compressed(t, name, []byte(text[:1<<20])))
		}
		w.write(name, text)
	}
	f := new(faulty)
	r := w.open("app.log", Options{Time: reader.Time, FS: f})
	if got, want := r.since(noon.Add(12*time.Hour)), noon.Add(12*time.Hour).Format(time.RFC3339); got != want {
		t.Errorf("line of %q, want %q", got, want)
	}
	if read := f.read.Load(); read > 3<<20 {
		t.Errorf("%d bytes were read", read)
	}
}

func TestSinceInDisorder(t *testing.T) {
	w := newWorld(t)
	at := func(s int) string {
		return noon.Add(time.Duration(s)*time.Second).Format(time.RFC3339) + " x\n"
	}
	w.write("app.log", "no stamp\n"+at(1)+at(5)+at(3)+"more\n"+at(4)+at(9)+at(2)+at(10))
	r := w.open("app.log", Options{Time: reader.Time})
	for s, want := range map[int]int{0: 1, 1: 1, 2: 5, 4: 5, 6: 9, 10: 10} {
		if got, want := r.since(noon.Add(time.Duration(s)*time.Second)), strings.TrimSuffix(at(want), " x\n"); got != want {
			t.Errorf("since %d: %q, want %q", s, got, want)
		}
	}
}

// Stamps may be far apart, and whole generations without any.
func TestSinceAcrossLinesWithoutStamps(t *testing.T) {
	w := newWorld(t)
	trace := strings.Repeat(strings.Repeat("y", 999)+"\n", 1500)
	w.write("app.log.3", journal(noon, 5, 3, time.RFC3339)+trace)
	w.write("app.log.2", trace)
	w.write("app.log.1", trace+journal(noon.Add(time.Hour), 5, 3, time.RFC3339)+trace)
	w.write("app.log", "x\n")
	r := w.open("app.log", Options{Time: reader.Time})
	for d, want := range map[time.Duration]time.Duration{
		2 * time.Second:         2 * time.Second,
		10 * time.Second:        time.Hour,
		time.Hour + time.Second: time.Hour + time.Second,
	} {
		if got, want := r.since(noon.Add(d)), noon.Add(want).Format(time.RFC3339); got != want {
			t.Errorf("since %v: line of %q, want %q", d, got, want)
		}
	}
	if got := r.since(noon.Add(2 * time.Hour)); got != "end" {
		t.Errorf("since later: line of %q", got)
	}
}

func TestNoStamps(t *testing.T) {
	w := newWorld(t)
	r := w.open("app.log", Options{Time: reader.Time})
	if p, err := r.Since(context.Background(), noon); !p.IsZero() || err != nil {
		t.Errorf("without a file: %v, %v", p, err)
	}
	w.write("app.log.1.gz", string(compressed(t, "x.gz", []byte(strings.Repeat("no stamp\n", 200_000)))))
	w.write("app.log", strings.Repeat("no stamp\n", 2_000_000))
	f := new(faulty)
	r = w.open("app.log", Options{Time: reader.Time, FS: f})
	if _, err := r.Since(context.Background(), noon); !errors.Is(err, line.ErrNoStamps) {
		t.Errorf("error %v", err)
	}
	if read := f.read.Load(); read > 8<<20 {
		t.Errorf("%d bytes were read", read)
	}
	r = w.open("app.log", Options{})
	if _, err := r.Since(context.Background(), noon); !errors.Is(err, line.ErrNoStamps) {
		t.Errorf("error %v without a reader of stamps", err)
	}
}

func TestOrderByStamps(t *testing.T) {
	w := newWorld(t)
	// Copied without their times, in the order of their names.
	for i, name := range []string{"app.log.1", "app.log.2", "app.log.3"} {
		w.write(name, noon.Add(-time.Duration(i)*time.Hour).Format(time.RFC3339)+" "+name+"\n")
	}
	w.write("app.log", noon.Add(time.Hour).Format(time.RFC3339)+" app.log\n")
	r := w.open("app.log", Options{Time: reader.Time})
	got := strings.Join(r.forward(r.start()), "")
	var at []int
	for _, name := range []string{"app.log.3", "app.log.2", "app.log.1", "app.log\\n"} {
		at = append(at, strings.Index(got, name))
	}
	for i := 1; i < len(at); i++ {
		if at[i] < at[i-1] {
			t.Errorf("got %s", got)
		}
	}
}

func TestNumber(t *testing.T) {
	w := newWorld(t)
	text := journal(noon, 2000, 500, time.RFC3339)
	w.write("app.log.1.gz", string(compressed(t, "x.gz", []byte(text))))
	w.write("app.log", text)
	f := new(faulty)
	r := w.open("app.log", Options{Time: reader.Time, FS: f})
	for _, n := range []int{0, 1, 5999, 3000, 6000, 6001, 9000, 12000} {
		p := r.after(n)
		want := int64(n)
		if n > 6000 {
			want -= 6000
		}
		if got, err := r.Number(context.Background(), p); got != want || err != nil {
			t.Errorf("before line %d: %d, %v", n, got, err)
		}
	}
	before := f.read.Load()
	if got, err := r.Number(context.Background(), r.end()); got != 6000 || err != nil {
		t.Errorf("before the end: %d, %v", got, err)
	}
	if read := f.read.Load() - before; read > 2*mesh {
		t.Errorf("%d bytes were read to count lines again", read)
	}
	c, err := r.listed(context.Background())
	w.must(err)
	for _, rec := range c.records {
		size := len(rec.index.counts)*16 + len(rec.index.times)*8
		if size > len(text)/1000 {
			t.Errorf("the index of %d bytes takes %d", len(text), size)
		}
	}
}
