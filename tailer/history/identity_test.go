package history

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// A log that begins with the same line each time, and is copied and cut.
func TestTwins(t *testing.T) {
	w := newWorld(t)
	w.now = time.Now().Add(time.Hour) // copies are younger than what they were made of
	w.write("app.log.2", "header\nwhile waiting\n")
	w.write("app.log.1", "header\none\n")
	w.write("app.log", "header\nsecond\nthree\n")
	first := w.known("app.log", "header\none\n", 0, Complete)
	second := w.known("app.log", "header\nsecond\nthree\n", 1, Growing)
	r := w.open("app.log", Options{Known: &follower{all: []Generation{first, second}}})
	want := []string{`"header\n"`, `"while waiting\n"`, `"header\n"`, `"one\n"`, `"header\n"`, `"second\n"`, `"three\n"`}
	r.want(want...)
	for g, n := range map[line.Generation]int{first.Ident: 2, second.Ident: 4} {
		if got := r.forward(line.Position{Gen: g}); !slices.Equal(got, want[n:]) {
			t.Errorf("from %v: got %s, want %s", g, got, want[n:])
		}
	}
	if r.end().Gen != second.Ident {
		t.Error("the newest generation has another name than the follower's")
	}
	// Without the follower only what fits tells.
	r = w.open("app.log", Options{})
	if got := r.forward(line.Position{Gen: second.Ident, Off: 14}); !slices.Equal(got, want[6:]) {
		t.Errorf("behind second: got %s", got)
	}
	r = w.open("app.log", Options{})
	if got := r.forward(line.Position{Gen: second.Ident, Off: 7}); !strings.HasPrefix(got[0], "gap -1 several files") || !slices.Equal(got[1:], want) {
		t.Errorf("behind the header: got %s", got)
	}
}

// What says the same as before is not the same: a header, a banner, a job that
// says each day that all is well.
func TestGenerationsThatSayTheSame(t *testing.T) {
	const header, well = "#Version: 1.0\n#Fields: uri\n", "begin\nall is well\n"
	for _, test := range []struct {
		what  string
		files [3]string // oldest first
		want  int       // lines
	}{
		{"a header alone", [3]string{header + "one\n", header + "two\nthree\n", header}, 3 + 4 + 2},
		{"a header and more", [3]string{header, header + "one\n", header + "one\ntwo\n"}, 2 + 3 + 4},
		{"all of it", [3]string{well, well, well}, 6},
		{"all of what is old", [3]string{well, well, "begin\n"}, 5},
		{"the beginning", [3]string{"begin\n", well, well + "more\n"}, 1 + 2 + 3},
	} {
		t.Run(test.what, func(t *testing.T) {
			w := newWorld(t)
			for i, name := range []string{"app.log.2", "app.log.1", "app.log"} {
				w.write(name, test.files[i])
			}
			r := w.open("app.log", Options{Time: reader.Time})
			if got := r.forward(r.start()); len(got) != test.want {
				t.Errorf("got %d lines, want %d: %s", len(got), test.want, got)
			}
		})
	}
}

// A copy that grows holds what the newest file holds; so does one that begins
// with the same time.
func TestCopiesThatSayTheSame(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "begin\nall is well\n")
	w.copy("app.log.1", "begin\n")
	w.open("app.log", Options{Time: reader.Time}).want(`"begin\n"`, `"all is well\n"`)
	w = newWorld(t)
	w.write("app.log.2", "2026-11-21T10:00:00Z one\n")
	w.write("app.log.1", "2026-11-21T10:00:00Z one\n2026-11-21T10:00:01Z two\n")
	w.write("app.log", "2026-11-21T10:00:02Z three\n")
	r := w.open("app.log", Options{Time: reader.Time})
	if got := r.forward(r.start()); len(got) != 3 {
		t.Errorf("got %s", got)
	}
}

// The files are told apart by their inodes as long as they have them.
func TestSameHeaderAfterRename(t *testing.T) {
	w := newWorld(t)
	var r *reading
	var marks []line.Position
	for _, text := range []string{"one", "two", "three", "four"} {
		for _, step := range [][2]string{{"app.log.2.gz", "app.log.3.gz"}, {"app.log.1", "app.log.2"}, {"app.log", "app.log.1"}} {
			if _, err := (disk.System{}).Stat(w.path(step[0])); err == nil {
				w.rename(step[0], step[1])
			}
		}
		if _, err := (disk.System{}).Stat(w.path("app.log.2")); err == nil {
			w.compress("app.log.2", "app.log.2.gz")
		}
		w.write("app.log", "header\n"+text+"\n")
		if r == nil {
			r = w.open("app.log", Options{})
		}
		r.want(r.forward(r.start())...)
		end := r.end()
		end.Off -= int64(len(text) + 1)
		marks = append(marks, end)
	}
	for i, text := range []string{"one", "two", "three", "four"} {
		if got := r.forward(marks[i]); got[0] != `"`+text+`\n"` || len(got) != 7-2*i {
			t.Errorf("behind the header of %s: got %s", text, got)
		}
	}
	// The next run knows the files by their inodes; of those compressed
	// nothing is claimed.
	next := w.open("app.log", Options{})
	for i, text := range []string{"three", "four"} {
		if got := next.forward(marks[2+i]); got[0] != `"`+text+`\n"` {
			t.Errorf("behind the header of %s in the next run: got %s", text, got)
		}
	}
	if got := next.forward(marks[0]); !strings.HasPrefix(got[0], "gap") {
		t.Errorf("got %s for one of two that begin alike", got)
	}
}

// Of a generation that is still read, whole lines come out, and its successor
// behind them.
func TestDrained(t *testing.T) {
	w := newWorld(t)
	w.write("app.log.1", "one\nhalf")
	w.write("app.log", "two\n")
	old := w.known("app.log.1", "one\n", 0, Growing)
	f := &follower{all: []Generation{old, w.known("app.log", "two\n", 0, Growing)}}
	r := w.open("app.log", Options{Known: f})
	r.want(`"one\n"`, `"two\n"`)
	f.all[0].State = Complete
	r.want(`"one\n"`, `"half"`, `"two\n"`)
}

// Before the first line is complete a generation has another name.
func TestNameBeforeTheFirstLine(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "hal")
	r := w.open("app.log", Options{})
	at := r.end()
	if at.IsZero() || at.Off != 0 || uint32(at.Gen) != 0 {
		t.Fatalf("the end is %v", at)
	}
	w.append("app.log", "f\nmore\n")
	for _, r := range []*reading{r, w.open("app.log", Options{})} {
		if got := r.forward(at); !slices.Equal(got, []string{`"half\n"`, `"more\n"`}) {
			t.Errorf("got %s", got)
		}
		if p := r.start(); uint32(p.Gen) == 0 {
			t.Errorf("the start is %v", p)
		}
	}
}

// The follower takes a hole for text if it finds the file with it.
func TestHoleThatIsText(t *testing.T) {
	w := newWorld(t)
	text := strings.Repeat("\x00", 500) + "one\ntwo\n"
	w.write("app.log", text)
	k := w.known("app.log", text, 0, Growing)
	r := w.open("app.log", Options{Known: &follower{all: []Generation{k}}})
	if p := r.start(); p.Gen != k.Ident || p.Off != 0 {
		t.Errorf("the start is %v", p)
	}
	if got := r.forward(line.Position{Gen: k.Ident, Off: 504}); !slices.Equal(got, []string{`"two\n"`}) {
		t.Errorf("got %s", got)
	}
	next := w.open("app.log", Options{})
	if got := next.forward(line.Position{Gen: k.Ident, Off: 504}); !slices.Equal(got, []string{`"two\n"`}) {
		t.Errorf("in the next run: got %s", got)
	}
}
