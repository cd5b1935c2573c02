package local

import (
	"cmp"
	"path/filepath"
	"slices"
	"time"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/line"
)

// maxListings bounds how often siblings are listed anew that are renamed or
// compressed meanwhile.
const maxListings = 20

// calm is how long a listing waits for renaming to come to an end.
const calm = 15 * time.Millisecond

// telling is how late a wake-up may come, and how long before a stream begins
// siblings are looked at that were there before.
const telling = time.Second

// missed returns, and claims, the generations that came and went since the name
// was last known to lead to the newest one: what discover saw on its way, and
// siblings that nobody has seen. They are in order, oldest first. What was made
// and cannot be found is accounted for.
func (s *Stream) missed(f finding) []*generation {
	if len(f.passed) == 0 && s.isFirstLook() {
		return nil // the stream begins with what has the name now; what had it before is history
	}
	if s.settled.IsZero() && s.owed == 0 && f.exact && f.made == 0 && f.switched == 0 && len(f.passed) == 0 && !f.dropped {
		return nil // nothing was made since the first look
	}
	if s.owed == 0 && f.exact && f.new() && f.made == 1 && f.switched == 0 && s.isHuge() {
		// This is the one file that was made. In a directory of a few files the
		// others are looked at all the same, for their late lines too.
		return s.inOrder(s.passed(f), nil)
	}
	since := s.settled
	if since.IsZero() {
		since = f.at // what was there before the first look was not missed
	}
	search := &search{s: s, found: s.passed(f), now: f.info, from: s.f.stamp(since.Add(-s.f.cfg.Slack - telling)), had: map[disk.ID]struct{}{}, older: map[disk.ID]struct{}{}, copies: map[disk.ID]struct{}{}}
	for id := range search.found {
		search.had[id] = struct{}{}
	}
	settled := false
	s.mu.Lock()
	s.just, s.given = nil, nil
	s.mu.Unlock()
	for n := 0; n < maxListings && !settled; n++ {
		if n > 4 {
			time.Sleep(calm) // what is renamed all the time has no order
		}
		settled = search.pass()
	}
	if f.new() && !s.isFirstLook() {
		search.keepCopies(f)
	}
	missed := search.finish()
	lack := 0
	if f.exact {
		lack = s.owed + f.lack(len(missed)+s.takenByReader())
	}
	counted := f.exact && settled && lack == 0 // so no copy is among them
	for _, g := range missed {
		_, had := search.had[g.id]
		g.unproven = !had && !g.announced && !counted
	}
	s.account(f, lack, settled)
	return missed
}

// isHuge reports whether it takes long to list where the name lies.
func (s *Stream) isHuge() bool { return s.f.isHuge(filepath.Dir(s.target.Path)) }

// passed makes generations of what discover saw on its way.
func (s *Stream) passed(f finding) map[disk.ID]*generation {
	found := map[disk.ID]*generation{}
	for _, o := range f.passed {
		g := s.formerly(o)
		g.announced = s.resume(g)
		found[o.info.ID] = g
	}
	return found
}

// formerly makes a generation that has lost the name.
func (s *Stream) formerly(o opened) *generation {
	g := s.generation(o.file, o.info)
	g.retired = g.grew
	return g
}

// A search looks for missed generations among the siblings. It lists them until
// nothing is renamed meanwhile, and opens what it finds at once.
type search struct {
	s     *Stream
	now   disk.Info // what the name leads to, or zero
	from  int64     // what ended before is not looked for
	found map[disk.ID]*generation
	list  []candidate          // as they were listed last
	had   map[disk.ID]struct{} // those of found that had the name for sure
	// older are new files whose names say that they are older than what was
	// read: no generations missed, but one may be the copy of what was read.
	older map[disk.ID]struct{}
	// copies are those of found that hold what the newest file held before.
	copies map[disk.ID]struct{}
	given  []disk.ID // back, for they hold what the newest file holds
}

// pass lists the siblings and opens what is new, and reports whether they were
// all to be had and the same as before.
func (f *search) pass() bool {
	list := f.s.siblings()
	all := sameCandidates(list, f.list)
	f.list = list
	had := f.s.newestKnown(list)
	for i, c := range list {
		if f.found[c.info.ID] != nil || c.info.ID == f.now.ID {
			continue
		}
		wanted, known := f.wanted(c)
		if !wanted {
			continue
		}
		if i < had && !known && (c.compressed() || !f.now.ID.IsZero()) {
			f.older[c.info.ID] = struct{}{}
			continue
		}
		file := f.s.openCandidate(c)
		if file == nil {
			all = false
			continue
		}
		if !f.s.claim(c.info.ID) {
			file.Close()
			continue
		}
		g := f.s.formerly(opened{file, c.info})
		g.whole = c.compressed()
		g.announced = known && f.s.resume(g)
		f.found[c.info.ID] = g
	}
	return all
}

// wanted reports whether a sibling is to be read: one that nobody has seen, or
// one that is known and was written to after it was closed.
func (f *search) wanted(c candidate) (wanted, known bool) {
	s := f.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.past) - 1; i >= 0; i-- {
		if s.past[i].id == c.info.ID {
			p := &s.past[i]
			changed := c.info.Size != p.read || c.info.Modified > s.f.stamp(p.closed)
			return changed && p.ident != 0 && !s.opensLocked(p.id), true
		}
	}
	_, met := s.met[c.info.ID]
	return !met && !s.holdsLocked(c.info.ID) && c.born() >= f.from, false
}

// newestKnown returns the index of the newest sibling that was read, or -1. One
// that is older was not missed: it was there before the stream began, and is a
// new file only because it was compressed since.
func (s *Stream) newestKnown(list []candidate) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(list) - 1; i >= 0; i-- {
		id := list[i].info.ID
		if slices.ContainsFunc(s.gens, func(g *generation) bool { return g.id == id && g.read.Load() > 0 }) ||
			slices.ContainsFunc(s.past, func(p past) bool { return p.id == id && p.ident != 0 }) {
			return i
		}
	}
	return -1
}

// keepCopies tells which of the files that are as young as a new one are copies
// of that. One that holds what the file began with before it was cut is kept;
// one that holds what the file begins with now is given back: it has only been
// copied, and is looked for when it is cut.
func (f *search) keepCopies(named finding) {
	if !f.s.stays(named) {
		return // what is younger may have had the name after it
	}
	for id, g := range f.found {
		young := cmp.Compare(id.Birth, named.info.ID.Birth)
		if _, had := f.had[id]; had || g.announced || young < 0 {
			continue
		}
		if begins(g.file, named.file) {
			f.given = append(f.given, id)
			f.drop(id)
		} else if young > 0 {
			g.birth = truncated
			f.copies[id] = struct{}{}
		}
	}
}

// finish returns what was found before the file that the name leads to now, in
// order, and notes which siblings were seen.
func (f *search) finish() []*generation {
	at := slices.IndexFunc(f.list, func(c candidate) bool { return c.info.ID == f.now.ID })
	met := map[disk.ID]meeting{}
	for i, c := range f.list {
		newer := at >= 0 && i > at || at < 0 && !f.now.ID.IsZero() && !c.compressed() && c.born() > candidate{info: f.now}.born()
		if newer && f.drop(c.info.ID) && !f.s.hasMet(c.info) {
			continue // it is found when the name is looked at again
		}
		if _, older := f.older[c.info.ID]; (!older || c.compressed()) && !slices.Contains(f.given, c.info.ID) {
			met[c.info.ID] = metIn(c.info)
		}
	}
	f.s.mu.Lock()
	for _, file := range f.s.just {
		met[file.ID] = metIn(file)
	}
	for _, id := range f.s.given {
		delete(met, id)
	}
	f.s.met = met
	f.s.mu.Unlock()
	return f.s.inOrder(f.found, f.list)
}

// drop gives back what was found, if it was, and reports false where it had the
// name before.
func (f *search) drop(id disk.ID) bool {
	g := f.found[id]
	_, had := f.had[id]
	_, copied := f.copies[id]
	if had || copied || g != nil && g.announced {
		return false
	}
	if g != nil {
		delete(f.found, id)
		g.file.Close()
		f.s.disclaim(id)
	}
	return true
}

// inOrder sorts generations as their names tell, and those that have none any
// more by birth.
func (s *Stream) inOrder(found map[disk.ID]*generation, list []candidate) []*generation {
	var all []candidate
	for id, g := range found {
		c := candidate{info: disk.Info{ID: id, Modified: g.modified}, linked: true}
		if i := slices.IndexFunc(list, func(c candidate) bool { return c.info.ID == id }); i >= 0 {
			c = list[i]
		}
		all = append(all, c)
	}
	var sorted []*generation
	for _, c := range oldestFirst(all) {
		sorted = append(sorted, found[c.info.ID])
	}
	return sorted
}

// generation makes one of an open file, to be read from its first byte.
func (s *Stream) generation(file disk.File, info disk.Info) *generation {
	g := &generation{file: file, id: info.ID, modified: info.Modified, length: info.Size, birth: rotated, grew: time.Now()}
	g.cut.MaxLine = s.f.cfg.MaxLine
	g.seen(info.Size)
	return g
}

// lack is how many files were put under the name and are not among the missed
// generations that were found. Below zero there are more than were made.
func (f finding) lack(missed int) int {
	if f.switched > 0 {
		// The last switch led to what is there now, or to where it was made.
		return int(f.switched-1) + max(0, int(f.made)-1) - missed
	}
	if f.made > 0 && !disk.Gone(f.err) {
		missed++ // what is there, whatever it is, was made or came back
	}
	return int(f.made) - missed
}

// account sees to the difference of how many files were put under the name and
// how many were found. What is missing was removed before anyone could open it,
// unless things moved so fast that no listing was complete. What was found too
// many may be told of the next time.
func (s *Stream) account(f finding, lack int, settled bool) {
	s.owed = 0
	switch {
	case lack < 0:
		s.owed = lack
	case lack > 0 && !settled:
		s.owed = lack
		s.structural.Store(true)
		s.f.openers.wake(&s.look)
	case lack > 0:
		s.pending = missing{"a file was made and removed again before it could be opened", line.UnknownBytes}
	case f.dropped && (f.file != nil || f.err != nil) && !s.isKept():
		s.pending = missing{"the system dropped word of what happened while the file was replaced; another may have come and gone", line.UnknownBytes}
	}
}

// takenByReader returns how many files the read task found of those that had the
// name, or copies of them, since the last finding.
func (s *Stream) takenByReader() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.taken
	s.taken = 0
	return n
}

// isKept reports whether the newest generation is there under another name, or
// compressed: so will be what came after it.
func (s *Stream) isKept() bool {
	cur := s.newest()
	if cur == nil {
		return true
	}
	s.mu.Lock()
	_, met := s.met[cur.id]
	left := cur.left
	s.mu.Unlock()
	return met || left.read > 0 && s.packed(cur.modified, left.mark, left.read)
}

// packed reports whether a compressed file that was last written to at some time
// or later holds a mark.
func (s *Stream) packed(since int64, m mark, at int64) bool {
	for _, c := range s.siblings() {
		if !c.compressed() || c.info.Modified < since {
			continue
		}
		if file := s.openCandidate(c); file != nil {
			is := m.in(file, at)
			file.Close()
			if is {
				return true
			}
		}
	}
	return false
}

// birth says how a generation came to be that the name leads to: a file that
// comes back is not new.
func (s *Stream) birth(g *generation) origin {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.read.Load() > 0 || s.isFirstLocked() {
		return found
	}
	return rotated
}

// isFirstLook reports whether no look came to an end yet.
func (s *Stream) isFirstLook() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.named.since == 0
}

// isFirstLocked reports whether no generation was followed yet.
func (s *Stream) isFirstLocked() bool {
	return len(s.gens) == 0 && !slices.ContainsFunc(s.past, func(p past) bool { return p.ident != 0 })
}
