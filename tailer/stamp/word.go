package stamp

import "bytes"

// textWithin is how far into a line that is no JSON a level is looked for, in
// bytes.
const textWithin = 240

// kind is where a word may stand to be a level.
type kind uint8

const (
	noWord  kind = iota
	usual        // anywhere in capitals, else where the place says so
	short        // in capitals, as the first word of a line or in brackets
	led          // in capitals and before a colon, as in Java and PostgreSQL
	opening      // before a colon at the beginning, as in .NET
	noted        // in square brackets
)

// kindOf returns the level that a word stands for, in any case, and where.
func kindOf(word []byte) (Level, kind) {
	if len(word) < 3 || len(word) > 11 || seconds[word[0]&31]&(1<<(word[1]&31)) == 0 {
		return None, noWord
	}
	var buf [24]byte
	switch string(lower(word, &buf)) {
	case "trace", "verbose":
		return Trace, usual
	case "debug":
		return Debug, usual
	case "info", "information":
		return Info, usual
	case "notice":
		return Notice, usual
	case "warn", "warning":
		return Warn, usual
	case "error", "err", "severe":
		return Error, usual
	case "fatal", "critical", "crit", "alert", "emerg", "emergency", "panic":
		return Fatal, usual
	case "trc", "vrb":
		return Trace, short
	case "dbg", "dbug", "debu":
		return Debug, short
	case "inf":
		return Info, short
	case "wrn":
		return Warn, short
	case "eror", "erro":
		return Error, short
	case "ftl", "pnc", "fata":
		return Fatal, short
	case "finer", "finest":
		return Trace, led
	case "fine", "config":
		return Debug, led
	case "log":
		return Info, led
	case "trce":
		return Trace, opening
	case "fail":
		return Error, opening
	case "note":
		return Info, noted
	}
	return None, noWord
}

// seconds holds, for each first letter of the words that kindOf knows, their
// second letters, as bits: most other words are told apart by these alone. A
// letter is its lowest five bits.
var seconds = func() (table [32]uint32) {
	for _, pair := range []string{"al", "co", "cr", "db", "de", "em", "er", "fa", "fi", "ft", "in", "lo",
		"no", "pa", "pn", "se", "tr", "ve", "vr", "wa", "wr"} {
		table[pair[0]&31] |= 1 << (pair[1] & 31)
	}
	return table
}()

// levelOf returns the level that a word stands for where nothing else can be
// meant.
func levelOf(word []byte) Level {
	if l, k := kindOf(word); k == usual || k == short {
		return l
	}
	return None
}

// textLevel reads the level of a line that is no JSON object, from b[i:].
func textLevel(b []byte, i int) Level {
	t := text{b: b, begin: i}
	limit := min(len(b), textWithin)
	for i < limit {
		switch c := b[i]; {
		case letter(c):
			_, end := wordAt(b, i)
			if l := t.level(i, end); l != None {
				return l
			}
			i = end
			continue
		case digit(c):
			t.digits++
		case c == ':':
			t.colons++
		case c == esc:
			i = max(i+1, skip(b, i))
			continue
		case c == '\\':
			i++ // and what it escapes
		case c == '{' && at(b, i+1) == '"' && !t.object:
			t.object = true
			if l := objectLevel(b[i:]); l != None {
				return l
			}
		}
		i++
	}
	return None
}

// text is a line on the way through its words.
type text struct {
	b              []byte
	begin          int
	digits, colons int  // so far
	past           bool // a word that belongs to no stamp
	object         bool // one was looked into
}

// level returns the level that the word b[i:end] gives the line.
func (t *text) level(i, end int) Level {
	b := t.b
	before, after := byte(0), at(b, end)
	if i > t.begin {
		before = b[i-1]
	}
	if digit(before) {
		return None // the T and Z of a stamp, a unit, a part of a name
	}
	word := b[i:end]
	first := !t.past
	if len(word) == 1 {
		if l := letterOf(word[0]); l != None && first && t.stamped() && blank(before) && lone(b, end) {
			return l
		}
	}
	if first {
		t.past = !t.calendar(i, end)
	}
	if before == '_' && after != '=' && after != '"' || after == '_' {
		return None
	}
	l, k := kindOf(word)
	if k == noWord {
		if after == '=' || after == '"' || after == '\'' || after == '\\' {
			return t.pair(i, end)
		}
		return None
	}
	capitals, _ := wordAt(b, i)
	bracketed := t.bracketed(i, end)
	switch k {
	case usual:
		if capitals && loud(before, after) || bracketed || heads(b, end) && (first && t.stamped() || t.led(i)) || behind(b, i, "PHP ") ||
			first && t.stamped() && blank(before) && ends(after) {
			return l
		}
	case short:
		if capitals && loud(before, after) && (first || bracketed || after == ']') || t.begin == i && after == ':' {
			return l
		}
	case led:
		if capitals && after == ':' && loud(before, after) {
			return l
		}
	case opening:
		if t.begin == i && after == ':' {
			return l
		}
	case noted:
		if bracketed && before == '[' {
			return l
		}
	}
	return None
}

// stamped reports whether what came before may have been a stamp.
func (t *text) stamped() bool { return t.digits >= 6 && t.colons > 0 || t.digits >= 10 }

// lone reports whether a letter stands for a level: alone, or as D1 to D5.
func lone(b []byte, end int) bool {
	if digit(at(b, end)) {
		end++
	}
	return blank(at(b, end))
}

// calendar reports whether a word belongs to a stamp: a month, a day, a zone.
func (t *text) calendar(i, end int) bool {
	switch end - i {
	case 1:
		return true
	case 2:
		return t.b[i+1]|0x20 == 'm' && t.digits > 0
	case 3:
		if month(t.b, i) > 0 || weekday(t.b, i) {
			return true
		}
	case 4:
	default:
		return false
	}
	capitals, _ := wordAt(t.b, i)
	return capitals && t.stamped() && levelOf(t.b[i:end]) == None
}

// loud reports whether a word in capitals between these stands alone. A letter
// can only be the end of a colour, or of an escaped \t or \n.
func loud(before, after byte) bool {
	switch before {
	case 0, ' ', '\t', '[', '(', '{', '<', '>', ']', ')', '|', ':', ';', ',', '*', '#', '!', '~', '\'', '`', 'm', 't', 'n':
	case '/':
		return after == ']'
	case '"':
		return after == '"'
	default:
		if before < 0x80 {
			return false
		}
	}
	switch after {
	case 0, ' ', '\t', '\r', '\n', ']', '[', ')', '(', '}', '<', '>', '|', ':', ';', ',', '*', '#', '!', '/', '+', '\'', '`', '\\', esc:
		return true
	}
	return after >= 0x80
}

// ends reports whether c may end the level that comes directly behind a stamp.
func ends(c byte) bool {
	switch c {
	case 0, ' ', '\t', '\r', '\n', ':', ',', ';', '|', ']', ')', esc:
		return true
	}
	return false
}

// bracketed reports whether a word stands in brackets of its own, [error],
// [ error ], <error>, or behind the name of a part, [core:error].
func (t *text) bracketed(i, end int) bool {
	b := t.b
	for n := 0; n < 3 && at(b, end) == ' '; n++ {
		end++
	}
	i--
	for n := 0; n < 3 && i > t.begin && b[i] == ' '; n++ {
		i--
	}
	if i < t.begin {
		return false
	}
	switch b[i] {
	case '<':
		return at(b, end) == '>'
	case '[':
		return at(b, end) == ']'
	case ':':
		for i--; i > t.begin && (letter(b[i]) || digit(b[i]) || b[i] == '_'); i-- {
		}
		return i >= t.begin && b[i] == '[' && at(b, end) == ']'
	}
	return false
}

// led reports whether a word comes at the beginning of the line, or behind a
// tag (sshd[12]: or foo.c:12:).
func (t *text) led(i int) bool {
	for n := 0; n < 2 && i > t.begin && t.b[i-1] == ' '; n++ {
		i--
	}
	if i == t.begin {
		return true
	}
	switch t.b[i-1] {
	case ':', ']', '>', ')', 'm':
		return t.b[i-1] != 'm' || bytes.IndexByte(t.b[max(0, i-6):i], esc) >= 0
	}
	return false
}

// heads reports whether the word that ends at b[end] is the heading of a
// message: error: or fatal error:
func heads(b []byte, end int) bool {
	return at(b, end) == ':' || bytes.HasPrefix(b[end:], []byte(" error:"))
}

// pair reads the level of level=warn, level="warn" or "level":"warn", whose key
// is b[i:end].
func (t *text) pair(i, end int) Level {
	b := t.b
	var buf [24]byte
	switch string(lower(b[i:end], &buf)) {
	case "level", "lvl", "severity", "loglevel", "levelname":
	default:
		return None
	}
	if b[end] != '=' {
		if end = quotes(b, end); at(b, end) != ':' {
			return None
		}
		if end++; at(b, end) == ' ' {
			end++
		}
	} else {
		end++
	}
	i = quotes(b, end)
	if digit(at(b, i)) && digit(at(b, i+1)) && !digit(at(b, i+2)) {
		return numberLevel(two(b, i))
	}
	_, end = wordAt(b, i)
	if c := at(b, end); digit(c) || c == '_' {
		return None
	}
	return levelOf(b[i:end])
}

// quotes returns the index behind a quote that may be at b[i:], itself escaped
// where the text is part of a string.
func quotes(b []byte, i int) int {
	for at(b, i) == '\\' {
		i++
	}
	if c := at(b, i); c == '"' || c == '\'' {
		i++
	}
	return i
}

// behind reports whether s is just before b[i:].
func behind(b []byte, i int, s string) bool {
	return i >= len(s) && string(b[i-len(s):i]) == s
}
