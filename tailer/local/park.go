package local

import (
	"fmt"
	"io/fs"
	"syscall"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// parked stands for a file that was closed because descriptors are short.
type parked struct {
	real string // where it was without symbolic links, or empty
}

var errParked = fmt.Errorf("closed for now: %w", syscall.EMFILE)

// ReadAt implements disk.File.
func (parked) ReadAt([]byte, int64) (int, error) { return 0, errParked }

// Stat implements disk.File.
func (parked) Stat() (disk.Info, error) { return disk.Info{}, errParked }

// Data implements disk.File.
func (parked) Data(off int64) int64 { return off }

// Close implements disk.File.
func (parked) Close() error { return nil }

// yield closes the file of an idle stream that was asked to, and otherwise
// offers it. It is called when everything was read.
func (s *Stream) yield() {
	s.mu.Lock()
	var g *generation
	if len(s.gens) == 1 && s.gens[0].retired.IsZero() && s.named.condition == line.Live {
		g = s.gens[0]
	}
	s.mu.Unlock()
	if s.asked.CompareAndSwap(true, false) {
		if g != nil {
			s.park(g)
		}
		s.f.fs.asked.Add(-1)
	}
	if g == nil {
		s.closable.Store(false)
	} else if _, is := g.file.(parked); !is && !s.closable.Swap(true) {
		s.f.fs.relieve()
	}
}

// park closes the file of g unless there is more to read of it. Its position,
// mark and unfinished line stay.
func (s *Stream) park(g *generation) {
	if _, is := g.file.(parked); is {
		return
	}
	if info, err := g.file.Stat(); err != nil || info.Size != g.read.Load() {
		return
	}
	var p parked
	if real, err := disk.Real(s.target.Path); err == nil && real != s.target.Path {
		p.real = real
	}
	g.file.Close()
	g.file = p
}

// reopen sees to it that the file of g is open, if it was parked.
func (s *Stream) reopen(g *generation) error {
	p, is := g.file.(parked)
	if !is {
		return nil
	}
	file, err := s.find(g, p)
	if err == nil {
		g.file = file
	}
	return err
}

// find opens the file of a parked generation under the name that it had, or
// under another that rotation gave it.
func (s *Stream) find(g *generation, p parked) (disk.File, error) {
	for _, path := range []string{s.target.Path, p.real} {
		if path == "" {
			continue
		}
		file, err := s.f.fs.Open(path)
		if disk.Gone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if info, err := file.Stat(); err == nil && info.ID == g.id {
			return file, nil
		}
		file.Close()
	}
	siblings := s.siblings()
	for _, c := range siblings {
		if c.info.ID != g.id {
			continue
		}
		file, err := s.f.fs.OpenPlain(c.path)
		if err != nil {
			return nil, err
		}
		if info, err := file.Stat(); err == nil && info.ID == g.id {
			return file, nil
		}
		file.Close()
	}
	for _, c := range siblings {
		if !c.compressed() || c.info.Modified < g.modified {
			continue
		}
		if file := s.openCandidate(c); file != nil {
			if g.mark.in(file, g.read.Load()) {
				return file, nil
			}
			file.Close()
		}
	}
	return nil, fs.ErrNotExist
}

// forsake gives up a parked generation whose file is nowhere any more.
func (s *Stream) forsake(w *bench, g *generation) {
	const reason = "the file was removed while it was closed because too many files are open; what was written just before is gone, if anything was"
	s.replace(g, missing{reason, line.UnknownBytes})
	s.finish(&w.main, g)
}

// patience is how long a lack of descriptors lasts before it is told.
const patience = time.Second

// starved reports whether a lack of descriptors is to be borne a little longer.
func (s *Stream) starved() bool {
	if s.hungry == 0 {
		s.hungry = instantOf(time.Now())
	}
	return s.hungry.age() < patience
}
