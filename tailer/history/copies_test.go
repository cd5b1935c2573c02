package history

import (
	"context"
	"errors"
	"io"
	"testing"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// What was followed in a file that is gone has in its copy the name under which
// it was followed.
func TestACopyHasTheNameOfWhatWasFollowed(t *testing.T) {
	const old, other = "one\ntwo\n", "one\nsomething else\n"
	for name, copied := range map[string]func(w *world){
		"compressed": func(w *world) { w.compress("app.log", "app.log.1.gz") },
		"copied and cut": func(w *world) {
			w.write("app.log.1", old)
			w.write("app.log", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.write("app.log.2", other)
			w.write("app.log", old)
			known := w.known("app.log", old, 0, Complete)
			copied(w)
			w.write("app.log", "three\n")
			r := w.open("app.log", Options{Known: &follower{all: []Generation{known}}})
			p := r.after(2)
			b, err := r.Forward(context.Background(), p, r.buf)
			if err != nil || b.Pos != (line.Position{Gen: known.Ident}) || b.Flags&line.Renamed != 0 {
				t.Errorf("behind the first file: %x %v, %v, want %x", b.Pos, b.Flags, err, known.Ident)
			}
			r.want(`"one\n"`, `"something else\n"`, `"one\n"`, `"two\n"`, `"three\n"`)
			// A name that was given before the follower told of it is of the
			// same generation.
			unknown := &follower{}
			r = w.open("app.log", Options{Known: unknown})
			before, err := r.Forward(context.Background(), r.after(2), r.buf)
			w.must(err)
			unknown.all = []Generation{known}
			w.age("app.log")
			b, err = r.Forward(context.Background(), before.Pos, r.buf)
			if err != nil || b.Pos.Gen != known.Ident || b.Flags&line.Renamed == 0 {
				t.Errorf("by the other name: %x %v, %v, want %x", b.Pos, b.Flags, err, known.Ident)
			}
		})
	}
}

// The first line gives a file its name.
func TestNameFromBeforeTheFirstLine(t *testing.T) {
	w := newWorld(t)
	w.write("app.log", "on")
	r := w.open("app.log", Options{})
	p := r.start()
	w.append("app.log", "e\ntwo\n")
	info, err := disk.System{}.Stat(w.path("app.log"))
	w.must(err)
	want := disk.Generation(info.ID, disk.HeadOf([]byte("one\n")), 0)
	b, err := r.Forward(context.Background(), p, r.buf)
	if err != nil || b.Pos.Gen != want || b.Flags&line.Renamed == 0 || b.Lines() != 2 {
		t.Errorf("%x: %d lines at %x, %v, want %x", p, b.Lines(), b.Pos, err, want)
	}
	p.Off = b.End().Off
	if b, err = r.Backward(context.Background(), p, r.buf); err != nil || b.Pos.Gen != want {
		t.Errorf("backward: %x, %v", b.Pos, err)
	}
	if b, err = r.Forward(context.Background(), p, r.buf); !errors.Is(err, io.EOF) || b.Pos.Gen != want || b.Flags&line.Renamed == 0 {
		t.Errorf("at the end: %x, %v", b.Pos, err)
	}
}

// A file that was listed while the follower knew it without a first line.
func TestFollowedBeforeTheFirstLine(t *testing.T) {
	const text = "one\ntwo\n"
	w := newWorld(t)
	w.write("app.log", text)
	known := w.known("app.log", text, 0, Growing)
	early := known
	early.Ident, early.Head, early.Length, early.Mark = disk.Generation(known.ID, 0, 0), 0, 0, nil
	f := &follower{all: []Generation{early}}
	r := w.open("app.log", Options{Known: f})
	p := r.start()
	r.want(`"one\n"`, `"two\n"`)
	w.compress("app.log", "app.log.1.gz")
	w.write("app.log", "three\n")
	f.all = []Generation{known}
	r.want(`"one\n"`, `"two\n"`, `"three\n"`)
	if got := r.forward(p); len(got) != 3 {
		t.Errorf("from the first name: got %s", got)
	}
}
