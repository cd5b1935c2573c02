package stream

import (
	"slices"

	"tailbeam/stream/wire"
	"tailbeam/tailer/line"
)

// Memory holds lines as they were read: late lines of a file that was rotated
// away may lie behind the first lines of the next. Live viewers get them so. Who
// looks back or comes back gets them generation after generation, as the files
// have them.

// lack is the first entry of a run that a viewer does not have.
type lack struct {
	gen   line.Generation
	order int // of the generation, among those of the log
	off   uint64
}

// lacking returns what a viewer that has some place lacks in [from, to), run
// after run as memory holds them.
func (v *view) lacking(gens generations, has wire.Place, from, to uint64) []lack {
	var found []lack
	if from = max(from, v.start); from >= to || len(v.segs) == 0 {
		return nil
	}
	for i := v.find(from); i < len(v.segs) && v.segs[i].base < to; i++ {
		_, runs := v.index(i)
		for k, r := range runs {
			first := r.pos.Off
			if p := indexOf(has, r.pos.Gen); p >= 0 {
				first = max(first, has[p].Off)
			}
			off, ok := v.inRun(i, k, first)
			if ok && off < from {
				off = v.frameAt(from)
				ok = off < v.endOf(i, k)
			}
			if ok && off < to {
				found = append(found, lack{r.pos.Gen, gens.find(r.pos.Gen), off})
			}
		}
	}
	return found
}

// endOf returns an offset behind a run, and not behind the next.
func (v *view) endOf(seg, k int) uint64 {
	entries, runs := v.index(seg)
	switch {
	case k+1 < len(runs):
		return v.segs[seg].base + uint64(entries[runs[k+1].first].at())
	case seg+1 < len(v.segs):
		return v.segs[seg+1].base
	}
	return v.end
}

// inOrder reports whether older generations come first in what is lacking.
func inOrder(all []lack) bool {
	return slices.IsSortedFunc(all, func(a, b lack) int { return a.order - b.order })
}

// inOrder reports whether what a viewer at a place lacks from an offset on lies
// in memory in the order of the files.
func (v *view) inOrder(gens generations, place wire.Place, off uint64) bool {
	return len(gens) < 2 || inOrder(v.lacking(gens, place, off, v.end))
}

// stretch returns what comes next for a leg up to an offset, and where that
// begins: all that is in order, or what is left of the oldest generation.
func (g *leg) stretch(log *Log, whole view, end uint64) (view, uint64) {
	v := g.part(whole, end)
	_, gens := log.snapshot()
	if v.inOrder(gens, g.has(), g.off) {
		return v, g.off
	}
	to, gap := v.next(g.off)
	if gap != nil {
		to++
	}
	v.end = min(to, end)
	lacking := v.lacking(gens, g.has(), g.off, v.end)
	if inOrder(lacking) {
		return v, g.off
	}
	oldest := slices.MinFunc(lacking, func(a, b lack) int { return a.order - b.order })
	v.gen, v.delivered = oldest.gen, g.has()
	return v, oldest.off
}

// has returns what the viewer has, of more generations than a place names.
func (g *leg) has() wire.Place {
	if g.given != nil {
		return g.given
	}
	return g.place
}

// passed notes that the viewer was given what lies of a stretch in [from, to), or
// had it.
func (g *leg) passed(log *Log, whole, stretch *view, from, to uint64) {
	if stretch.gen != 0 {
		_, gens := log.snapshot()
		g.gave(gens, whole, stretch.gen, from, to)
		return
	}
	if g.given != nil {
		whole.ends(g.off, to, func(end line.Position) { g.given = union(g.given, wire.Place{end}) })
	}
	g.off, g.place = to, whole.passed(g.place, g.off, to)
}

// gave notes that the viewer was given what lies of one generation in [from,
// to), which is behind other lines that it lacks.
func (g *leg) gave(gens generations, whole *view, gen line.Generation, from, to uint64) {
	given := union(g.has(), nil)
	whole.ends(from, to, func(end line.Position) {
		if end.Gen == gen {
			given = union(given, wire.Place{end})
			g.place = gens.put(g.place, end)
		}
	})
	g.given, g.mixed = given, true
}

// put returns a place that a viewer has come to in one generation. It stays
// behind older generations and before newer ones, for the last one is that from
// which files are read on.
func (g generations) put(place wire.Place, p line.Position) wire.Place {
	place = slices.Clone(place)
	if k := indexOf(place, p.Gen); k >= 0 {
		place[k].Off = max(place[k].Off, p.Off)
		return place
	}
	of := g.find(p.Gen)
	k := slices.IndexFunc(place, func(other line.Position) bool { return g.find(other.Gen) > of })
	if k < 0 {
		k = len(place)
	}
	place = slices.Insert(place, k, p)
	return place[max(len(place)-wire.MaxPlace, 0):]
}

// sorted returns a place with older generations first, where all are known.
func (g generations) sorted(place wire.Place) wire.Place {
	if slices.ContainsFunc(place, func(p line.Position) bool { return g.find(p.Gen) < 0 }) {
		return place
	}
	place = slices.Clone(place)
	slices.SortStableFunc(place, func(a, b line.Position) int { return g.find(a.Gen) - g.find(b.Gen) })
	return place
}

// backInOrder is back for the order of the files: it returns the place of the
// n-th line before the end, and an offset before which memory holds nothing
// behind it.
func (v *view) backInOrder(gens generations, n int) (place wire.Place, off uint64, enough bool) {
	off = v.end
	for i := len(gens) - 1; i >= 0; i-- {
		at := line.Position{Gen: gens[i].gen, Off: gens[i].end}
		off, n = v.backIn(&at, off, n)
		if n == 0 {
			for _, older := range gens[:i] {
				place = append(place, line.Position{Gen: older.gen, Off: older.end})
			}
			return append(place, at)[max(i+1-wire.MaxPlace, 0):], off, true
		}
		if gens[i].before || at.Off > 0 {
			break // the files have more of it
		}
	}
	return nil, 0, false
}

// at returns the place of a beginning that was found at a position: older
// generations are left out as far as they had come when it was asked for.
func (b *beginning) at(p line.Position) (place wire.Place) {
	for _, older := range b.gens[:max(b.gens.find(p.Gen), 0)] {
		place = append(place, line.Position{Gen: older.gen, Off: older.end})
	}
	return append(place, p)[max(len(place)+1-wire.MaxPlace, 0):]
}

// backIn moves at n lines back within its generation, or as far as memory holds
// that. It returns how many are left, and the smallest offset on its way that is
// not behind off.
func (v *view) backIn(at *line.Position, off uint64, n int) (uint64, int) {
	for i := len(v.segs) - 1; i >= 0 && n > 0; i-- {
		entries, runs := v.index(i)
		stop := len(entries)
		for k := len(runs) - 1; k >= 0 && n > 0; k-- {
			for e := stop - 1; e >= runs[k].first && n > 0 && runs[k].pos.Gen == at.Gen; e-- {
				at.Off = runs[k].pos.Off
				if e > runs[k].first {
					at.Off += int64(entries[e-1].rawEnd)
				}
				off = min(off, v.segs[i].base+uint64(entries[e].at()))
				if entries[e].frame&entryContinues == 0 {
					n--
				}
			}
			stop = runs[k].first
		}
	}
	return off, n
}
