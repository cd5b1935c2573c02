package stamp

import (
	"testing"
	"time"
)

func TestYearOfStampsWithoutOne(t *testing.T) {
	var r Reader
	for _, c := range []struct{ line, ref, want string }{
		{"Nov 21 14:30:05 x", "2026-11-21T14:30:05Z", "2026-11-21T14:30:05Z"},
		{"Nov 21 14:30:05 x", "2026-11-20T14:30:05Z", "2026-11-21T14:30:05Z"}, // 24 h later
		{"Nov 21 14:30:06 x", "2026-11-20T14:30:05Z", "2025-11-21T14:30:06Z"},
		{"Dec 31 23:59:59 x", "2026-01-01T00:00:01Z", "2025-12-31T23:59:59Z"},
		{"Jan  1 00:10:00 x", "2025-12-31T23:59:00Z", "2026-01-01T00:10:00Z"},
		{"Feb 29 10:00:00 x", "2027-03-01T00:00:00Z", "2024-02-29T10:00:00Z"},
		{"Feb 29 10:00:00 x", "2103-03-01T00:00:00Z", "2096-02-29T10:00:00Z"},
		{"I0101 00:10:00.5 7 a.go:1] x", "2025-12-31T23:59:00Z", "2026-01-01T00:10:00.5Z"},
		{"12-31 23:59:59.000 1 2 I x: y", "2026-01-01T00:00:01Z", "2025-12-31T23:59:59Z"},
		{"Jan  1 08:00:00 +1000 x", "2026-01-01T00:00:00Z", "2025-12-31T22:00:00Z"},
	} {
		ref, want := moment(t, c.ref), moment(t, c.want)
		if got, ok := r.Time([]byte(c.line), ref); !ok || !got.Equal(want) {
			t.Errorf("%q before %s: got %v, %v; want %s", c.line, c.ref, got, ok, c.want)
		}
	}
}

func TestDayOfStampsWithoutOne(t *testing.T) {
	var r Reader
	for _, c := range []struct{ line, ref, want string }{
		{"14:30:05 x", "2026-11-21T14:30:05Z", "2026-11-21T14:30:05Z"},
		{"14:35:00 x", "2026-11-21T14:30:00Z", "2026-11-21T14:35:00Z"}, // 5 min later
		{"14:35:01 x", "2026-11-21T14:30:00Z", "2026-11-20T14:35:01Z"},
		{"00:01:00 x", "2026-11-21T23:58:00Z", "2026-11-22T00:01:00Z"},
		{"23:59:00 x", "2026-01-01T00:01:00Z", "2025-12-31T23:59:00Z"},
	} {
		ref, want := moment(t, c.ref), moment(t, c.want)
		if got, ok := r.Time([]byte(c.line), ref); !ok || !got.Equal(want) {
			t.Errorf("%q before %s: got %v, %v; want %s", c.line, c.ref, got, ok, c.want)
		}
	}
}

func TestNoReference(t *testing.T) {
	var r Reader
	for _, line := range []string{"Nov 21 14:30:05 x", "14:30:05 x"} {
		if got, ok := r.Time([]byte(line), time.Time{}); ok {
			t.Errorf("%q: got %v, want none", line, got)
		}
	}
	if _, ok := r.Time([]byte("2026-11-21 14:30:05 x"), time.Time{}); !ok {
		t.Error("a whole stamp needs no reference")
	}
}

func TestZoneOfTheReader(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database; install tzdata")
	}
	r := Reader{Location: berlin}
	for line, want := range map[string]string{
		"2026-11-21 14:30:05 x":             "2026-11-21T13:30:05Z",
		"2026-07-21 14:30:05 x":             "2026-07-21T12:30:05Z",
		"2026-07-21 14:30:05 CEST x":        "2026-07-21T12:30:05Z",
		"2026-07-21T14:30:05Z x":            "2026-07-21T14:30:05Z",
		"2026-07-21T14:30:05+05:30 x":       "2026-07-21T09:00:05Z",
		"Nov 21 00:30:05 x":                 "2026-11-20T23:30:05Z",
		"01:30:00 x":                        "2026-11-22T00:30:00Z",
		"[21/Nov/2026:14:30:05 +0000] x":    "2026-11-21T14:30:05Z",
		`{"ts":"2026-11-21 14:30:05"}`:      "2026-11-21T13:30:05Z",
		"1795271405 x":                      "2026-11-21T14:30:05Z",
		"Sat Nov 21 14:30:05 UTC 2026 x":    "2026-11-21T14:30:05Z",
		"2026-10-25 02:30:00 +0100 twice x": "2026-10-25T01:30:00Z",
	} {
		got, ok := r.Time([]byte(line), ref)
		if !ok || !got.Equal(moment(t, want)) {
			t.Errorf("%q: got %v, %v; want %s", line, got, ok, want)
		}
		if got.Location() != berlin {
			t.Errorf("%q: in %v, want the zone of the reader", line, got.Location())
		}
	}
}

func moment(t *testing.T, s string) time.Time {
	t.Helper()
	m, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
