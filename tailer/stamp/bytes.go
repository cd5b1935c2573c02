package stamp

// esc begins a control sequence of a terminal.
const esc = 0x1b

// at returns b[i], or 0 beyond the end.
func at(b []byte, i int) byte {
	if uint(i) < uint(len(b)) {
		return b[i]
	}
	return 0
}

func digit(c byte) bool { return c-'0' <= 9 }

func letter(c byte) bool { return c|0x20-'a' < 26 }

func upper(c byte) bool { return c-'A' < 26 }

func blank(c byte) bool { return c == ' ' || c == '\t' }

// opens reports whether c opens a bracket or a quotation.
func opens(c byte) bool { return c == '[' || c == '(' || c == '<' || c == '"' }

// between reports whether c stands between words only.
func between(c byte) bool {
	switch c {
	case ' ', '\t', ']', ')', '}', '>', '|', ',', ';', ':', '-', '=', '#', '*':
		return true
	}
	return false
}

// two returns the number of two digits at b[i:], or -1.
func two(b []byte, i int) int {
	if uint(i) >= uint(len(b)) || uint(i+1) >= uint(len(b)) {
		return -1
	}
	h, l := b[i]-'0', b[i+1]-'0'
	if h > 9 || l > 9 {
		return -1
	}
	return int(h)*10 + int(l)
}

// four returns the number of four digits at b[i:], or less than 0.
func four(b []byte, i int) int {
	h, l := two(b, i), two(b, i+2)
	if h < 0 || l < 0 {
		return -1
	}
	return h*100 + l
}

// run returns the number of digits at b[i:], counting at most 20.
func run(b []byte, i int) int {
	n := 0
	for n < 20 && i+n < len(b) && digit(b[i+n]) {
		n++
	}
	return n
}

// wordAt returns the end of the letters at b[i:], and whether all of them are
// capitals.
func wordAt(b []byte, i int) (capitals bool, end int) {
	capitals = true
	for end = i; end < len(b) && letter(b[end]); end++ {
		capitals = capitals && upper(b[end])
	}
	return capitals, end
}

// lower copies a short word in small letters into buf and returns it; empty
// where it does not fit. Only ASCII is folded.
func lower(word []byte, buf *[24]byte) []byte {
	if len(word) > len(buf) {
		return nil
	}
	for i, c := range word {
		if upper(c) {
			c |= 0x20
		}
		buf[i] = c
	}
	return buf[:len(word)]
}

// head returns what is looked at of a line: its first bytes, without the end of
// line.
func head(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line[:min(len(line), within)]
}

// start returns where a line begins, behind a byte order mark, blanks and
// colours.
func start(b []byte) int {
	i := 0
	if len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf {
		i = 3
	}
	return skip(b, i)
}

// skip returns the index behind blanks and control sequences (ECMA-48 5.4).
func skip(b []byte, i int) int {
	for i < len(b) {
		switch {
		case blank(b[i]):
			i++
		case b[i] == esc && at(b, i+1) == '[':
			for i += 2; i < len(b) && (b[i] < 0x40 || b[i] > 0x7e); i++ {
			}
			i = min(i+1, len(b))
		default:
			return i
		}
	}
	return i
}

// priority reads <34> at b[i:], the facility and severity of syslog (RFC 5424
// 6.2.1). end is 0 where there is none.
func priority(b []byte, i int) (value, end int) {
	n := run(b, i+1)
	if n < 1 || n > 3 || at(b, i+1+n) != '>' {
		return 0, 0
	}
	for _, c := range b[i+1 : i+1+n] {
		value = value*10 + int(c-'0')
	}
	if value > 191 {
		return 0, 0
	}
	return value, i + n + 2
}

// version returns the index behind the version of RFC 5424 (a number and a
// blank) that may follow a priority.
func version(b []byte, i int) int {
	if n := run(b, i); n >= 1 && n <= 2 && at(b, i+n) == ' ' && digit(at(b, i+n+1)) {
		return i + n + 1
	}
	return i
}
