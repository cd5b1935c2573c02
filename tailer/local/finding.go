package local

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// A finding is what a name leads to.
type finding struct {
	info disk.Info
	err  error     // why it leads to nothing that can be read
	file disk.File // open, unless it is the newest generation
	cur  *generation
	// passed is what was opened and had lost the name again a moment later.
	passed []opened
	// made is how many files were put under the name since the last finding,
	// this one among them, and switched how often a link on the way was made to
	// lead elsewhere. Exact says that there were no more.
	made, switched int64
	exact          bool
	// dropped says that wake-ups were lost since the last finding.
	dropped bool
	at      time.Time
}

// new reports whether the name leads to another file than before.
func (f finding) new() bool { return f.file != nil }

// maxFind bounds how often a name is looked at that changes all the time.
const maxFind = 20

// discover looks at the name until it leads where it led before all that happened
// was told. Then what was told is all that there was.
func (s *Stream) discover() finding {
	unsure, dropped := s.unsure.Swap(false), s.dropped.Swap(false)
	var passed []opened
	for n := 0; ; n++ {
		f := s.glance(&passed)
		f.passed, f.dropped = passed, dropped
		if s.isAsBefore(f) && len(passed) == 0 && !unsure && s.owed <= 0 && s.made.Load() == s.toldMade && s.switched.Load() == s.toldSwitched {
			f.exact, s.owed = !s.blind.Load(), 0
			return f
		}
		heard := s.heard()
		made, switched := s.made.Load(), s.switched.Load()
		stays := s.stays(f)
		if heard && !stays && n < maxFind {
			if f.file != nil {
				passed = append(passed, opened{f.file, f.info})
			}
			continue
		}
		f.made, f.switched = made-s.toldMade, switched-s.toldSwitched
		f.exact = heard && stays && !unsure
		s.toldMade, s.toldSwitched = made, switched
		return f
	}
}

// glance looks at the name once and opens what is new, unless it is among what
// has passed.
func (s *Stream) glance(passed *[]opened) finding {
	f := finding{at: time.Now()}
	for n := 0; ; n++ {
		f.info, f.err = s.f.fs.Stat(s.target.Path)
		if f.err != nil {
			return f
		}
		if f.cur = s.keep(f.info.ID); f.cur != nil {
			return f
		}
		if i := slices.IndexFunc(*passed, func(o opened) bool { return o.info.ID == f.info.ID }); i >= 0 {
			f.file = (*passed)[i].file
			*passed = slices.Delete(*passed, i, i+1)
			return f
		}
		if f.info.Kind == disk.Pipe && s.target.Pipe != nil {
			// It is not opened to find out more: a writer that waits for a
			// reader would take that for one.
			f.err = errPipe
			return f
		}
		file, info, err := s.open()
		if err != nil {
			// What had the name a moment ago may have been renamed since, and is to
			// be found then.
			now, _ := s.f.fs.Stat(s.target.Path)
			if (disk.Gone(err) || now.ID != f.info.ID) && n < maxFind {
				continue
			}
			f.info = now
			f.err = err
			return f
		}
		if s.claim(info.ID) {
			f.file, f.info = file, info
			return f
		}
		// The name leads elsewhere again, or the read task is about to add this
		// file.
		file.Close()
		time.Sleep(time.Millisecond)
	}
}

// keep returns the generation of a file that is open, which is the newest now
// and is not closed for having lost its name, or nil.
func (s *Stream) keep(id disk.ID) *generation {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, g := range slices.Backward(s.gens) {
		if g.id == id {
			s.gens = append(slices.Delete(s.gens, i, i+1), g)
			s.namedLocked(g)
			return g
		}
	}
	return nil
}

// isAsBefore reports whether nothing is new: the same file, or still none.
func (s *Stream) isAsBefore(f finding) bool {
	if f.err == nil {
		return f.file == nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return disk.Gone(f.err) && s.named.condition == line.Waiting && s.named.since != 0
}

// stays reports whether the name still leads where it was found to.
func (s *Stream) stays(f finding) bool {
	info, err := s.f.fs.Stat(s.target.Path)
	switch {
	case f.err == nil:
		return err == nil && info.ID == f.info.ID
	case disk.Gone(f.err):
		return disk.Gone(err)
	}
	return true // a matter of rights, or of another kind of file
}

// open opens what the name leads to, which must be a file that may be served.
func (s *Stream) open() (disk.File, disk.Info, error) {
	file, err := s.f.fs.Open(s.target.Path)
	if err != nil {
		return nil, disk.Info{}, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case info.Kind == disk.Directory:
		err = errDirectory
	case info.Kind == disk.Pipe && s.target.Pipe != nil:
		err = errPipe
	case info.Kind != disk.Regular:
		err = errNoFile
	case s.target.Root != "":
		err = s.inside(info)
	}
	if err != nil {
		file.Close()
		return nil, disk.Info{}, err
	}
	return file, info, nil
}

// inside holds a stream that was found in a directory to that directory,
// wherever its name leads.
func (s *Stream) inside(info disk.Info) error {
	root, err := disk.Real(s.target.Root)
	if err != nil {
		return err
	}
	real, err := disk.Real(s.target.Path)
	if err != nil {
		return err
	}
	at, err := s.f.fs.Stat(real)
	if err != nil {
		return err
	}
	if at.ID != info.ID || !disk.Within(root, real) {
		return fmt.Errorf("leads out of %s", s.target.Root)
	}
	return nil
}

// errors of open that a person sees
var (
	errDirectory = errors.New("is a directory: write it with a slash at its end to follow its files")
	errPipe      = errors.New("is a pipe")
	errNoFile    = errors.New("is neither a file nor a pipe")
)
