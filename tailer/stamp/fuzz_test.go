package stamp

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tailbeam/tailer/line"
)

// A line has a plausible time or none, the same with a newline behind it, and
// what is returned is recognised when it is written out again.
func FuzzTime(f *testing.F) {
	for _, l := range lines {
		f.Add([]byte(l.line))
	}
	f.Add([]byte(`{"t":{"$date":"2026-11-21T14:30:05\u002B01:00"},"a":["\\\"",{}]}`))
	f.Add([]byte("\x1b[2m[I 261121 14:30:05 x] Nov 21, 2026 2:30:05\u202fPM"))
	var r Reader
	f.Fuzz(func(t *testing.T, line []byte) {
		kept := bytes.Clone(line)
		got, ok := r.Time(line, ref)
		if !bytes.Equal(line, kept) {
			t.Fatalf("%q was changed from %q", line, kept)
		}
		if !bytes.HasSuffix(line, []byte("\n")) && len(line) < within {
			if again, still := r.Time(append(line, '\n'), ref); still != ok || !again.Equal(got) {
				t.Fatalf("%q: got %v, %v; with a newline %v, %v", line, got, ok, again, still)
			}
		}
		if want, sure := naiveTime(string(line), ref); sure && (!ok || !got.Equal(want)) {
			t.Fatalf("%q: got %v, %v; want %v", line, got, ok, want)
		}
		if !ok {
			return
		}
		if got.Year() < firstYear-1 || got.Year() > lastYear+1 {
			t.Fatalf("%q: got %v", line, got)
		}
		if got.Year() >= firstYear && got.Year() <= lastYear {
			written := got.Format(time.RFC3339Nano) + " x"
			if again, ok := r.Time([]byte(written), ref); !ok || !again.Equal(got) {
				t.Fatalf("%q: got %v; written as %q it is %v, %v", line, got, written, again, ok)
			}
		}
	})
}

// Any time, written in any of the forms, is read as it was.
func FuzzForms(f *testing.F) {
	f.Add(int64(1795271405), int64(123456789), uint8(0), int8(2), "x")
	f.Add(int64(951782400), int64(0), uint8(7), int8(-22), "")
	f.Fuzz(func(t *testing.T, unix, nano int64, form uint8, quarters int8, rest string) {
		if unix < firstSecond || unix >= lastSecond || nano < 0 || nano > 999_999_999 || quarters > 48 || quarters < -48 {
			return
		}
		zone := time.FixedZone("", int(quarters)*15*60)
		layout := formLayouts[int(form)%len(formLayouts)]
		when := time.Unix(unix, nano).In(zone)
		line := when.Format(layout) + " x" + rest
		want, err := time.ParseInLocation(layout, when.Format(layout), zone)
		if err != nil {
			t.Fatal(err)
		}
		r := Reader{Location: zone}
		if want.Year() == 0 { // the year is that of the reference
			want = want.AddDate(when.Year(), 0, 0)
		}
		if got, ok := r.Time([]byte(line), when); !ok || !got.Equal(want) {
			t.Fatalf("%q: got %v, %v; want %v", line, got, ok, want)
		}
	})
}

// formLayouts are the forms that FuzzForms writes.
var formLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.000Z0700",
	"2006-01-02 15:04:05,000",
	"2006-01-02 15:04:05.000000 -07:00",
	"2006/01/02 15:04:05",
	"20060102T150405.000Z0700",
	"host - - [02/Jan/2006:15:04:05 -0700]",
	"Jan _2 15:04:05",
	"Jan _2 15:04:05.000000",
	"Jan 02 2006 15:04:05",
	"[Mon Jan 02 15:04:05.000000 2006]",
	"Mon, 02 Jan 2006 15:04:05 -0700",
	"Jan 2, 2006 3:04:05 PM",
	"02-Jan-2006 15:04:05.000",
	"I0102 15:04:05.000000",
	"01-02 15:04:05.000",
	"060102 150405",
	"06/01/02 15:04:05",
	`{"level":"info","time":"2006-01-02T15:04:05.999999999Z07:00"}`,
	"level=info ts=2006-01-02T15:04:05.999999999Z07:00 msg=ready",
}

// LevelOf takes any line, and a newline behind it makes no difference.
func FuzzLevelOf(f *testing.F) {
	for _, l := range lines {
		f.Add([]byte(l.line))
	}
	f.Add([]byte(`{"log":"{\"level\":\"warn\"}\n"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		l := LevelOf(text)
		if l > Fatal {
			t.Fatalf("%q: got %d", text, l)
		}
		if !bytes.HasSuffix(text, []byte("\n")) && len(text) < within {
			if again := LevelOf(append(text, '\n')); again != l {
				t.Fatalf("%q: got %v; with a newline %v", text, l, again)
			}
		}
		if parsed, err := line.ParseLevel(l.String()); l != None && (err != nil || parsed != l) {
			t.Fatalf("%v is parsed as %v, %v", l, parsed, err)
		}
	})
}

// ParseMoment returns a moment or one short line.
func FuzzParseMoment(f *testing.F) {
	for _, s := range []string{"2026-11-21T14:30:05Z", "14:30", "1w2d", "1795271405", "Nov 21 14:30:05", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseMoment(s, ref, time.UTC)
		if err != nil {
			if text := err.Error(); strings.ContainsAny(text, "\r\n") || len(text) > 400 {
				t.Fatalf("%q: %s", s, text)
			}
			return
		}
		if got.Year() < 0 || got.Year() > 9999 {
			t.Skip("not to be written in RFC 3339")
		}
		written := got.Format(time.RFC3339Nano)
		if again, err := ParseMoment(written, ref, time.UTC); err != nil || !again.Equal(got) {
			t.Fatalf("%q: got %v; written as %q it is %v, %v", s, got, written, again, err)
		}
	})
}
