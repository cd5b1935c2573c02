package local

import (
	"path/filepath"
	"slices"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
	"tailbeam/tailer/sibling"
)

// A candidate is a file beside the followed one whose name says that it may be
// a predecessor or a copy of it.
type candidate struct {
	path string
	info disk.Info
	age  sibling.Age // what the name says
}

// born is when a file was made, or else when it was last written to. A
// compressed file was made when it was compressed, but has kept the time of the
// last write to what it holds, which was before the next one was made.
func (c candidate) born() int64 {
	if c.info.ID.Birth != 0 && !c.compressed() {
		return c.info.ID.Birth
	}
	return c.info.Modified
}

func (c candidate) compressed() bool { return sibling.Compressed(c.path) }

// candidates returns those that can be read as they are, oldest first.
func (s *Stream) candidates() []candidate {
	return slices.DeleteFunc(s.siblings(), candidate.compressed)
}

// siblings returns all of them, oldest first. Of one that is there as it was
// and compressed the latter is left out.
func (s *Stream) siblings() []candidate {
	dir, base := filepath.Split(s.target.Path)
	names, err := s.f.fs.Names(dir, 0)
	if err != nil {
		return nil
	}
	s.f.listed(filepath.Clean(dir), len(names))
	var found []candidate
	for _, name := range names {
		age, is := sibling.AgeOf(base, name)
		if !is || sibling.Compressed(name) && slices.Contains(names, sibling.Plain(name)) {
			continue
		}
		path := filepath.Join(dir, name)
		if info, err := s.f.fs.Lstat(path); err == nil && info.Kind == disk.Regular {
			found = append(found, candidate{path, info, age})
		}
	}
	return oldestFirst(found)
}

// open opens a candidate, or returns nil when its name leads elsewhere by now.
func (s *Stream) openCandidate(c candidate) disk.File {
	file, err := s.f.fs.OpenPlain(c.path)
	if err != nil {
		return nil
	}
	if info, err := file.Stat(); err != nil || info.ID != c.info.ID {
		file.Close()
		return nil
	}
	if !c.compressed() {
		return file
	}
	content, err := unpackFile(file)
	if err != nil {
		file.Close()
		return nil
	}
	return content
}

// missed returns, and claims, the generations between cur and the file that the name leads
// to now: siblings that were made since the name was last seen to lead to cur.
func (s *Stream) missed(cur *generation, now disk.Info, made int) []*generation {
	unsure := s.unsure.Swap(false) || s.blind.Load()
	if cur == nil {
		return nil
	}
	if made-s.credit.files == 1 && !unsure && s.f.isHuge(filepath.Dir(s.target.Path)) {
		// One creation was told of and this is it. In a directory of a few
		// files the others are looked at all the same: another may have been
		// made that was not told of yet.
		return nil
	}
	from := s.f.stamp(s.confirmed.Add(-s.f.cfg.Slack))
	if s.f.cfg.Slack > clocksAgree {
		// What is older than cur came before it and was not missed.
		from = max(from, cur.id.Birth)
	}
	var missed []*generation
	for range maxListings {
		for _, g := range missed {
			g.file.Close()
			s.disclaim(g.id)
		}
		var complete bool
		if missed, complete = s.missedSince(from, now); complete {
			break
		}
	}
	return missed
}

// maxListings bounds how often siblings are listed anew that are renamed or
// compressed meanwhile.
const maxListings = 3

// missedSince returns the generations that ended after some time and before the
// file that is there now began. It reports false where one was there and could
// not be opened.
func (s *Stream) missedSince(from int64, now disk.Info) (missed []*generation, complete bool) {
	until := candidate{info: now}.born()
	complete = true
	for _, c := range s.siblings() {
		late := c.born() > until && !c.compressed() // a writer may have gone on in what is compressed now
		if c.born() < from || late || c.info.ID == now.ID || !s.claim(c.info.ID) {
			continue
		}
		file := s.openCandidate(c)
		if file == nil {
			s.disclaim(c.info.ID)
			complete = false
			continue
		}
		if c.compressed() && s.deliveredPacked(file) || !c.compressed() && s.delivered(file) {
			file.Close()
			s.disclaim(c.info.ID)
			continue
		}
		g := s.generation(file, c.info)
		g.whole = c.compressed()
		missed = append(missed, g)
	}
	return missed, complete
}

// deliveredPacked is delivered for what a compressed file unpacks to. It goes
// by the first line, so as not to unpack all of it.
func (s *Stream) deliveredPacked(file disk.File) bool {
	head, err := disk.HeadAt(file, 0)
	if err != nil || head == 0 {
		return false // its reader finds out
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.past, func(p past) bool { return p.head == head }) ||
		slices.ContainsFunc(s.gens, func(g *generation) bool { return g.left.head == head })
}

// delivered reports whether a file is a copy of what was delivered already: it
// holds, where a known generation was last read, what was read there.
func (s *Stream) delivered(file disk.File) bool {
	type seen struct {
		mark mark
		read int64
	}
	var all []seen
	s.mu.Lock()
	for _, p := range s.past {
		all = append(all, seen{p.mark, p.read})
	}
	for _, g := range s.gens {
		all = append(all, seen{g.left.mark, g.left.read})
	}
	s.mu.Unlock()
	return slices.ContainsFunc(all, func(k seen) bool { return k.mark.in(file, k.read) })
}

// generation makes one of an open file, to be read from its first byte.
func (s *Stream) generation(file disk.File, info disk.Info) *generation {
	g := &generation{file: file, id: info.ID, birth: rotated, grew: time.Now()}
	g.cut.MaxLine = s.f.cfg.MaxLine
	g.seen(info.Size)
	return g
}

// A credit is a file that was found before its creation was told.
type credit struct {
	files int
	until time.Time
}

// creditTime is how late a creation may be told.
const creditTime = time.Second

// spend takes from the credit what was told of late, and returns the rest.
func (s *Stream) spend(made int) int {
	if time.Now().After(s.credit.until) {
		s.credit.files = 0
	}
	used := min(s.credit.files, made)
	s.credit.files -= used
	return made - used
}

// suspect compares how many files were made under the name since the last look
// with how many were found. What is missing was removed before anyone could
// open it.
func (s *Stream) suspect(made, found int) {
	made = s.spend(made)
	switch {
	case made > found:
		s.pending = missing{
			reason: "a file was made and removed again before it could be opened",
			bytes:  line.UnknownBytes,
		}
	case made < found:
		s.credit.files += found - made
		s.credit.until = time.Now().Add(creditTime)
	}
}

// birth says how a generation came to be that the name leads to: a file that
// comes back is not new.
func (s *Stream) birth(g *generation) origin {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.read.Load() > 0 || len(s.gens) == 0 && len(s.past) == 0 {
		return found
	}
	return rotated
}
