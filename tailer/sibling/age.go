package sibling

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Form is how a name tells a predecessor from others of the same file.
type Form uint8

const (
	Numbered Form = iota // NAME.N
	Dated                // with a date in it
	Old                  // NAME.old, NAME-DATE.backup: one among the others
)

// Age is what the name of a predecessor says of its place among the others of
// the same Form.
type Age struct {
	Form Form
	// Date is the date and time in the name, as the decimal number
	// YYYYMMDDhhmmss with zeros for what is not there. Later is newer.
	Date int64
	// Count is the number in the name. Of those with a date, the higher is
	// the newer as a rule; of those with nothing but a number, the older.
	Count int64
}

var (
	numbered = regexp.MustCompile(`^\.(\d+)$`)
	dated    = regexp.MustCompile(`^[-.](` + date + `)(?:\.(\d+))?$`)
	seconds  = regexp.MustCompile(`\d[-_.](\d{10})$`)
	counter  = regexp.MustCompile(`^(.*\d)\.(\d{1,3})$`)
)

// AgeOf returns what name says, which rotation made of base.
func AgeOf(base, name string) (Age, bool) {
	if !Of(base, name) {
		return Age{}, false
	}
	name = Plain(name)
	rest, behind := strings.CutPrefix(name, base)
	if !behind {
		m := inside.FindStringSubmatch(name)
		if m == nil || m[1]+m[2] != base {
			return Age{}, false
		}
		rest = name[len(m[1]) : len(name)-len(m[2])]
	}
	if rest == ".old" || strings.HasSuffix(rest, ".backup") {
		return Age{Form: Old}, true
	}
	if m := numbered.FindStringSubmatch(rest); m != nil && len(m[1]) < 6 {
		return Age{Form: Numbered, Count: number(m[1])}, true
	}
	m := dated.FindStringSubmatch(rest)
	if m == nil {
		return Age{Form: Numbered, Count: number(rest[1:])}, true
	}
	when, count := m[1], m[2]
	if m := seconds.FindStringSubmatch(when); m != nil {
		when = m[1] // they say the day too
	}
	if count == "" {
		if m := counter.FindStringSubmatch(when); m != nil && len(digits(m[1])) >= len("20060102") {
			when, count = m[1], m[2]
		}
	}
	return Age{Form: Dated, Date: moment(digits(when)), Count: number(count)}, true
}

// moment makes YYYYMMDDhhmmss of the digits of a date or of seconds since 1970.
func moment(digits string) int64 {
	const full = "20060102150405"
	if len(digits) == 10 {
		if _, err := time.Parse("2006010215", digits); err != nil || digits < "1970" || digits > "22" {
			return number(time.Unix(number(digits), 0).UTC().Format(full))
		}
	}
	if len(digits) > len(full) {
		digits = digits[:len(full)]
	}
	return number(digits + strings.Repeat("0", len(full)-len(digits)))
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// number is 0 for what is too long to be one.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
