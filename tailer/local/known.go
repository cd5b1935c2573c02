package local

import (
	"slices"

	"tailbeam/tailer/disk"
	"tailbeam/tailer/history"
)

// Generations implements history.Known: what was delivered lately, as it was
// after the last turn.
func (s *Stream) Generations() []history.Generation {
	s.mu.Lock()
	defer s.mu.Unlock()
	var known []history.Generation
	for i := range s.past {
		if s.past[i].ident == 0 {
			continue // it was there before us
		}
		p := &s.past[i]
		d := delivered{ident: p.ident, head: p.head, first: p.first, read: p.read, mark: p.mark}
		known = append(known, d.known(p.id, history.Complete))
	}
	for _, g := range s.gens {
		if g.left.ident != 0 {
			known = append(known, g.left.known(g.id, history.Growing))
		}
	}
	return known
}

func (d *delivered) known(id disk.ID, state history.State) history.Generation {
	return history.Generation{
		Ident: d.ident, ID: id, Head: d.head, First: d.first,
		Length: d.read, Mark: slices.Clone(d.mark.of()), State: state,
	}
}
