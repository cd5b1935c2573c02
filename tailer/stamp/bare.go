package stamp

// The range of plausible numbers of seconds since 1970: from 2001-09-09, which
// is the first with ten digits, to the year 2100.
const (
	firstSecond = 1_000_000_000
	lastSecond  = 4_102_444_800
)

// bare reads the forms that count only at the beginning of a line, being
// little more than numbers.
func (w *written) bare(b []byte, i int) int {
	switch n := run(b, i); n {
	case 2:
		switch at(b, i+2) {
		case ':':
			return w.clockOnly(b, i)
		case '/':
			return w.shortYear(b, i)
		case '-':
			return w.logcat(b, i)
		}
	case 6:
		return w.sixDigits(b, i)
	case 10, 13, 16, 19:
		end := w.count(b, i, n)
		switch at(b, end) {
		case 0, ' ', '\t', '\r', '\n', ']', ')', '"', ',', ';', ':', '|':
			return end
		}
	}
	return 0
}

// clockOnly reads 14:30:05.123.
func (w *written) clockOnly(b []byte, i int) int {
	*w = written{}
	if i = w.clock(b, i, ':'); i == 0 || !w.seconds || letter(at(b, i)) {
		return 0
	}
	return i
}

// shortYear reads 26/11/21 14:30:05.
func (w *written) shortYear(b []byte, i int) int {
	if at(b, i+5) != '/' || at(b, i+8) != ' ' || !w.date(century(two(b, i)), two(b, i+3), two(b, i+6)) {
		return 0
	}
	if i = w.clock(b, i+9, ':'); !w.seconds {
		return 0
	}
	return i
}

// logcat reads 11-21 14:30:05.123.
func (w *written) logcat(b []byte, i int) int {
	if at(b, i+5) != ' ' || !w.anyYear(two(b, i), two(b, i+3)) {
		return 0
	}
	if i = w.clock(b, i+6, ':'); !w.seconds {
		return 0
	}
	return i
}

// sixDigits reads 261121 143005 and 261121 14:30:05; MySQL writes a second
// blank instead of the zero of an early hour.
func (w *written) sixDigits(b []byte, i int) int {
	if at(b, i+6) != ' ' || !w.date(century(two(b, i)), two(b, i+2), two(b, i+4)) {
		return 0
	}
	if i += 7; at(b, i) == ' ' {
		i++
	}
	i = w.denseClock(b, i)
	if c := at(b, i); letter(c) || digit(c) {
		return 0
	}
	return i
}

// century returns the year that two digits stand for.
func century(year int) int {
	switch {
	case year < 0:
		return -1
	case year < 70:
		return 2000 + year
	}
	return 1900 + year
}

// klog reads I1121 14:30:05.123456, and I20261121 as newer versions of glog
// write.
func (w *written) klog(b []byte, i int) int {
	if !upper(b[i]) || letterOf(b[i]) == None {
		return 0
	}
	i++
	switch run(b, i) {
	case 4:
		if !w.anyYear(two(b, i), two(b, i+2)) {
			return 0
		}
		i += 5
	case 8:
		if !w.date(four(b, i), two(b, i+4), two(b, i+6)) {
			return 0
		}
		i += 9
	default:
		return 0
	}
	if at(b, i-1) != ' ' {
		return 0
	}
	if i = w.clock(b, i, ':'); !w.seconds {
		return 0
	}
	return i
}

// labelled reads the seconds that stand behind a label and before a date, as
// the machines of the BlueGene line write: - 1117838570 2005.06.03
func (w *written) labelled(b []byte, i int) int {
	if i < 2 || b[i-1] != ' ' || run(b, i) != 10 || at(b, i+10) != ' ' ||
		run(b, i+11) != 4 || at(b, i+15) != '.' || run(b, i+16) != 2 || at(b, i+18) != '.' {
		return 0
	}
	return w.count(b, i, 10)
}

// count reads a plausible number of n digits that counts from 1970: in
// seconds, possibly with a fraction, milli-, micro- or nanoseconds.
func (w *written) count(b []byte, i, n int) int {
	v := int64(0)
	for _, c := range b[i : i+n] {
		v = v*10 + int64(c-'0') // 19 digits above the largest int64 wrap below 0
	}
	*w = written{basis: counts}
	i += n
	switch n {
	case 10:
		w.unix = v
		if at(b, i) == '.' {
			i = w.fraction(b, i)
		}
	case 13:
		w.unix, w.nano = v/1e3, int(v%1e3)*1e6
		if at(b, i) == '.' {
			whole := w.nano
			w.nano = 0
			i = w.fraction(b, i)
			w.nano = whole + w.nano/1e3
		}
	case 16:
		w.unix, w.nano = v/1e6, int(v%1e6)*1e3
	case 19:
		w.unix, w.nano = v/1e9, int(v%1e9)
	default:
		return 0
	}
	if w.unix < firstSecond || w.unix >= lastSecond {
		return 0
	}
	return i
}
