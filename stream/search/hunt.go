package search

import (
	"tailbeam/stream/hunt"
	"tailbeam/tailer/line"
)

// newHunt returns nil where lines have to be read to know whether they match.
func newHunt(of line.History, p *plan) *hunt.Hunt {
	if len(p.match) == 0 {
		return nil
	}
	way := line.Onward
	if p.Order == NewestFirst {
		way = line.Backward
	}
	return hunt.New(of, way, hunt.Texts(p.match[0].literals))
}
