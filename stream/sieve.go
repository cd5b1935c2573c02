package stream

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"

	"tailbeam/stream/literal"
	"tailbeam/tailer/line"
)

// sieve is a filter made ready. It is made when the first line is looked at, by
// whoever does, and may be used by any number of goroutines.
type sieve struct {
	filter    Filter
	levels    bool // that of each line is told, whether it is its own or carried over
	once      sync.Once
	grep, not []probe
}

// passes reports whether a text has what the expressions say. The level is not
// its matter.
func (s *sieve) passes(text []byte) bool {
	s.once.Do(s.prepare)
	for i := range s.grep {
		if !s.grep[i].matches(text) {
			return false
		}
	}
	for i := range s.not {
		if s.not[i].matches(text) {
			return false
		}
	}
	return true
}

func (s *sieve) prepare() { s.grep, s.not = probes(s.filter.Grep), probes(s.filter.Not) }

// probe is an expression, with texts of which every match holds one: most lines
// are told by these alone, many times faster.
type probe struct {
	re       *regexp.Regexp
	literals []literal.Literal // none: the expression has to be tried
	needles  []needle          // the same
	exact    bool              // a literal is all there is to match
}

func probes(patterns []string) []probe {
	list := make([]probe, 0, len(patterns))
	for _, pattern := range distinct(patterns) {
		re, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			continue // Filter.Check lets none through
		}
		p := probe{re: regexp.MustCompile(pattern)}
		p.literals = literal.Required(re.Simplify())
		for _, l := range p.literals {
			p.needles = append(p.needles, newNeedle(l))
		}
		p.exact = re.Op == syntax.OpLiteral && len(p.literals) == 1 && !p.literals[0].Loose
		list = append(list, p)
	}
	return list
}

func (p *probe) matches(text []byte) bool {
	if len(p.needles) == 0 {
		return p.re.Match(text)
	}
	for i := range p.needles {
		if p.needles[i].in(text) {
			return p.exact || p.re.Match(text)
		}
	}
	return false
}

// needle is a literal to look for. Where case does not matter, first and upper
// are two cases of the letter at rare.
type needle struct {
	literal.Literal
	rare         int
	lower, upper byte
}

func newNeedle(l literal.Literal) needle {
	n := needle{Literal: l}
	if !n.Fold {
		return n
	}
	for i, c := range n.Text {
		if strings.IndexByte(common, c) > strings.IndexByte(common, n.Text[n.rare]) {
			n.rare = i
		}
	}
	n.lower = n.Text[n.rare]
	n.upper = literal.Upper(n.lower)
	return n
}

// common are small letters, those first that logs are full of. What is not
// among them is taken for common.
const common = " etaoinsrdlcmuphfgbywvkxjzq"

// in reports whether a text holds the needle.
func (n *needle) in(text []byte) bool {
	if !n.Fold {
		return bytes.Contains(text, n.Text)
	}
	return n.inFold(text) || n.Loose && literal.Odd(text, 0) < len(text)
}

func (n *needle) inFold(text []byte) bool {
	last := len(text) - (len(n.Text) - n.rare) // where the rare letter can be at the most
	nextLower, nextUpper := n.rare-1, n.rare-1
	for at := n.rare; at <= last; {
		if nextLower < at {
			nextLower = literal.IndexFrom(text, at, n.lower)
		}
		if nextUpper < at {
			nextUpper = literal.IndexFrom(text, at, n.upper)
		}
		at = min(nextLower, nextUpper)
		if at > last {
			return false
		}
		if n.BeginsFold(text[at-n.rare:]) {
			return true
		}
		at++
	}
	return false
}

// reach is how far behind a line its level goes over to lines without one, in
// bytes of the file, and reachOfPieces how far it goes over to the further
// pieces of the line itself.
const (
	reach         = line.LevelReach
	reachOfPieces = 16 << 20
)

// carry is the level that goes over from line to line in one generation.
type carry struct {
	gen   line.Generation
	end   int64 // up to where lines were looked at
	level line.Level
	at    int64      // of the line that has it
	head  int64      // where the line begins that was looked at last
	whole line.Level // level of that line
}

// take looks at an entry and returns its level. Own is what it carries itself,
// none where it goes on with a line.
func (c *carry) take(pos, end int64, continues uint32, own line.Level) line.Level {
	c.end = end
	if continues != 0 {
		if pos-c.head > reachOfPieces {
			return line.None
		}
		return c.whole
	}
	switch {
	case own != line.None:
		c.level, c.at = own, pos
	case pos-c.at > reach:
		c.level = line.None
	}
	c.head, c.whole = pos, c.level
	return c.level
}
