package local

import (
	"slices"
	"time"

	"tailbeam/tailer/disk"
)

// A meeting is how a file was when it was seen.
type meeting struct{ size, modified int64 }

func metIn(file disk.Info) meeting { return meeting{file.Size, file.Modified} }

// hasMet reports whether a file was there before, and was not written to since:
// some copy to the same file each time.
func (s *Stream) hasMet(file disk.Info) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	met, is := s.met[file.ID]
	return is && met == metIn(file)
}

// meet notes that a file beside the followed one was seen.
func (s *Stream) meet(file disk.Info) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.met == nil {
		s.met = map[disk.ID]meeting{}
	}
	s.met[file.ID] = metIn(file)
	s.just = append(s.just, file)
}

// maxMet is how many siblings are looked into when a stream begins.
const maxMet = 64

// meetSiblings notes which siblings were there before the stream began, as far
// as they could be taken for generations missed.
func (s *Stream) meetSiblings() {
	recent := s.f.stamp(time.Now().Add(-2*telling - s.f.cfg.Slack))
	changed := slices.ContainsFunc(s.places(), func(p place) bool {
		if s.f.isHuge(p.dir) {
			return false // ten thousand streams in it would all list it
		}
		info, err := s.f.fs.Stat(p.dir)
		return err == nil && info.Modified >= recent
	})
	if !changed {
		return
	}
	siblings := s.siblings()
	named, _ := s.f.fs.Stat(s.target.Path)
	for i, c := range siblings {
		if c.info.ID == named.ID {
			continue // a link leads there
		}
		s.meet(c.info)
		if i < len(siblings)-maxMet || c.compressed() || c.info.Modified < recent {
			continue
		}
		// It may turn up compressed, and is known then by what it holds.
		if file := s.openCandidate(c); file != nil {
			s.meetFile(file, c.info)
			file.Close()
		}
	}
}

// meetFile remembers a file as if it had been read up to now.
func (s *Stream) meetFile(file disk.File, info disk.Info) {
	p := past{id: info.ID, off: info.Size, read: info.Size, closed: time.Now()}
	var err error
	if p.head, err = disk.HeadAt(file, 0); err != nil || !p.mark.take(file, info.Size) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.past = append(s.past, p)
}
