package stream

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode"

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
	re      *regexp.Regexp
	needles []needle // none: the expression has to be tried
	exact   bool     // a needle is all there is to match
}

func probes(patterns []string) []probe {
	list := make([]probe, 0, len(patterns))
	for _, pattern := range distinct(patterns) {
		re, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			continue // Filter.Check lets none through
		}
		p := probe{re: regexp.MustCompile(pattern)}
		p.needles = needlesOf(re.Simplify())
		p.exact = re.Op == syntax.OpLiteral && len(p.needles) == 1 && !p.needles[0].loose && p.needles[0].len() == len(string(re.Rune))
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

// maxNeedles is how many texts are looked for at the most before the expression
// itself is faster.
const maxNeedles = 4

// needlesOf returns texts of which every match of re holds at least one, or
// none where there are no such.
func needlesOf(re *syntax.Regexp) []needle {
	switch re.Op {
	case syntax.OpLiteral:
		if n := newNeedle(re); n.len() > 0 {
			return []needle{n}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needlesOf(re.Sub[0])
	case syntax.OpConcat:
		var best []needle
		for _, sub := range re.Sub {
			if found := needlesOf(sub); found != nil && (best == nil || shortest(found) > shortest(best)) {
				best = found
			}
		}
		return best
	case syntax.OpAlternate:
		var all []needle
		for _, sub := range re.Sub {
			found := needlesOf(sub)
			if found == nil || len(all)+len(found) > maxNeedles {
				return nil
			}
			all = append(all, found...)
		}
		return all
	}
	return nil
}

func shortest(list []needle) int {
	n := list[0].len()
	for i := range list {
		n = min(n, list[i].len())
	}
	return n
}

// needle is a text to look for.
type needle struct {
	text []byte
	// In any case: text is in small letters, first and upper are two cases of
	// the letter at rare. Loose says that characters beyond ASCII may stand for
	// letters of it: then they are let through.
	fold         bool
	loose        bool
	rare         int
	lower, upper byte
}

func (n *needle) len() int { return len(n.text) }

// newNeedle returns the text of a literal. Where case does not matter only
// ASCII will do.
func newNeedle(re *syntax.Regexp) needle {
	if re.Flags&syntax.FoldCase == 0 {
		return needle{text: []byte(string(re.Rune))}
	}
	var n needle
	for _, r := range re.Rune {
		if r >= 0x80 {
			return needle{}
		}
		n.text = append(n.text, byte(unicode.ToLower(r)))
	}
	n.fold = true
	for i, c := range n.text {
		n.loose = n.loose || c == 'k' || c == 's' // U+212A and U+017F are cases of these
		if strings.IndexByte(common, c) > strings.IndexByte(common, n.text[n.rare]) {
			n.rare = i
		}
	}
	n.lower = n.text[n.rare]
	n.upper = byte(unicode.ToUpper(rune(n.lower)))
	return n
}

// common are small letters, those first that logs are full of. What is not
// among them is taken for common.
const common = " etaoinsrdlcmuphfgbywvkxjzq"

// in reports whether a text holds the needle.
func (n *needle) in(text []byte) bool {
	if !n.fold {
		return bytes.Contains(text, n.text)
	}
	return n.inFold(text) || n.loose && (bytes.IndexByte(text, 0xE2) >= 0 || bytes.IndexByte(text, 0xC5) >= 0)
}

func (n *needle) inFold(text []byte) bool {
	last := len(text) - (len(n.text) - n.rare) // where the rare letter can be at the most
	nextLower, nextUpper := n.rare-1, n.rare-1
	for at := n.rare; at <= last; {
		if nextLower < at {
			nextLower = indexFrom(text, at, n.lower)
		}
		if nextUpper < at {
			nextUpper = indexFrom(text, at, n.upper)
		}
		at = min(nextLower, nextUpper)
		if at > last {
			return false
		}
		if equalFold(text[at-n.rare:][:len(n.text)], n.text) {
			return true
		}
		at++
	}
	return false
}

// indexFrom returns the index of c in text[at:], or the length of text.
func indexFrom(text []byte, at int, c byte) int {
	if i := bytes.IndexByte(text[at:], c); i >= 0 {
		return at + i
	}
	return len(text)
}

// equalFold reports whether a is the text b, which is in small letters, in any
// case. Both are as long.
func equalFold(a, b []byte) bool {
	for i, c := range a {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != b[i] {
			return false
		}
	}
	return true
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
