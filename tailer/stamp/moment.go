package stamp

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// momentForms are the layouts of a whole date that a person writes. Each may
// have a fraction of a second.
var momentForms = []string{
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	"2006-01-02",
}

// ParseMoment parses what a person writes for a point in time. It understands
//
//   - RFC 3339, with "T" or a blank, and what is left of it when the zone, the
//     seconds or the time of day are not written: 2026-11-21 is its beginning;
//   - a time of day, 14:30 or 14:30:05, for its latest occurrence that is not
//     after now;
//   - a duration before now: 90m, 2h, 3d, 1w, 1h30m (a day is 24 h), possibly
//     with a minus sign;
//   - seconds, milli-, micro- or nanoseconds since 1970, of 10, 13, 16 or 19
//     digits;
//   - any stamp that [Reader.Time] recognises, so that one can be copied out of
//     a log.
//
// What names no zone is in loc; nil is UTC. A blank that stands for the plus
// sign of a zone, as it does in a URL that was not escaped, is taken for it. The
// error is one line that names the forms.
func ParseMoment(s string, now time.Time, loc *time.Location) (time.Time, error) {
	r := Reader{Location: loc}
	text := strings.TrimSpace(s)
	if t, ok := parseDate(text, r.location()); ok {
		return t, nil
	}
	if t, ok := parseClock(text, now.In(r.location())); ok {
		return t, nil
	}
	if d, ok := parseDuration(strings.TrimPrefix(text, "-")); ok {
		return now.Add(-d).In(r.location()), nil
	}
	var w written
	b := []byte(text)
	if end := max(w.dated(b, 0), w.whole(b)); end == len(b) && end > 0 {
		if t, ok := w.resolve(r.location(), now); ok {
			return t, nil
		}
	}
	if len(s) > 40 {
		s = s[:37] + "..."
	}
	return time.Time{}, fmt.Errorf("%q is not a time: write 2026-11-21T14:30:05Z, 2026-11-21 14:30, 2026-11-21, 14:30, "+
		"a duration such as 90m, 2h, 3d or 1w, or seconds or milliseconds since 1970", s)
}

// whole reads the forms without the name of a month, where dated found none.
func (w *written) whole(b []byte) int {
	var other written
	if end := other.bare(b, 0); end == len(b) {
		*w = other
		return end
	}
	return 0
}

// parseDate parses a date with or without a time of day.
func parseDate(s string, loc *time.Location) (time.Time, bool) {
	if len(s) > 10 && s[10] == ' ' {
		s = s[:10] + "T" + s[11:]
	}
	if i := strings.LastIndexByte(s, ' '); i > 10 && strings.IndexByte(s[i:], ':') == 3 {
		s = s[:i] + "+" + s[i+1:]
	}
	for _, form := range momentForms {
		if t, err := time.ParseInLocation(form, s, loc); err == nil {
			return t.In(loc), true
		}
	}
	return time.Time{}, false
}

// parseClock parses a time of day.
func parseClock(s string, now time.Time) (time.Time, bool) {
	var w written
	if s == "" || w.clock([]byte(s), 0, ':') != len(s) {
		return time.Time{}, false
	}
	year, month, day := now.Date()
	for ; ; day-- {
		t := time.Date(year, month, day, w.hour, w.minute, w.second, w.nano, now.Location())
		if !t.After(now) {
			return t, true
		}
	}
}

// parseDuration parses numbers with units, as time.ParseDuration does, and with
// days and weeks.
func parseDuration(s string) (time.Duration, bool) {
	total, ok := 0.0, s != ""
	for s != "" {
		n := strings.IndexFunc(s, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
		if n <= 0 {
			return 0, false
		}
		number, err := strconv.ParseFloat(s[:n], 64)
		if err != nil {
			return 0, false
		}
		s = s[n:]
		if n = strings.IndexAny(s, "0123456789."); n < 0 {
			n = len(s)
		}
		unit, known := durationUnits[s[:n]]
		if !known {
			return 0, false
		}
		total += number * float64(unit)
		s = s[n:]
	}
	return time.Duration(total), ok && total < math.MaxInt64
}

var durationUnits = map[string]time.Duration{
	"ms": time.Millisecond,
	"s":  time.Second,
	"m":  time.Minute,
	"h":  time.Hour,
	"d":  24 * time.Hour,
	"w":  7 * 24 * time.Hour,
}
