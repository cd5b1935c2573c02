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
	var texts []line.Text
	for _, l := range p.match[0].literals {
		texts = append(texts, line.Text{Bytes: l.text, Fold: l.fold})
		if l.loose {
			texts = append(texts, hunt.Loose()...)
		}
	}
	return hunt.New(of, way, texts)
}
