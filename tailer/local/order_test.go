package local

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"tailbeam/tailer/line"
	"tailbeam/tailer/notify"
)

// An orderly is a sink that holds what it gets against what the stream side
// builds on: the lines of a generation come behind the notice that it began,
// and each that lost its place is told to be complete once, at its end, with
// nothing of it behind.
type orderly struct {
	t *testing.T

	mu      sync.Mutex
	text    string
	drained []line.Generation
	end     map[line.Generation]int64
	current line.Generation // the newest
}

func (o *orderly) Append(b *line.Batch) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text += string(b.Data)
	if slices.Contains(o.drained, b.Pos.Gen) {
		o.t.Errorf("lines at %x after the word that it is complete", b.Pos)
	}
	if o.current == 0 || b.Pos.Off == 0 && sameFile(o.current, b.Pos.Gen) {
		o.current = b.Pos.Gen // the first, or its beginning was not known yet
	}
	if b.Pos.Gen != o.current && o.end[b.Pos.Gen] == 0 {
		o.t.Errorf("lines at %x before the notice that this generation began", b.Pos)
	}
	o.end[b.Pos.Gen] = b.End().Off
}

// sameFile reports whether two identities are of one file, one of them taken
// when it was empty.
func sameFile(a, b line.Generation) bool { return a>>32 == b>>32 && uint32(a) == 0 }

func (o *orderly) Notice(n line.Notice) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch n.Event {
	case line.Rotated, line.Truncated:
		if n.Pos.Gen == o.current {
			o.t.Errorf("%s to the generation that is there already", n.Event)
		}
		o.current = n.Pos.Gen
	case line.Drained:
		if slices.Contains(o.drained, n.Pos.Gen) {
			o.t.Errorf("%x is told to be complete twice", n.Pos.Gen)
		}
		if end := o.end[n.Pos.Gen]; n.Pos.Off != end {
			o.t.Errorf("%x is told to be complete at %d, its lines ended at %d", n.Pos.Gen, n.Pos.Off, end)
		}
		o.drained = append(o.drained, n.Pos.Gen)
	}
}

func (o *orderly) Gap(g line.Gap) { o.t.Errorf("gap %v", g) }

func TestNoticesStandWhereTheyBelong(t *testing.T) {
	path := filepath.Join(tempDir(t), "app.log")
	write(t, path, "0\n")
	o := &orderly{t: t, end: map[line.Generation]int64{}}
	cfg := quick()
	cfg.Notifier = notify.Open()
	defer cfg.Notifier.Close()
	follow(t, cfg, Target{Path: path, Sink: o, Preload: Whole})
	want := "0\n"
	settled := func(what string, so func() bool) {
		t.Helper()
		waitFor(t, what, func() bool {
			o.mu.Lock()
			defer o.mu.Unlock()
			return so()
		})
	}
	settled("the first line", func() bool { return o.text == want })
	for i := 1; i <= 12; i++ {
		switch i % 4 {
		case 0:
			must(t, os.Truncate(path, 0))
		case 1:
			must(t, os.Rename(path, fmt.Sprintf("%s.%d", path, 100-i)))
		case 2:
			must(t, os.Rename(path, fmt.Sprintf("%s.%d", path, 100-i)))
			write(t, path, "") // empty for a while
		case 3:
			must(t, os.Remove(path))
		}
		settled("what is old to be complete", func() bool { return i%4 != 0 || len(o.drained) == i })
		text := fmt.Sprintf("%d\n", i)
		write(t, path, text)
		want += text
		settled("the line", func() bool { return o.text == want })
	}
	settled("every old generation to be complete", func() bool { return len(o.drained) == 12 })
}
