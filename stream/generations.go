package stream

import (
	"slices"
	"sort"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// generations is what a log knows of the files whose lines it was given, in
// the order in which they began. It changes together with the end of the log,
// under ring.mu.
type generations []generation

// generation is one of them: what was delivered of it lies between first and
// end.
type generation struct {
	gen        line.Generation
	first, end int64
	draining   bool // it lost its name, and late lines may come
	before     bool // the log begins behind it: first and end are where it ended then
}

// maxGenerations is how many generations are remembered: more than memory
// holds lines of, unless they are very short.
const maxGenerations = 64

func (g generations) find(gen line.Generation) int {
	return slices.IndexFunc(g, func(other generation) bool { return other.gen == gen })
}

// reach notes that a generation was delivered from one offset to another.
func (g generations) reach(pos line.Position, end int64) generations {
	if i := g.find(pos.Gen); i >= 0 {
		if g[i].before { // it has its name back
			g[i] = generation{gen: pos.Gen, first: pos.Off, end: end}
		}
		if g[i].first == g[i].end { // nothing of it was delivered yet
			g[i].first = pos.Off
		}
		g[i].end = max(g[i].end, end)
		return g
	}
	if len(g) == maxGenerations {
		g = slices.Delete(g, 0, 1)
	}
	return append(g, generation{gen: pos.Gen, first: pos.Off, end: end})
}

// rotated notes that the newest generation lost its name.
func (g generations) rotated() {
	if len(g) > 0 {
		g[len(g)-1].draining = true
	}
}

// drained notes that no more lines of a generation will come.
func (g generations) drained(gen line.Generation) {
	if i := g.find(gen); i >= 0 {
		g[i].draining = false
	}
}

// beside returns where the generations stand that may give lines beside gen. Of
// a gen without a line the one before is among them, though it be complete: what
// the file will have held by the time that somebody comes back is only known by
// what it follows on.
func (g generations) beside(gen line.Generation) wire.Place {
	var place wire.Place
	late := g.find(gen) >= 0
	before := -1
	for i := range g {
		if !gen.Begun() && g[i].gen != gen {
			before = i
		}
	}
	for i := range g {
		newest := i == len(g)-1
		if g[i].gen != gen && (g[i].draining || late && newest || i == before) {
			place = append(place, line.Position{Gen: g[i].gen, Off: g[i].end})
		}
	}
	if extra := len(place) - (wire.MaxPlace - 1); extra > 0 {
		place = place[extra:]
	}
	return place
}

// snapshot returns the log and what it knows of generations as they are now.
func (l *Log) snapshot() (view, generations) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.viewLocked(), slices.Clone(l.gens)
}

// knows reports whether lines of a generation were delivered in which a place
// lies.
func (l *Log) knows(place wire.Place) bool {
	_, gens := l.snapshot()
	return slices.ContainsFunc(place, func(p line.Position) bool { return gens.find(p.Gen) >= 0 })
}

// enter returns the offset at which a viewer at a place goes on in memory, and
// whether everything that it lacks is there. It may meet lines there that it
// has, unless clean.
func (l *Log) enter(place wire.Place) (v view, off uint64, clean, ok bool) {
	v, gens := l.snapshot()
	off, clean = v.end, true
	known := -1 // index of the newest generation of which the place knows
	for _, p := range place {
		known = max(known, gens.find(p.Gen))
	}
	if len(place) > 0 && known < 0 && (len(gens) > 0 || l.origin.History != nil) {
		return v, 0, false, false
	}
	if known >= 0 && gens.find(place.Last().Gen) < 0 {
		if slices.ContainsFunc(gens[known+1:], func(g generation) bool { return g.first < g.end }) {
			return v, 0, false, false // one of them may be that generation, under another name: the files tell
		}
		clean = false // the lines of that generation are still to come, also those that the viewer has
	}
	for i, g := range gens {
		from := g.first
		if k := indexOf(place, g.gen); k >= 0 {
			from = place[k].Off
		} else if i < known {
			continue // older: the viewer has it
		} else if known >= 0 && l.lacksBeginning(&v, g) {
			return v, 0, false, false
		}
		if from >= g.end {
			clean = clean && (from == g.end || g.before)
			continue
		}
		at, reaches := v.offsetOf(g.gen, from)
		if !reaches {
			return v, 0, false, false
		}
		off = min(off, at)
	}
	off = max(v.backOverGaps(off, place), v.start)
	return v, off, clean && v.cleanFrom(off, place), true
}

// lacksBeginning reports whether a generation begins in the files before what the
// log was given of it. Who comes from an older one reads that there, unless a gap
// says that it is gone.
func (l *Log) lacksBeginning(v *view, g generation) bool {
	if g.first == 0 || l.origin.History == nil {
		return false
	}
	return !slices.ContainsFunc(v.marks, func(m mark) bool {
		return m.gap.To == line.Position{Gen: g.gen, Off: g.first}
	})
}

// vouches reports whether the log was given lines of every generation that a
// place names. Of others it cannot tell whether they are complete, nor whether
// it was given their lines under another name.
func (l *Log) vouches(place wire.Place) bool {
	if l.origin.History == nil {
		return true // there is nobody else to ask
	}
	_, gens := l.snapshot()
	return !slices.ContainsFunc(beforeCut(place), func(p line.Position) bool {
		i := gens.find(p.Gen)
		return i < 0 || gens[i].first == gens[i].end
	})
}

// beforeCut returns a place without the newest generation, if that has no line
// yet. Its file has the same name at each cut, so that what came before tells
// better what comes next.
func beforeCut(place wire.Place) wire.Place {
	n := len(place) - 1
	if n < 1 || place[n].Off != 0 || place[n].Gen.Begun() {
		return place
	}
	return place[:n]
}

// backOverGaps returns the offset of the first of the gaps right before off of
// which a viewer at a place was not told. Who stands exactly where the lines
// behind the gaps begin was: their generation may have another name by now than
// the gap says, for it gets its own with its first line.
func (v *view) backOverGaps(off uint64, place wire.Place) uint64 {
	walk := v.from(off)
	if s, ok := walk.advance(); ok && s.off == off && slices.Contains(place, s.pos) {
		return off
	}
	for i := len(v.marks) - 1; i >= 0; i-- {
		switch m := &v.marks[i]; {
		case m.off >= off:
			continue
		case m.off+1 == off && !slices.Contains(place, m.gap.To):
			off = m.off
		default:
			return off
		}
	}
	return off
}

// cleanFrom reports whether everything from off on is missing at a place.
func (v *view) cleanFrom(off uint64, place wire.Place) bool {
	if off >= v.end {
		return true
	}
	for i := v.find(off); i < len(v.segs); i++ {
		_, runs := v.index(i)
		for k, r := range runs {
			p := indexOf(place, r.pos.Gen)
			if p < 0 || r.pos.Off >= place[p].Off {
				continue
			}
			if at, ok := v.inRun(i, k, place[p].Off); !ok || at > off {
				if first, _ := v.inRun(i, k, r.pos.Off); first >= off {
					return false
				}
			}
		}
	}
	return true
}

// passed returns the place of a viewer that stood at another one and has since
// been given all that lies in [from, to) or had it. Of a generation that became
// complete in there the place at to says nothing any more.
func (v *view) passed(place wire.Place, from, to uint64) wire.Place {
	v.ends(from, to, func(end line.Position) { place = merged(place, wire.Place{end}) })
	return merged(place, v.place(to))
}

// ends calls visit with where each run ends of which something lies in [from,
// to), at to at the latest.
func (v *view) ends(from, to uint64, visit func(line.Position)) {
	for i := range v.segs {
		base := v.segs[i].base
		entries, runs := v.index(i)
		for k, r := range runs {
			stop := len(entries)
			if k+1 < len(runs) {
				stop = runs[k+1].first
			}
			n := sort.Search(stop-r.first, func(n int) bool { return base+uint64(entries[r.first+n].at()) >= to })
			if n == 0 || base+uint64(entries[r.first+n-1].at()) < from {
				continue
			}
			visit(line.Position{Gen: r.pos.Gen, Off: r.pos.Off + int64(entries[r.first+n-1].rawEnd)})
		}
	}
}

func indexOf(place wire.Place, gen line.Generation) int {
	return slices.IndexFunc(place, func(p line.Position) bool { return p.Gen == gen })
}
