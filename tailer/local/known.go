package local

import (
	"slices"

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
		known = append(known, s.past[i].known(history.Complete))
	}
	for _, g := range s.gens {
		if g.left.ident != 0 {
			known = append(known, g.left.known(history.Growing))
		}
	}
	return known
}

func (p *past) known(state history.State) history.Generation {
	return history.Generation{
		Ident: p.ident, ID: p.id, Head: p.head, First: p.first,
		Length: p.read, Mark: slices.Clone(p.mark.of()), State: state,
	}
}
