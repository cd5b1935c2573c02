package stamp

// dated reads the forms that are not easily taken for something else: those
// with a date and a time in full, and those with the name of a month.
func (w *written) dated(b []byte, i int) int {
	c := at(b, i)
	switch {
	case digit(c):
		switch run(b, i) {
		case 4:
			return w.yearFirst(b, i)
		case 8:
			return w.compact(b, i)
		case 1, 2:
			return w.dayFirst(b, i)
		}
	case letter(c):
		if digit(at(b, i+1)) {
			return w.klog(b, i)
		}
		if month(b, i) > 0 {
			return w.monthFirst(b, i)
		}
		if !weekday(b, i) {
			return 0
		}
		if i += 3; at(b, i) == ',' {
			i++
		}
		switch i++; {
		case at(b, i-1) != ' ' || i >= len(b):
			return 0
		case letter(b[i]):
			return w.monthFirst(b, i)
		case run(b, i) == 4:
			return w.yearFirst(b, i)
		}
		return w.dayFirst(b, i)
	}
	return 0
}

// yearFirst reads 2026-11-21T14:30:05.123+01:00 and what differs in the
// separators: 2026/11/21, 2026.11.21; between date and time also "_", "-", ":",
// ", " and " - "; and DB2's 2026-11-21-14.30.05.
func (w *written) yearFirst(b []byte, i int) int {
	if len(b) < i+len("2026-11-21 4:30") {
		return 0
	}
	sep := b[i+4]
	if sep != '-' && sep != '/' && sep != '.' || b[i+7] != sep {
		return 0
	}
	if !w.date(four(b, i), two(b, i+5), two(b, i+8)) {
		return 0
	}
	colon := byte(':')
	switch i += 11; b[i-1] {
	case 'T', 't', '_', ':':
	case ' ', '\t':
		if b[i] == '-' && b[i+1] == ' ' {
			i += 2
		} else if b[i] == ' ' {
			i++
		}
	case ',':
		if b[i] != ' ' {
			return 0
		}
		i++
	case '-':
		if b[i+2] == '.' {
			colon = '.'
		}
	default:
		return 0
	}
	if i = w.clock(b, i, colon); i > 0 {
		i = w.zone(b, i)
	}
	return i
}

// compact reads 20261121T143005, 20261121-14:30:05 and the like.
func (w *written) compact(b []byte, i int) int {
	if !w.date(four(b, i), two(b, i+4), two(b, i+6)) {
		return 0
	}
	switch i += 9; at(b, i-1) {
	case 'T', ' ', '-', '_':
	default:
		return 0
	}
	if i = w.denseClock(b, i); i > 0 {
		i = w.zone(b, i)
	}
	return i
}

// denseClock reads 143005 or 14:30:05, both possibly with a fraction.
func (w *written) denseClock(b []byte, i int) int {
	if run(b, i) != 6 {
		if i = w.clock(b, i, ':'); !w.seconds {
			return 0
		}
		return i
	}
	w.hour, w.minute, w.second, w.seconds = two(b, i), two(b, i+2), two(b, i+4), true
	if w.hour > 23 || w.minute > 59 || w.second > 60 {
		return 0
	}
	return w.fraction(b, i+6)
}

// dayFirst reads 21/Nov/2026:14:30:05 +0000, the same with "-" or " " in the
// date (RFC 5322 3.3), and 21.11.2026 14:30:05.
func (w *written) dayFirst(b []byte, i int) int {
	day := two(b, i)
	if day < 0 {
		day = int(at(b, i) - '0')
		i--
	}
	sep, mon := at(b, i+2), 0
	switch i += 3; {
	case sep == '/' || sep == '-' || sep == ' ':
		mon = month(b, i)
		i += 4
	case sep == '.':
		mon = two(b, i)
		i += 3
	}
	if at(b, i-1) != sep || run(b, i) != 4 || !w.date(four(b, i), mon, day) {
		return 0
	}
	switch i += 5; at(b, i-1) {
	case ':':
		if at(b, i) == ':' {
			i++
		}
	case ',':
		i++
	case ' ', 'T', '\t':
	default:
		return 0
	}
	if i = w.clock(b, i, ':'); i > 0 {
		i = w.zone(b, i)
	}
	return i
}

// monthFirst reads what syslog writes, Nov 21 14:30:05 (RFC 3164 4.1.2), with
// the year behind the day or behind the time (asctime), and Java's
// Nov 21, 2026 2:30:05 PM.
func (w *written) monthFirst(b []byte, i int) int {
	mon := month(b, i)
	if i += 4; at(b, i-1) != ' ' {
		return 0
	}
	if at(b, i) == ' ' {
		i++
	}
	n := run(b, i)
	if n < 1 || n > 2 {
		return 0
	}
	day := int(b[i] - '0')
	if n == 2 {
		day = two(b, i)
	}
	if i += n; at(b, i) == ',' {
		i++
	}
	if at(b, i) != ' ' {
		return 0
	}
	if i++; run(b, i) == 4 {
		if !w.date(four(b, i), mon, day) {
			return 0
		}
		if i += 4; at(b, i) == ',' {
			i++
		}
		if i++; at(b, i-1) != ' ' {
			return 0
		}
	} else if !w.anyYear(mon, day) {
		return 0
	}
	if i = w.clock(b, i, ':'); i == 0 || !w.seconds {
		return 0
	}
	if i = w.zone(b, i); i > 0 && w.year == 0 {
		i = w.yearLast(b, i)
	}
	return i
}

// yearLast reads the year behind a time, with possibly the letters of a zone
// between.
func (w *written) yearLast(b []byte, i int) int {
	j := i
	if at(b, j) != ' ' {
		return i
	}
	if capitals, end := wordAt(b, j+1); capitals && end >= j+4 && end <= j+6 && at(b, end) == ' ' {
		j = end
	}
	j++
	year := four(b, j)
	if c := at(b, j+4); digit(c) || letter(c) || year < firstYear || year > lastYear || w.day > days(year, w.month) {
		return i
	}
	w.year = year
	return j + 4
}

// month returns the number of the month whose three letters are at b[i:] and
// no further, or 0.
func month(b []byte, i int) int {
	if letter(at(b, i+3)) {
		return 0
	}
	switch three(b, i) {
	case 'j'<<16 | 'a'<<8 | 'n':
		return 1
	case 'f'<<16 | 'e'<<8 | 'b':
		return 2
	case 'm'<<16 | 'a'<<8 | 'r':
		return 3
	case 'a'<<16 | 'p'<<8 | 'r':
		return 4
	case 'm'<<16 | 'a'<<8 | 'y':
		return 5
	case 'j'<<16 | 'u'<<8 | 'n':
		return 6
	case 'j'<<16 | 'u'<<8 | 'l':
		return 7
	case 'a'<<16 | 'u'<<8 | 'g':
		return 8
	case 's'<<16 | 'e'<<8 | 'p':
		return 9
	case 'o'<<16 | 'c'<<8 | 't':
		return 10
	case 'n'<<16 | 'o'<<8 | 'v':
		return 11
	case 'd'<<16 | 'e'<<8 | 'c':
		return 12
	}
	return 0
}

// weekday reports whether the three letters of a day are at b[i:].
func weekday(b []byte, i int) bool {
	switch three(b, i) {
	case 'm'<<16 | 'o'<<8 | 'n', 't'<<16 | 'u'<<8 | 'e', 'w'<<16 | 'e'<<8 | 'd', 't'<<16 | 'h'<<8 | 'u',
		'f'<<16 | 'r'<<8 | 'i', 's'<<16 | 'a'<<8 | 't', 's'<<16 | 'u'<<8 | 'n':
		return true
	}
	return false
}

// three returns three letters in one number, small.
func three(b []byte, i int) uint32 {
	if uint(i) >= uint(len(b)) || uint(i+2) >= uint(len(b)) {
		return 0
	}
	return (uint32(b[i])<<16 | uint32(b[i+1])<<8 | uint32(b[i+2])) | 0x202020
}
