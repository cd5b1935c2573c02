package local

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/sibling"
)

// A candidate is a file whose name says that it may be a predecessor or a copy
// of the followed one.
type candidate struct {
	path string
	info disk.Info
	age  sibling.Age // what the name says
	// linked says that a link may have led there, and the name says nothing.
	linked bool
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

// siblings returns all candidates, oldest first. Of one that is there as it was
// and compressed the latter is left out. What is renamed meanwhile may be
// missing. It may be called from either task.
func (s *Stream) siblings() []candidate {
	var found []candidate
	met := map[disk.ID]struct{}{}
	add := func(c candidate) {
		info, err := s.f.fs.Lstat(c.path)
		if _, again := met[info.ID]; err != nil || info.Kind != disk.Regular || again {
			return
		}
		met[info.ID] = struct{}{}
		c.info = info
		found = append(found, c)
	}
	for _, p := range s.places() {
		names, err := s.f.fs.Names(p.dir, 0)
		if err != nil {
			continue
		}
		s.f.listed(p.dir, len(names))
		p.each(names, add)
	}
	return oldestFirst(found)
}

// A place is a directory in which generations of a stream may lie.
type place struct {
	dir string
	// base is the name whose predecessors are looked for, or empty.
	base string
	// like and rest are looked for otherwise: names like that to which a link
	// leads, and what lies below them.
	like, rest string
}

// each calls add with what the names in the place may be.
func (p place) each(names []string, add func(candidate)) {
	stem := strings.TrimSuffix(p.base, filepath.Ext(p.base))
	shape := shapeOf(p.like)
	for _, name := range names {
		if p.base == "" {
			if shapeOf(name) == shape {
				add(candidate{path: filepath.Join(p.dir, name, p.rest), linked: true})
			}
			continue
		}
		if !strings.HasPrefix(name, stem) {
			continue
		}
		age, is := sibling.AgeOf(p.base, name)
		if is && !(sibling.Compressed(name) && slices.Contains(names, sibling.Plain(name))) {
			add(candidate{path: filepath.Join(p.dir, name), age: age})
		}
	}
}

// places returns where generations may lie: beside the name, beside the file
// to which links lead from it, and where those links may have led before, as
// release-41 beside release-42.
func (s *Stream) places() []place {
	path := s.target.Path
	all := []place{{dir: filepath.Dir(path), base: filepath.Base(path)}}
	hops, end, missing := s.f.cfg.Links(path)
	if len(hops) == 0 || end == "" {
		return all
	}
	real := filepath.Join(end, missing)
	if real != path {
		base := filepath.Base(real)
		for _, b := range append([]string{base}, sibling.Bases(base)...) {
			all = append(all, place{dir: filepath.Dir(real), base: b})
		}
	}
	for _, h := range hops {
		all = append(all, place{dir: filepath.Dir(h.Target), like: filepath.Base(h.Target), rest: h.Rest})
	}
	return slices.DeleteFunc(all, func(p place) bool { return !s.allows(p.dir) })
}

// allows reports whether files in a directory may be read, for a stream that
// was found in one.
func (s *Stream) allows(dir string) bool {
	if s.target.Root == "" {
		return true
	}
	root, err := disk.Real(s.target.Root)
	if err != nil {
		return false
	}
	real, err := disk.Real(dir)
	return err == nil && disk.Within(root, real)
}

// differing matches what differs between the names of one release and the next: a
// number, a date, a hash.
var differing = regexp.MustCompile(`[0-9a-fA-F]*[0-9][0-9a-fA-F]*`)

// shapeOf returns a name without what may differ in the next one's.
func shapeOf(name string) string { return differing.ReplaceAllString(name, "#") }

// openCandidate opens a candidate, unpacked where it is compressed, or returns
// nil when its name leads elsewhere by now.
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
