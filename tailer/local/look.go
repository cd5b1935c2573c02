package local

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// lookState is what the look task knows between two runs.
type lookState struct {
	chain     []string // names that the path depends on
	cancels   []func()
	confirmed time.Time // when the name was last seen to lead to the newest generation
	adopted   time.Time // when that was opened
	credit    credit
	piped     sync.Once
	pending   missing // lost before the next generation
	// preload is Target.Preload until it is known what the name led to at the
	// start, and Whole from then on.
	preload int64
}

// lookAgain finds out what the name leads to, and opens it when that is new.
func (s *Stream) lookAgain(*bench) rest {
	s.lookAt()
	return finished
}

func (s *Stream) lookAt() {
	made := int(s.made.Swap(0))
	if s.structural.Swap(false) || s.blind.Load() {
		s.subscribe()
	}
	info, err := s.f.fs.Stat(s.target.Path)
	cur := s.newest()
	switch {
	case err != nil:
		s.absent(err, made)
	case cur != nil && info.ID == cur.id:
		s.confirm(cur, info, made)
	case info.Kind == disk.Pipe && s.target.Pipe != nil:
		// It is not opened to find out more: a writer that waits for a reader
		// would take that for one.
		s.piped.Do(s.target.Pipe)
	default:
		s.adopt(made)
	}
	w := notified
	if s.blind.Load() || s.troubled() {
		w = alone
	}
	s.f.clock.watch(s, w)
}

// absent notes that the name leads to nothing that can be seen.
func (s *Stream) absent(err error, made int) {
	reason := disk.Reason(err)
	if !disk.Gone(err) {
		if !errors.Is(err, fs.ErrPermission) {
			s.preload = Whole
		}
		s.become(line.Failed, reason, unknown)
		return
	}
	s.preload = Whole
	s.suspect(made, 0)
	s.become(line.Waiting, reason, lost)
}

// confirm notes that the name leads to the newest generation, as before.
func (s *Stream) confirm(cur *generation, info disk.Info, made int) {
	s.confirmed = time.Now()
	if s.confirmed.Sub(s.adopted) < creditTime {
		// What was made is not this file, which was told of before, but one
		// that was gone when this was found. Later it would be this file on
		// its way back from another name.
		s.suspect(made, 0)
	}
	cur.seen(info.Size)
	s.mu.Lock()
	same := s.named.condition == line.Live && cur.retired.IsZero() && s.pending == lossless
	if s.pending != lossless {
		s.lost, s.pending = s.pending, lossless
	}
	s.mu.Unlock()
	if !same {
		s.become(line.Live, "", keeps)
	} else if info.Size != cur.read.Load() {
		s.f.readers.wake(&s.read)
	}
}

// adopt opens what the name leads to and puts it behind the other generations,
// together with those that came and went since the last look.
func (s *Stream) adopt(made int) {
	if s.crowded() {
		s.made.Add(int32(made))
		return
	}
	file, info, err := s.open()
	switch {
	case err == nil:
	case disk.Gone(err):
		s.absent(err, made)
		return
	case errors.Is(err, errPipe):
		s.piped.Do(s.target.Pipe)
		return
	default:
		if !disk.Exhausted(err) && !errors.Is(err, fs.ErrPermission) {
			s.preload = Whole
		}
		s.become(line.Failed, disk.Reason(err), lost)
		return
	}
	cur := s.newest()
	if cur != nil && info.ID == cur.id {
		file.Close()
		s.confirm(cur, info, made)
		return
	}
	missed := s.missed(cur, info, made)
	g := s.generation(file, info)
	s.suspect(made, len(missed)+1)
	g.missing, s.pending = s.pending, lossless
	if !s.resume(g) && s.preload != Whole {
		g.cut.Encoding, _ = encodingOf(file, 0, s.f.cfg.Encoding)
		g.begin(s.preload, info.Size)
	}
	s.preload = Whole
	g.birth = s.birth(g)
	now := time.Now()
	for _, m := range missed {
		m.retired, m.grew = now, now
	}
	s.mu.Lock()
	if cur := s.newestLocked(); cur != nil && cur.retired.IsZero() {
		cur.retired = now
	}
	s.gens = append(append(s.gens, missed...), g)
	s.named = status{condition: line.Live, since: now}
	s.mu.Unlock()
	s.confirmed, s.adopted = now, now
	for _, g := range append(missed, g) {
		s.disclaim(g.id)
		s.f.hold(g.id, s)
	}
	s.f.readers.wake(&s.read)
}

// crowded reports whether too many generations are open. The reader looks again
// when it has closed one.
func (s *Stream) crowded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crowds = len(s.gens) >= maxOpen
	return s.crowds
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
	root, err := filepath.EvalSymlinks(s.target.Root)
	if err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(s.target.Path)
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

// resume goes on where a file was left that had the name before.
func (s *Stream) resume(g *generation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.past) - 1; i >= 0; i-- {
		if s.past[i].id == g.id {
			s.past[i].again(g)
			s.past = slices.Delete(s.past, i, i+1)
			return true
		}
	}
	return false
}

// troubled reports whether the name must be looked at again although nothing
// may wake the stream.
func (s *Stream) troubled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.named.condition == line.Failed
}

// subscribe watches every name on which it depends where the path leads: each
// symbolic link on the way, and the file or what is missing of the way there.
// It looks again when that is done: what was made before it was watched was not
// told.
func (s *Stream) subscribe() {
	if s.f.cfg.Notifier == nil {
		s.blind.Store(true)
		return
	}
	for range maxSubscribe {
		chain, missing := disk.Chain(s.target.Path)
		for _, name := range chain {
			s.f.cfg.Notifier.Refresh(filepath.Dir(name))
		}
		if slices.Equal(chain, s.chain) && !s.blind.Load() {
			return
		}
		s.subscribeTo(chain, missing)
		if s.blind.Load() {
			return // it is looked at from time to time
		}
	}
}

// maxSubscribe bounds how often a path is watched anew that changes all the
// time.
const maxSubscribe = 10

func (s *Stream) subscribeTo(chain []string, missing string) {
	old := s.cancels
	s.chain, s.cancels = chain, nil
	s.blind.Store(false)
	for i, name := range chain {
		wake := s.wakeLink
		if i == len(chain)-1 && missing == "" {
			wake = s.wakeFile
		}
		cancel, err := s.f.cfg.Notifier.Watch(name, wake)
		if err != nil {
			s.blind.Store(true)
			s.f.noWatch.Do(func() {
				s.f.cfg.Logger.Warn("no notification for some files, looking at them from time to time instead",
					"path", name, "every", s.f.cfg.Poll, "err", err)
			})
			continue
		}
		s.cancels = append(s.cancels, cancel)
	}
	for _, cancel := range old {
		cancel()
	}
}

func (s *Stream) unsubscribe() {
	for _, cancel := range s.cancels {
		cancel()
	}
	s.cancels = nil
}

// errors of open that a person sees
var (
	errDirectory = errors.New("is a directory: write it with a slash at its end to follow its files")
	errPipe      = errors.New("is a pipe")
	errNoFile    = errors.New("is neither a file nor a pipe")
)
