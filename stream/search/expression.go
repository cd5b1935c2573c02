package search

import (
	"regexp"
	"regexp/syntax"
	"sort"

	"tailbeam/stream/literal"
	"tailbeam/tailer/line"
)

// An expression is one that lines match or do not. It does not change and may
// be used by many goroutines, each with an automaton of its own.
type expression struct {
	re       *regexp.Regexp
	prog     *syntax.Prog
	literals []literal.Literal // none: every line has to be looked at
	exact    bool              // a literal is all there is to match
}

func newExpression(pattern string) (*expression, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	e := &expression{}
	if e.re, err = regexp.Compile(pattern); err != nil {
		return nil, err
	}
	simple := parsed.Simplify()
	if e.prog, err = syntax.Compile(simple); err != nil {
		return nil, err
	}
	e.literals = literal.Required(simple)
	e.exact = simple.Op == syntax.OpLiteral && len(e.literals) == 1 && !e.literals[0].Loose
	return e, nil
}

// A teller is an expression for one goroutine.
type teller struct {
	*expression
	auto    *automaton
	finders []finder
	nexts   []int // where each finder is
	rare    []int // of each literal, the letter to look for
	blocks  int   // that were looked at
}

func (e *expression) teller() *teller {
	return &teller{expression: e, auto: newAutomaton(e.prog)}
}

// matches reports whether a line, without its end, matches.
func (t *teller) matches(text []byte) bool {
	switch t.auto.tell(text) {
	case matches:
		return true
	case differs:
		return false
	}
	return t.re.Match(text)
}

// each calls visit with the lines of a batch that match, in order.
func (t *teller) each(b *line.Batch, visit func(i int)) {
	if len(t.literals) == 0 {
		for i := range b.Ends {
			if t.matches(text(b, i)) {
				visit(i)
			}
		}
		return
	}
	if t.blocks%sampleEvery == 0 {
		t.sample(b.Data)
	}
	t.blocks++
	t.finders, t.nexts = t.finders[:0], t.nexts[:0]
	for i := range t.literals {
		t.finders = append(t.finders, newFinder(&t.literals[i], b.Data, t.rare[i]))
		t.nexts = append(t.nexts, -1)
	}
	for from, i := 0, 0; from < len(b.Data); {
		found := len(b.Data)
		for k := range t.finders {
			if t.nexts[k] < from {
				t.nexts[k] = t.finders[k].next(from)
			}
			found = min(found, t.nexts[k])
		}
		if found == len(b.Data) {
			return
		}
		i += lineOf(b.Ends[i:], uint32(found))
		if t.exact && inText(b, i, found+len(t.literals[0].Text)) || t.matches(text(b, i)) {
			visit(i)
		}
		from = int(b.Ends[i])
	}
}

// sampleSize is how many bytes tell which letters are rare, and sampleEvery
// after how many blocks they are counted again.
const (
	sampleSize  = 4 << 10
	sampleEvery = 64
)

// sample chooses the letter to look for of each literal.
func (t *teller) sample(block []byte) {
	var counts [256]uint32
	for _, c := range block[:min(sampleSize, len(block))] {
		counts[c]++
	}
	t.rare = t.rare[:0]
	for i := range t.literals {
		t.rare = append(t.rare, rarest(&t.literals[i], &counts))
	}
}

// lineOf returns in which of some lines an offset lies.
func lineOf(ends []uint32, off uint32) int {
	// As a rule it is near.
	step := 1
	for step < len(ends) && ends[step-1] <= off {
		step *= 2
	}
	low := step / 2
	if step == 1 {
		low = 0
	}
	high := min(step, len(ends))
	return low + sort.Search(high-low, func(i int) bool { return ends[low+i] > off })
}

// inText reports whether line i goes on to an offset, without its end.
func inText(b *line.Batch, i, end int) bool {
	begin := 0
	if i > 0 {
		begin = int(b.Ends[i-1])
	}
	return end <= begin+len(text(b, i))
}

// text returns line i of a batch as it is seen: without its end, and without
// the byte order mark of the file.
func text(b *line.Batch, i int) []byte {
	t := b.Entry(i)
	if n := len(t); n > 0 && t[n-1] == '\n' {
		t = t[:n-1]
		if n > 1 && t[n-2] == '\r' {
			t = t[:n-2]
		}
	}
	if i == 0 && b.Pos.Off == 0 && len(t) >= 3 && t[0] == 0xEF && t[1] == 0xBB && t[2] == 0xBF {
		t = t[3:]
	}
	return t
}
