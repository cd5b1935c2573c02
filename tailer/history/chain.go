package history

import (
	"fmt"
	"path/filepath"
	"slices"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/history/unpack"
	"tailbeam/tailer/line"
)

// A chain is the generations of a stream, oldest first, as they were when they
// were listed. It does not change any more.
type chain struct {
	listing *listing
	known   []Generation
	records []*record
	// names leads from how positions name a generation to it. Guarded by
	// History.mu, for a chain is in use while names are found.
	names map[line.Generation]int
}

// A record is one generation in a chain.
type record struct {
	ident line.Generation
	look  // the file to read; file is nil where there is none any more
	id    disk.ID
	first int64
	head  disk.Head
	state State

	// Of a generation that is gone:
	lost string // why
	size int64  // where it ended, or -1 where that is not known
	*memo
}

// gone reports whether nothing of the generation can be read.
func (r *record) gone() bool { return r.file == nil }

// missed reports whether something was lost with a generation.
func (r *record) missed() bool { return r.gone() && r.size != r.first }

// readable reports whether it can be read as far as is known.
func (r *record) readable() bool { return r.file != nil && r.problem == "" }

// live reports whether it may still grow.
func (r *record) live() bool { return r.readable() && r.packing == unpack.Plain }

// text returns where its text begins, behind a mark that is not shown.
func (r *record) text() int64 { return r.first + r.mark }

// start returns the position of its first byte.
func (r *record) start() line.Position { return line.Position{Gen: r.ident, Off: r.first} }

// maxGone bounds how many generations are remembered that are gone.
const maxGone = 64

// forge makes the chain of what was listed. It takes over the names of
// generations that it finds again in the chain before and among those that
// were followed, and notes those that it does not find.
func forge(before *chain, l *listing, groups []group, known []Generation, copies map[line.Generation]int) *chain {
	f := forging{listing: l, groups: groups, known: known, records: make([]*record, len(groups)), copied: map[int]bool{}, taken: map[*record]bool{}, met: map[line.Generation]bool{}}
	if before != nil {
		f.before = before.records
	}
	f.followed(copies)
	f.remembered()
	f.renamed()
	f.grown()
	for i, g := range groups {
		if f.records[i] == nil {
			m := g.main()
			f.records[i] = &record{ident: disk.Generation(m.info.ID, m.head, 0), memo: new(memo)}
			f.fill(i, m.first, m.head)
		}
	}
	c := &chain{listing: l, known: known, records: f.complete(), names: map[line.Generation]int{}}
	for i, r := range c.records {
		for _, name := range r.names() {
			c.names[name] = i
		}
	}
	for i, k := range known {
		name := disk.Generation(k.ID, 0, 0) // before its first line was complete
		if !slices.ContainsFunc(known, func(other Generation) bool { return other.ID == k.ID && other.Ident != k.Ident }) {
			if at := slices.IndexFunc(c.records, func(r *record) bool { return r.ident == known[i].Ident }); at >= 0 {
				c.names[name] = at
			}
		}
	}
	for i, r := range c.records {
		if r.ident != 0 {
			c.names[r.ident] = i
		}
	}
	return c
}

// forging is what goes on while a chain is made.
type forging struct {
	listing *listing
	before  []*record
	groups  []group
	known   []Generation
	records []*record    // one for each group
	copied  map[int]bool // groups with a copy of what is followed
	taken   map[*record]bool
	met     map[line.Generation]bool // those that were found again or given up
}

// fill completes record i.
func (f *forging) fill(i int, first int64, head disk.Head) {
	r := f.records[i]
	r.look = f.groups[i].main()
	r.id, r.first, r.head = r.info.ID, first, head
	f.met[r.ident] = true
}

// followed finds generations that are followed in the files that they were
// read from, or in copies of them.
func (f *forging) followed(copies map[line.Generation]int) {
	for n := len(f.known) - 1; n >= 0; n-- {
		k := f.known[n]
		newest := !slices.ContainsFunc(f.known[n+1:], func(other Generation) bool { return other.ID == k.ID })
		i := slices.IndexFunc(f.groups, func(g group) bool {
			return slices.ContainsFunc(g, func(l look) bool {
				return l.info.ID == k.ID && (l.head == k.Head || l.raw == k.Head && k.First == 0 || k.Head == 0 && newest)
			})
		})
		if at, ok := copies[k.Ident]; ok && i < 0 {
			i = at
			f.copied[at] = true
		}
		if i < 0 || f.records[i] != nil {
			continue
		}
		f.records[i] = &record{ident: k.Ident, state: k.State, memo: f.memoOf(k.Ident)}
		m := f.groups[i].main()
		if k.First == 0 && m.first > 0 && m.raw == k.Head {
			f.fill(i, 0, m.raw)
		} else {
			f.fill(i, m.first, m.head)
		}
	}
}

// memoOf takes over what is remembered of a generation.
func (f *forging) memoOf(ident line.Generation) *memo {
	for _, r := range f.before {
		if r.ident == ident && r.memo != nil {
			f.taken[r] = true
			return r.memo
		}
	}
	return new(memo)
}

// remembered finds generations of the chain before, by their files.
func (f *forging) remembered() {
	for i, g := range f.groups {
		for _, old := range f.before {
			if f.taken[old] || !slices.ContainsFunc(g, func(l look) bool { return l.info.ID == old.id && old.is(l) }) {
				continue
			}
			f.taken[old] = true
			f.met[old.ident] = true
			if f.records[i] == nil {
				f.inherit(i, old)
			} else {
				f.records[i].alias(old.ident)
			}
		}
	}
}

// is reports whether a file that a generation was read from still holds it.
func (r *record) is(l look) bool {
	switch {
	case r.head == 0:
		return r.file != nil && (r.problem != "" && l.problem != "")
	case r.gone():
		return l.head == r.head
	case l.problem != "":
		return true
	}
	return l.head == r.head || r.first == 0 && l.raw == r.head
}

// grown finds generations of the chain before of which little was known then:
// their first line was not complete, or they could not be read.
func (f *forging) grown() {
	for i, g := range f.groups {
		for _, old := range f.before {
			if f.taken[old] || old.head != 0 || old.gone() || !slices.ContainsFunc(g, func(l look) bool {
				return l.info.ID == old.id && (old.print.n == 0 || old.print.of(l.begin))
			}) {
				continue
			}
			f.taken[old] = true
			f.met[old.ident] = true
			if f.records[i] == nil {
				m := g.main()
				f.records[i] = &record{ident: disk.Generation(m.info.ID, m.head, 0), memo: old.memo}
				f.fill(i, m.first, m.head)
			}
			f.records[i].alias(old.ident)
		}
	}
}

func (f *forging) old(match func(*record) bool) *record {
	if i := slices.IndexFunc(f.before, match); i >= 0 {
		return f.before[i]
	}
	return nil
}

func (f *forging) inherit(i int, old *record) {
	f.records[i] = &record{ident: old.ident, memo: old.memo}
	f.fill(i, f.groups[i].main().first, f.groups[i].main().head)
}

// renamed finds generations of the chain before whose file is gone in files
// that are new: copies of them. It does so where there is one of each that
// begins in the same way. Where there are several, nothing is claimed of them.
func (f *forging) renamed() {
	for _, old := range f.before {
		if f.taken[old] || old.gone() || old.print.n == 0 {
			continue
		}
		at := -1
		many := false
		for i, g := range f.groups {
			m := g.main()
			short := m.packing == unpack.Plain && m.end < old.end
			if (f.records[i] == nil || f.copied[i]) && m.role == former && !short && old.print.of(m.begin) {
				many = many || at >= 0
				at = i
			}
		}
		rival := f.old(func(r *record) bool {
			return r != old && !f.taken[r] && !r.gone() && at >= 0 && r.print.of(f.groups[at].main().begin)
		})
		switch {
		case at < 0:
		case many || rival != nil:
			f.met[old.ident] = true
		case f.copied[at]: // it is followed, and has another name by now
			f.taken[old] = true
			f.met[old.ident] = true
			f.records[at].alias(old.ident)
		default:
			f.taken[old] = true
			f.inherit(at, old)
		}
	}
}

// complete puts generations that are gone between the others, and notes where
// the numbers in the names leave one out.
func (f *forging) complete() []*record {
	all := slices.Clone(f.records)
	all = weave(all, f.before, func(r *record) *record {
		if r.memo == nil || f.met[r.ident] || f.taken[r] {
			return nil
		}
		return f.vanished(r)
	})
	var known []*record
	for _, k := range f.known {
		known = append(known, &record{ident: k.Ident, id: k.ID, first: k.First, head: k.Head, size: k.Length, memo: new(memo)})
	}
	all = weave(all, known, func(r *record) *record {
		if f.met[r.ident] || r.size <= r.first || f.unsure(r.head) {
			return nil
		}
		r.lost = f.reason(r, "")
		return r
	})
	gone := 0
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].gone() {
			gone++
		}
		if gone > maxGone && all[i].gone() {
			all = slices.Delete(all, i, i+1)
		}
	}
	return holes(f.listing, all)
}

// unsure reports whether a file of which nothing is known may be a generation
// that begins in some way.
func (f *forging) unsure(head disk.Head) bool {
	for i, r := range f.records {
		if !slices.ContainsFunc(f.known, func(k Generation) bool { return k.Ident == r.ident }) && f.groups[i].main().head == head {
			return true
		}
	}
	return false
}

// vanished makes a generation that is gone of one that was there.
func (f *forging) vanished(r *record) *record {
	if r.gone() {
		again := *r
		return &again
	}
	v := &record{ident: r.ident, id: r.id, first: r.first, head: r.head, size: -1, memo: r.memo}
	v.lost = f.reason(v, r.path)
	// What was empty may have become anything since, which then follows here.
	if r.problem == "" && r.packing == unpack.Plain && (r.role == former || r.end <= r.first) {
		v.size = max(r.end, r.first)
	}
	for _, k := range f.known {
		if k.Ident == r.ident {
			v.size = k.Length
		}
	}
	return v
}

// reason says why a generation is gone.
func (f *forging) reason(r *record, path string) string {
	for _, other := range f.records {
		if other.id == r.id {
			return "the file was cut, and what it held was not copied"
		}
	}
	if path == "" {
		return "an old file was removed"
	}
	return fmt.Sprintf("%s was removed", filepath.Base(path))
}

// weave puts what make returns for records of a sequence that are not in all
// behind those that they follow there.
func weave(all, sequence []*record, make func(*record) *record) []*record {
	at := func(r *record) int {
		return slices.IndexFunc(all, func(other *record) bool { return r.ident != 0 && other.ident == r.ident })
	}
	for i, r := range sequence {
		if at(r) >= 0 {
			continue
		}
		v := make(r)
		if v == nil {
			continue
		}
		place := 0
		for j := i - 1; j >= 0; j-- {
			if k := at(sequence[j]); k >= 0 {
				place = k + 1
				break
			}
		}
		if place == 0 {
			for j := i + 1; j < len(sequence); j++ {
				if k := at(sequence[j]); k >= 0 {
					place = k
					break
				}
			}
		}
		all = slices.Insert(all, place, v)
	}
	return all
}
