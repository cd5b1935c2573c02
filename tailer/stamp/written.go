package stamp

import "time"

const (
	// dateTolerance is by how much a stamp without a year may be later than
	// the reference.
	dateTolerance = 24 * time.Hour
	// clockTolerance is the same for one without a date.
	clockTolerance = 5 * time.Minute

	firstYear, lastYear = 1970, 2199
	leapYear            = 2000
)

// basis says what the numbers of a written stamp count from.
type basis uint8

const (
	local  basis = iota // the zone of the reader
	zoned               // UTC, after taking offset away
	counts              // seconds since 1970, in unix
)

// written is a stamp as it stands in a line. A method that reads a form takes
// a text and where the stamp begins, and returns where it ends, 0 where there
// is none of that form; the fields are of use only in the first case.
type written struct {
	year, month, day     int // year 0: not written; month 0: no date
	hour, minute, second int
	nano                 int
	offset               int // seconds east of UTC
	unix                 int64
	basis                basis
	seconds              bool // written, not only hours and minutes
}

// date sets the date and reports whether there is such a day.
func (w *written) date(year, month, day int) bool {
	*w = written{year: year, month: month, day: day}
	return year >= firstYear && year <= lastYear && month >= 1 && month <= 12 && day >= 1 && day <= days(year, month)
}

// anyYear sets the date and reports whether there is such a day in any year.
func (w *written) anyYear(month, day int) bool {
	*w = written{month: month, day: day}
	return month >= 1 && month <= 12 && day >= 1 && day <= days(leapYear, month)
}

// days returns the number of days of a month.
func days(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// clock reads 14:30, 14:30:05 or 14:30:05.123, with sep where the colons are,
// and 2:30:05 PM.
func (w *written) clock(b []byte, i int, sep byte) int {
	h := two(b, i)
	if h < 0 {
		if h = int(at(b, i) - '0'); h > 9 {
			return 0
		}
		i--
	}
	m := two(b, i+3)
	if at(b, i+2) != sep || m < 0 {
		return 0
	}
	i += 5
	w.hour, w.minute, w.second, w.nano = h, m, 0, 0
	if w.seconds = at(b, i) == sep; w.seconds {
		if w.second = two(b, i+1); w.second < 0 {
			return 0
		}
		i = w.fraction(b, i+3)
	}
	if digit(at(b, i)) {
		return 0
	}
	if c := at(b, i) | 0x20; c == ' ' || c == 'a' || c == 'p' || c == 0xe2 {
		i = w.half(b, i)
	}
	if w.hour > 23 || w.minute > 59 || w.second > 60 {
		return 0
	}
	return i
}

// fraction reads the part of a second behind "." or ",". What is finer than a
// nanosecond is dropped.
func (w *written) fraction(b []byte, i int) int {
	if c := at(b, i); c != '.' && c != ',' || !digit(at(b, i+1)) {
		return i
	}
	scale := 100_000_000
	for i++; i < len(b) && digit(b[i]); i++ {
		w.nano += int(b[i]-'0') * scale
		scale /= 10
	}
	return i
}

// half reads AM or PM, possibly behind a blank, which Java writes as U+202F.
// Behind an hour that does not exist there it is a word of the message.
func (w *written) half(b []byte, i int) int {
	j := i
	switch {
	case at(b, j) == ' ':
		j++
	case at(b, j) == 0xe2 && at(b, j+1) == 0x80 && at(b, j+2) == 0xaf:
		j += 3
	}
	c := at(b, j) | 0x20
	next := at(b, j+2)
	if c != 'a' && c != 'p' || at(b, j+1)|0x20 != 'm' || letter(next) || digit(next) || w.hour < 1 || w.hour > 12 {
		return i
	}
	switch {
	case c == 'a' && w.hour == 12:
		w.hour = 0
	case c == 'p' && w.hour < 12:
		w.hour += 12
	}
	return j + 2
}

// zone reads what may follow a clock: Z, UTC, GMT, +02, +0200, +02:00, and
// these behind a blank. It returns i where there is none, and 0 where it is out
// of range.
func (w *written) zone(b []byte, i int) int {
	j := i
	if at(b, j) == ' ' {
		j++
	}
	switch at(b, j) {
	case '+', '-':
		return w.numericZone(b, i, j)
	case 'Z', 'z':
		if c := at(b, j+1); j == i && !letter(c) && !digit(c) {
			w.basis, w.offset = zoned, 0
			return j + 1
		}
	case 'U', 'G':
		name := string(b[j:min(j+3, len(b))])
		if name == "UTC" || name == "GMT" {
			switch c := at(b, j+3); {
			case c == '+' || c == '-':
				return w.numericZone(b, j+3, j+3)
			case !letter(c) && !digit(c):
				w.basis, w.offset = zoned, 0
				return j + 3
			}
		}
	}
	return i
}

// numericZone reads the zone whose sign is at b[j]; i is where it goes on if
// that is no zone. Behind a blank it must be whole, and a quarter of an hour: a
// message may begin with a number.
func (w *written) numericZone(b []byte, i, j int) int {
	h, m, end := two(b, j+1), 0, j+3
	if h < 0 {
		return i
	}
	if at(b, end) == ':' {
		end++
	}
	if m = two(b, end); m >= 0 {
		end += 2
	} else if m, end = 0, j+3; j > i {
		return i
	}
	if c := at(b, end); digit(c) || letter(c) || c == '-' {
		return i
	}
	if h > 14 || m > 59 || j > i && m%15 != 0 {
		if j > i {
			return i
		}
		return 0
	}
	w.basis, w.offset = zoned, (h*60+m)*60
	if b[j] == '-' {
		w.offset = -w.offset
	}
	return end
}

// resolve returns the time that a stamp means, in loc. The rules for what is
// not written are those of [Reader.Time].
func (w *written) resolve(loc *time.Location, ref time.Time) (time.Time, bool) {
	switch {
	case w.basis == counts:
		return time.Unix(w.unix, int64(w.nano)).In(loc), true
	case w.year > 0:
		return w.on(w.year, w.month, w.day, loc), true
	case ref.IsZero():
		return time.Time{}, false
	case w.month > 0:
		limit := ref.Add(dateTolerance)
		year := limit.In(loc).Year()
		if w.basis == zoned {
			year++ // elsewhere it may have begun
		}
		for ; ; year-- {
			if w.day > days(year, w.month) {
				continue
			}
			if t := w.on(year, w.month, w.day, loc); !t.After(limit) {
				return t, true
			}
		}
	default:
		limit := ref.Add(clockTolerance)
		year, month, day := limit.In(loc).Date()
		for n := day; ; n-- {
			if t := w.on(year, int(month), n, loc); !t.After(limit) {
				return t, true
			}
		}
	}
}

// on returns the time of the written clock on a day, in loc.
func (w *written) on(year, month, day int, loc *time.Location) time.Time {
	if w.basis == local {
		return time.Date(year, time.Month(month), day, w.hour, w.minute, w.second, w.nano, loc)
	}
	t := time.Date(year, time.Month(month), day, w.hour, w.minute, w.second, w.nano, time.UTC)
	return t.Add(-time.Duration(w.offset) * time.Second).In(loc)
}
