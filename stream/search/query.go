package search

import (
	"context"
	"fmt"

	"tailbeam/tailer/line"
)

// Query says which lines are looked for. The zero value is all lines, oldest
// first.
type Query struct {
	// Match are RE2 expressions (package regexp) that all match somewhere in
	// the line, Not are such that none does.
	Match, Not []string
	// Level is the least level of the line. A line without one has that of the
	// nearest line before it that has one, if that lies within 64 KiB; where
	// there is none, every level will do.
	Level line.Level
	// From and To are the positions between which lines lie; zero for the
	// beginning and the end of the history.
	From, To line.Position
	Order    Order
	// Before and After are how many lines around each hit are given with it.
	Before, After int
	// Limit is how many hits end the search; 0 for none.
	Limit int
	// Count has hits counted and not given. Before, After and Limit say nothing
	// then.
	Count bool
}

// Order is the one in which hits come.
type Order uint8

const (
	OldestFirst Order = iota
	NewestFirst
)

// Stream is where lines are looked for.
type Stream struct {
	History line.History
	Marks   line.Marks // nil where lines say nothing of themselves
	Host    string     // as in line.Origin
}

// A Sink takes what a search finds, on the goroutine that called Run. An error
// of it ends the search and is what Run returns.
type Sink interface {
	Hit(*Hit) error
	// Gap says that lines between two that were looked at are missing.
	Gap(line.Gap) error
	// Progress says how far the search has come. It is called now and then, and
	// at the end.
	Progress(Progress) error
}

// Hit is a line that was looked for. Its bytes are valid until Sink.Hit
// returns, and so is the Hit.
type Hit struct {
	Pos   line.Position
	Text  []byte // without its end, as it lies in the file
	Level line.Level
	// Before and After are the lines around it, oldest first.
	Before, After [][]byte
}

// Progress is how far a search has come.
type Progress struct {
	Scanned line.Position // up to where, in the order of the search
	Bytes   int64         // of the lines looked at
	Matches int
}

// End is why a search ended.
type End uint8

const (
	Exhausted End = iota // every line was looked at
	Limited              // there were as many hits as wanted
)

// String returns the name of e as the wire has it.
func (e End) String() string {
	if e == Limited {
		return "limit"
	}
	return "exhausted"
}

// plan is a query taken apart.
type plan struct {
	Query
	match, not []*expression
}

func newPlan(q Query) (*plan, error) {
	p := &plan{Query: q}
	for _, pattern := range q.Match {
		e, err := newExpression(pattern)
		if err != nil {
			return nil, fmt.Errorf("search for %q: %w", pattern, err)
		}
		// One that can be looked for in whole blocks goes first.
		p.match = append(p.match, e)
		if len(p.match[0].literals) == 0 {
			last := len(p.match) - 1
			p.match[0], p.match[last] = p.match[last], p.match[0]
		}
	}
	for _, pattern := range q.Not {
		e, err := newExpression(pattern)
		if err != nil {
			return nil, fmt.Errorf("search without %q: %w", pattern, err)
		}
		p.not = append(p.not, e)
	}
	return p, nil
}

// A looker finds the lines of a plan in blocks, for one goroutine.
type looker struct {
	*plan
	levels     levels
	match, not []*teller
}

func (p *plan) looker(of Stream) *looker {
	l := &looker{plan: p, levels: levels{of: of}}
	for _, e := range p.match {
		l.match = append(l.match, e.teller())
	}
	for _, e := range p.not {
		l.not = append(l.not, e.teller())
	}
	return l
}

// find appends which lines of a batch are looked for.
func (l *looker) find(ctx context.Context, f *frame) {
	b := &f.batch
	visit := func(i int) {
		for k := 1; k < len(l.match); k++ {
			if !l.match[k].matches(text(b, i)) {
				return
			}
		}
		for _, t := range l.not {
			if t.matches(text(b, i)) {
				return
			}
		}
		if l.Level != line.None {
			if level := l.levels.at(ctx, f, i); level != line.None && level < l.Level {
				return
			}
		}
		f.hits = append(f.hits, i)
	}
	if len(l.match) > 0 {
		l.match[0].each(b, visit)
		return
	}
	for i := range b.Ends {
		visit(i)
	}
}
