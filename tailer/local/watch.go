package local

import (
	"path/filepath"
	"slices"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/notify"
)

// A watched name is one on which it depends where the path leads.
type watched struct {
	name  string
	role  role
	watch notify.Watch
}

type role uint8

const (
	theLink role = iota // on the way
	theFile             // the end of the path
	theGap              // what is missing before that
)

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
		more := s.watch(chain, missing)
		if s.blind.Load() {
			s.refused = instantOf(time.Now())
			return // what is not watched is looked at from time to time
		}
		if !more {
			return
		}
	}
}

// patiencePolls is for how many polls a name is not watched again that there
// was no place for. To look at it costs far less than to try.
const patiencePolls = 4

// maxSubscribe bounds how often a path is watched anew that changes all the
// time.
const maxSubscribe = 10

// watch sees to it that exactly these names are watched, and reports whether
// one was not before. A name that was stays so, lest something be told of it
// twice or not at all.
func (s *Stream) watch(chain []string, missing string) bool {
	before := s.watches
	s.watches = make([]watched, 0, len(chain))
	s.blind.Store(false)
	more := false
	for i, name := range chain {
		if name == s.target.Path {
			name = s.target.Path // that there is one copy of it
		}
		w, wake := watched{name: name, role: theLink}, notify.Waker((*linkOf)(s))
		if i == len(chain)-1 {
			w.role, wake = theFile, (*fileOf)(s)
			if missing != "" {
				w.role, wake = theGap, (*wayOf)(s)
			}
		}
		at := slices.IndexFunc(before, func(b watched) bool { return b.name == w.name && b.role == w.role })
		if at >= 0 {
			s.watches = append(s.watches, before[at])
			before = slices.Delete(before, at, at+1)
			continue
		}
		more = true
		watch, err := s.f.cfg.Notifier.Watch(name, wake)
		if err != nil {
			s.blind.Store(true)
			s.f.noWatch.Do(func() {
				s.f.cfg.Logger.Warn("no notification for some files, looking at them from time to time instead",
					"path", name, "every", s.f.cfg.Poll, "err", err)
			})
			continue
		}
		w.watch = watch
		s.watches = append(s.watches, w)
	}
	for _, w := range before {
		w.watch.Cancel()
	}
	return more
}

func (s *Stream) unsubscribe() {
	for _, w := range s.watches {
		w.watch.Cancel()
	}
	s.watches = nil
}

// heard sees to it that everything was told that happened to the name, and
// reports false where that cannot be.
//
// What creates and renames files does so, and tells of it, while it holds the
// lock of the directory, and a listing waits for that lock: so what was visible
// before is told when Flush returns.
func (s *Stream) heard() bool {
	n, can := s.f.cfg.Notifier.(notify.Flusher)
	if !can || s.blind.Load() {
		return false
	}
	for _, w := range s.watches {
		_, _ = s.f.fs.Names(filepath.Dir(w.name), 1) // for the lock alone
	}
	return n.Flush()
}
