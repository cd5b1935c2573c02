package stamp

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// naive is a form as the standard library reads it.
type naive struct {
	stamp  *regexp.Regexp // its first group is the stamp
	layout string
}

// naives are the main forms. They match only what leaves no doubt.
var naives = []naive{
	{stamp: regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)) `), layout: "2006-01-02T15:04:05Z07:00"},
	{stamp: regexp.MustCompile(`^\[?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(?: \[| [b-oq-z]|\])`), layout: "2006-01-02 15:04:05"},
	{stamp: regexp.MustCompile(`^(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) [[b-oq-z]`), layout: "2006/01/02 15:04:05"},
	{stamp: regexp.MustCompile(`^[0-9.]{7,15} - - \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-](?:0\d|1[0-3])[0-5]\d)\] `), layout: "02/Jan/2006:15:04:05 -0700"},
	{stamp: regexp.MustCompile(`^\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \d{4})\] `), layout: "Jan 02 15:04:05 2006"},
	{stamp: regexp.MustCompile(`^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) [b-oq-z]`), layout: "Jan _2 15:04:05"},
	{stamp: regexp.MustCompile(`^[IWEF](\d{4} \d\d:\d\d:\d\d\.\d{6}) `), layout: "0102 15:04:05"},
	{stamp: regexp.MustCompile(`^(\d{6} \d{6}) [b-oq-z]`), layout: "060102 150405"},
	{stamp: regexp.MustCompile(`^(\d\d/\d\d/\d\d \d\d:\d\d:\d\d) [b-oq-z]`), layout: "06/01/02 15:04:05"},
	{stamp: regexp.MustCompile(`^\{"(?:ts|time)":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)"[,}]`), layout: "2006-01-02T15:04:05Z07:00"},
}

// naiveTime is the twin of Reader.Time in UTC: slow, plain, and sure only about
// the main forms.
func naiveTime(line string, ref time.Time) (when time.Time, sure bool) {
	for _, n := range naives {
		found := n.stamp.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		if strings.Contains(n.layout, "2006") || strings.HasPrefix(n.layout, "06") {
			when, err := time.Parse(n.layout, found[1])
			return when, err == nil && when.Year() > firstYear && when.Year() < lastYear
		}
		for year := ref.Year() + 1; year > ref.Year()-9; year-- {
			when, err := time.Parse("2006 "+n.layout, fmt.Sprintf("%d %s", year, found[1]))
			if err == nil && !when.After(ref.Add(dateTolerance)) {
				return when, true
			}
		}
		return time.Time{}, false
	}
	return time.Time{}, false
}

// The twin and the reader agree on lines that were made to be close to stamps:
// each with a few of its characters replaced.
func TestReaderAgreesWithTheStandardLibrary(t *testing.T) {
	var r Reader
	var agreed int
	seed := uint64(1)
	random := func(n int) int {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed>>33) % n
	}
	for _, l := range lines {
		for range 3000 {
			line := []byte(l.line)
			for range random(4) {
				line[random(min(len(line), 40))] = "0123456789:-/ TZ+.,JanFebMar[]"[random(30)]
			}
			got, ok := r.Time(line, ref)
			want, sure := naiveTime(string(line), ref)
			if !sure {
				continue
			}
			if agreed++; !ok || !got.Equal(want) {
				t.Errorf("%q: got %v, %v; want %v", line, got, ok, want)
			}
		}
	}
	if agreed < 3000 {
		t.Errorf("the twin was sure of %d lines only", agreed)
	}
}
