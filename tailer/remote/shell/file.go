package shell

import (
	"errors"
	"io/fs"
	"path"
	"strconv"
	"sync"
	"time"

	"tailbeam/tailer/disk"
)

// A file is one that was opened. It outlives the sessions that hold it open.
type file struct {
	fs   *FS
	name string // that it was opened by

	mu    sync.Mutex
	path  string  // where it was found last
	id    disk.ID // zero until it is opened for the first time; Session.mu is held while it is written
	told  *disk.Info
	long  int64 // how long it was when that was told last
	solid stretch
	ahead

	// slot is where it is held, guarded by Session.mu of the session whose
	// slots say so.
	slot int
}

// open opens the file for the first time.
func (f *file) open() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.fs.hangs.Of(f.path); err != nil {
		return err
	}
	return f.fs.do(func(s *Session) error {
		s.mu.Lock()
		held := f.holdLocked(s)
		s.mu.Unlock()
		info, err := f.held(s, held)
		if err == nil {
			s.mu.Lock() // Await looks for the files that are open
			f.id, f.told, f.long = info.ID, &info, info.Size
			s.mu.Unlock()
		}
		return err
	})
}

// holdLocked has a session open the file in a slot.
func (f *file) holdLocked(s *Session) *call {
	slot := s.slots.take(f)
	return s.sendLocked(&call{path: f.path}, "hold", s.slots.touch(slot), quote(f.path))
}

// notPlain is how the script says that it has opened nothing because there is
// no plain file.
const notPlain = 3

// elsewhere is how the script says that it reads by names, and that of a file
// leads to another.
const elsewhere = 4

// held returns what was opened.
func (f *file) held(s *Session, held *call) (disk.Info, error) {
	<-held.done
	err := held.err
	if err == nil && held.status != 0 && held.status != notPlain {
		err = problem(held.data, held.status)
	}
	var info disk.Info
	if err == nil {
		info, err = f.fs.info(s.facts.kind, held.data)
	}
	if err != nil || held.status != 0 || !f.id.IsZero() && info.ID != f.id {
		f.release(s)
	}
	if err == nil && !f.id.IsZero() && info.ID != f.id {
		err = errOther
	}
	return info, err
}

// errOther says that a name leads to another file than the one that was opened.
var errOther = errors.New("the name leads to another file")

func (f *file) release(s *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots.free(f)
}

// with sends a command about the open file, and opens it again before if it has
// to. The call is done when with returns.
func (f *file) with(s *Session, c *call, command string, args ...string) error {
	for searches := 0; ; searches++ {
		if err := f.fs.hangs.Of(f.path); err != nil {
			return err
		}
		c.path = f.path
		s.mu.Lock()
		var held *call
		slot := s.slots.find(f)
		if slot < 0 {
			held = f.holdLocked(s)
			slot = f.slot
		}
		c.data = c.data[:0]
		s.sendLocked(c, command, append([]string{s.slots.touch(slot)}, args...)...)
		s.mu.Unlock()
		<-c.done
		var err error
		if held != nil {
			_, err = f.held(s, held)
		}
		if err == nil && c.err == nil && c.status == elsewhere {
			f.release(s)
			err = errOther
		}
		switch {
		case err == nil:
			return c.err
		case errors.Is(err, errOther) && searches == maxSearches:
			return errNowhere // another file has got its inode
		case searches == maxSearches || !errors.Is(err, errOther) && !disk.Gone(err):
			return err
		}
		// What is renamed meanwhile may not be seen.
		if err := f.search(s); err != nil && (searches == maxSearches-1 || !disk.Gone(err)) {
			return err
		}
	}
}

var errNowhere = &Error{Words: "no such file", kind: fs.ErrNotExist}

// maxSearches is how often a file is looked for that is not where it was.
const maxSearches = 3

// search finds the file under the name that rotation gave it, by its inode.
func (f *file) search(s *Session) error {
	dir := path.Dir(f.path)
	answer, _, err := s.Call("inode", quote(dir), strconv.FormatUint(f.id.Ino, 10))
	if err != nil {
		return err
	}
	for _, name := range split(answer) {
		f.path = path.Join(dir, path.Base(name))
		return nil
	}
	return errNowhere
}

// Stat implements disk.File.
func (f *file) Stat() (disk.Info, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.told != nil {
		info := *f.told
		f.told = nil
		return info, nil
	}
	var info disk.Info
	err := f.fs.do(func(s *Session) error {
		c := &call{}
		err := f.with(s, c, "fstat")
		if err == nil && c.status != 0 {
			err = problem(c.data, c.status)
		}
		if err == nil {
			info, err = f.fs.info(s.facts.kind, c.data)
		}
		if err == nil {
			f.long = info.Size
		}
		return err
	})
	return info, err
}

// ReadAt implements disk.File.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = nil
	if n, ok := f.ahead.begins(p, off); ok {
		return n, nil
	}
	if f.ahead.serve(f, p, off) {
		return len(p), nil
	}
	if off != 0 || len(p) > headSize {
		f.ahead.asked = time.Now()
	}
	n := 0
	err := f.fs.do(func(s *Session) error {
		c := &call{data: p[:0:len(p)], fixed: true}
		err := f.with(s, c, "range", extent(off, len(p))...)
		if err == nil && c.status != 0 {
			err = problem(nil, c.status)
		}
		n = len(c.data)
		return err
	})
	if err != nil {
		n = 0
	}
	f.ahead.after(f, off, n, len(p))
	return n, err
}

// extent returns what the script needs to know of a range.
func extent(off int64, n int) []string {
	return []string{strconv.FormatInt(off, 10), strconv.FormatInt(off+1, 10), strconv.Itoa(n)}
}

// Close implements disk.File.
func (f *file) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ahead.drop()
	f.fs.unlead(f)
	f.fs.mu.Lock()
	s := f.fs.on
	f.fs.mu.Unlock()
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slot := s.slots.find(f); slot >= 0 {
		s.sendLocked(&call{}, "drop", s.slots.touch(slot))
		s.slots.free(f)
	}
	return nil
}
