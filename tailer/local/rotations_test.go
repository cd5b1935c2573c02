package local

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// A rotation is a way in which a file makes room for the next.
type rotation struct {
	name string
	late time.Duration // how long the writer stays with the old file
	// destroys says that a whole file may be gone before anyone can open it.
	destroys bool
	do       func(*writer)
}

var rotations = []rotation{
	{name: "none", do: func(*writer) {}},
	{name: "rename", do: func(w *writer) {
		w.file.Close()
		w.try(os.Rename(w.path, w.rotated()))
		w.open(w.path)
	}},
	{name: "rename-late", late: 10 * time.Millisecond, do: func(w *writer) {
		w.try(os.Rename(w.path, w.rotated()))
		w.create(w.path)
		w.later = w.path
	}},
	{name: "copytruncate", do: func(w *writer) {
		from, err := os.Open(w.path)
		w.try(err)
		to, err := os.Create(w.rotated())
		w.try(err)
		_, err = io.Copy(struct{ io.Writer }{to}, struct{ io.Reader }{from})
		w.try(err)
		w.try(from.Close())
		w.try(to.Close())
		w.try(os.Truncate(w.path, 0))
	}},
	{name: "delete", destroys: true, do: func(w *writer) {
		w.file.Close()
		w.try(os.Remove(w.path))
		w.open(w.path)
	}},
	{name: "delete-late", late: 10 * time.Millisecond, destroys: true, do: func(w *writer) {
		w.try(os.Remove(w.path))
		w.later = w.path
	}},
	{name: "link", late: 10 * time.Millisecond, destroys: true, do: func(w *writer) {
		data := filepath.Join(w.dir, fmt.Sprintf("data.%d", w.turns))
		w.create(data)
		w.link(data, w.path)
		w.later = data
	}},
	{name: "directory-link", late: 10 * time.Millisecond, destroys: true, do: func(w *writer) {
		release := filepath.Join(w.dir, fmt.Sprintf("release-%d", w.turns))
		w.try(os.Mkdir(release, 0o755))
		w.later = filepath.Join(release, "app.log")
		w.create(w.later)
		w.link(release, filepath.Join(w.dir, "current"))
	}},
}

// A writer writes numbered lines, one write each, and rotates meanwhile.
type writer struct {
	t      failer
	pace   pace
	dir    string
	path   string // what is followed
	rotate rotation
	file   *os.File
	seq    uint64
	turns  int
	later  string // the file to go on with after rotation.late
}

const (
	linesPerSecond = 20_000
	rotateEvery    = 100 * time.Millisecond
	keepRotated    = 20
)

// pace is how fast a writer writes and rotates.
type pace struct {
	lines uint64 // a second
	every time.Duration
}

// failer is the part of testing.T that a writer needs, which may be a process
// without one.
type failer interface {
	Helper()
	Fatal(...any)
}

func newWriter(t failer, dir string, r rotation) *writer {
	w := &writer{t: t, pace: pace{linesPerSecond, rotateEvery}, dir: dir, path: filepath.Join(dir, "app.log"), rotate: r}
	switch r.name {
	case "link":
		data := filepath.Join(dir, "data.0")
		w.open(data)
		w.link(data, w.path)
	case "directory-link":
		release := filepath.Join(dir, "release-0")
		w.try(os.Mkdir(release, 0o755))
		w.link(release, filepath.Join(dir, "current"))
		w.path = filepath.Join(dir, "current", "app.log")
		w.open(w.path)
	default:
		w.open(w.path)
	}
	return w
}

func (w *writer) try(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}

func (w *writer) open(path string) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	w.try(err)
	w.file = f
}

func (w *writer) create(path string) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	w.try(err)
	w.try(f.Close())
}

func (w *writer) link(target, name string) {
	w.try(os.Symlink(target, name+".new"))
	w.try(os.Rename(name+".new", name))
}

func (w *writer) rotated() string { return fmt.Sprintf("%s.%d", w.path, w.turns) }

// run writes for some time.
func (w *writer) run(total time.Duration) {
	began := time.Now()
	rotateAt := w.pace.every
	var lateUntil time.Duration
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	var text []byte
	for now := time.Duration(0); now < total; now = time.Since(began) {
		if w.later != "" && now >= lateUntil {
			w.file.Close()
			w.open(w.later)
			w.later = ""
		}
		if now >= rotateAt && w.later == "" {
			rotateAt += w.pace.every
			w.turns++
			w.rotate.do(w)
			lateUntil = now + w.rotate.late
			if w.turns > keepRotated {
				_ = os.Remove(fmt.Sprintf("%s.%d", w.path, w.turns-keepRotated))
			}
		}
		for due := uint64(now.Seconds() * float64(w.pace.lines)); w.seq < due; w.seq++ {
			text = appendNumbered(text[:0], w.seq)
			_, err := w.file.Write(text)
			w.try(err)
		}
		<-tick.C
	}
	w.try(w.file.Close())
}
