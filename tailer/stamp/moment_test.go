package stamp

import (
	"strings"
	"testing"
	"time"
)

func TestMoments(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	now := moment(t, "2026-11-21T14:30:05.5Z")
	for s, want := range map[string]string{
		"2026-11-21T14:30:05Z":           "2026-11-21T14:30:05Z",
		"2026-11-21T14:30:05.25Z":        "2026-11-21T14:30:05.25Z",
		"2026-11-21T14:30:05+02:00":      "2026-11-21T12:30:05Z",
		"2026-11-21T14:30:05 02:00":      "2026-11-21T12:30:05Z", // "+" in a URL
		"2026-11-21T14:30:05+0200":       "2026-11-21T12:30:05Z",
		"2026-11-21 14:30:05Z":           "2026-11-21T14:30:05Z",
		"2026-11-21T14:30Z":              "2026-11-21T14:30:00Z",
		"2026-11-21T14:30:05":            "2026-11-21T13:30:05Z",
		"2026-11-21 14:30:05,25":         "2026-11-21T13:30:05.25Z",
		"2026-11-21 14:30":               "2026-11-21T13:30:00Z",
		"2026-11-21":                     "2026-11-20T23:00:00Z",
		"2031-01-01":                     "2030-12-31T23:00:00Z",
		" 2026-11-21 ":                   "2026-11-20T23:00:00Z",
		"15:30":                          "2026-11-21T14:30:00Z",
		"15:30:05":                       "2026-11-21T14:30:05Z",
		"15:30:05.5":                     "2026-11-21T14:30:05.5Z", // now
		"15:30:06":                       "2026-11-20T14:30:06Z",
		"15:31":                          "2026-11-20T14:31:00Z",
		"9:05":                           "2026-11-21T08:05:00Z",
		"00:00":                          "2026-11-20T23:00:00Z",
		"2h":                             "2026-11-21T12:30:05.5Z",
		"-2h":                            "2026-11-21T12:30:05.5Z",
		"90m":                            "2026-11-21T13:00:05.5Z",
		"30s":                            "2026-11-21T14:29:35.5Z",
		"500ms":                          "2026-11-21T14:30:05Z",
		"1h30m":                          "2026-11-21T13:00:05.5Z",
		"1.5h":                           "2026-11-21T13:00:05.5Z",
		"3d":                             "2026-11-18T14:30:05.5Z",
		"1w":                             "2026-11-14T14:30:05.5Z",
		"1w2d12h":                        "2026-11-12T02:30:05.5Z",
		"0s":                             "2026-11-21T14:30:05.5Z",
		"1795271405":                     "2026-11-21T14:30:05Z",
		"1795271405.25":                  "2026-11-21T14:30:05.25Z",
		"1795271405250":                  "2026-11-21T14:30:05.25Z",
		"1795271405250000":               "2026-11-21T14:30:05.25Z",
		"1795271405250000000":            "2026-11-21T14:30:05.25Z",
		"Nov 21 14:30:05":                "2026-11-21T13:30:05Z",
		"21/Nov/2026:14:30:05 +0000":     "2026-11-21T14:30:05Z",
		"2026/11/21 14:30:05":            "2026-11-21T13:30:05Z",
		"I1121 14:30:05.000000":          "2026-11-21T13:30:05Z",
		"Sat Nov 21 14:30:05.123 2026":   "2026-11-21T13:30:05.123Z",
		"2026-11-21 14:30:05,978":        "2026-11-21T13:30:05.978Z",
		"2026-11-21T14:30:05.123456789Z": "2026-11-21T14:30:05.123456789Z",
	} {
		got, err := ParseMoment(s, now, berlin)
		if err != nil || !got.Equal(moment(t, want)) {
			t.Errorf("%q: got %v, %v; want %s", s, got, err, want)
		}
	}
	if got, err := ParseMoment("14:30", now, nil); err != nil || !got.Equal(moment(t, "2026-11-21T14:30:00Z")) {
		t.Errorf("14:30 in UTC: got %v, %v", got, err)
	}
}

// A clock that shows a time twice in a night, or skips it, has a latest
// occurrence all the same.
func TestMomentsAcrossSummerTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database; install tzdata")
	}
	for _, now := range []string{"2026-03-29T03:30:00Z", "2026-03-30T00:00:00Z", "2026-10-25T00:45:00Z", "2026-10-25T01:45:00Z"} {
		now := moment(t, now)
		got, err := ParseMoment("02:30", now, berlin)
		if err != nil || got.After(now) || now.Sub(got) > 25*time.Hour {
			t.Errorf("02:30 at %v: got %v, %v", now, got, err)
		}
	}
}

func TestMomentsThatAreNone(t *testing.T) {
	now := moment(t, "2026-11-21T14:30:05Z")
	for _, s := range []string{
		"", " ", "x", "14", "5", "20261121", "2026", "2026-11", "2026-13-01", "2026-02-30", "2026-11-21T25:00:00Z", "2026-11-21 14:60",
		"24:00", "14:60", "14:30:61", "14:", "2", "h", "2x", "2hx", "h2", "1e5h", "2 h", "..h", "--2h", "99999999w", "-", "-14:30",
		"0000000001", "9999999999999", "17952714051", "2026-11-21T14:30:05Z x", "a\nb", strings.Repeat("x", 10000), "\xff\xfe",
	} {
		got, err := ParseMoment(s, now, nil)
		if err == nil {
			t.Errorf("%.50q: got %v, want an error", s, got)
			continue
		}
		text := err.Error()
		if strings.ContainsAny(text, "\r\n") || len(text) > 300 {
			t.Errorf("%.50q: the error is not one short line: %s", s, text)
		}
		for _, form := range []string{"2026-11-21T14:30:05Z", "2026-11-21", "14:30", "2h", "1w", "seconds"} {
			if !strings.Contains(text, form) {
				t.Errorf("%.50q: the error does not name %s: %s", s, form, text)
			}
		}
	}
}
