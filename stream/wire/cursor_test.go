package wire

import (
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tailbeam/tailer/line"
)

var one = []Seal{SealOf("var/log/syslog")}

func TestCursorsComeBackAsPlaces(t *testing.T) {
	places := []Place{
		{{Gen: 1, Off: 0}},
		nil,
		{{Gen: 1<<64 - 1, Off: 1<<63 - 1}},
		{{Gen: 5, Off: 6}, {Gen: 0x0123456789abcdef, Off: 42}},
	}
	of := []Seal{SealOf("a"), SealOf("b"), SealOf("c"), SealOf("d")}
	cursor := Cursors(of, places)
	got, err := ParseCursors(cursor, of)
	if err != nil {
		t.Fatalf("%s: %v", cursor, err)
	}
	if !reflect.DeepEqual(got, places) {
		t.Errorf("%s becomes %+v, want %+v", cursor, got, places)
	}
	if none := Cursors(of, make([]Place, 3)); none != "" {
		t.Errorf("a cursor of nothing: %q", none)
	}
}

func TestACursorIsShortAndFitsIntoAnAddress(t *testing.T) {
	safe := regexp.MustCompile(`^[A-Za-z0-9_.~-]*$`)
	big := line.Position{Gen: 1<<64 - 1, Off: 1<<54 - 1}
	cursor := Cursors(one, []Place{{big, big, big, big}})
	longest := cursor + ".1000000000"
	if len(longest) > 100 || !safe.MatchString(cursor) {
		t.Errorf("%s of %d characters", longest, len(longest))
	}
	if _, err := ParseCursors(longest, one); err != nil {
		t.Error(err)
	}
	if _, err := ParseCursors(Cursors(one, []Place{{big, big, big, big, big}}), one); err != ErrCursor {
		t.Errorf("of five generations: %v", err)
	}
}

func TestACursorIsABaseAndAnOffset(t *testing.T) {
	for _, base := range []Place{{{Gen: 5, Off: 1000}}, {{Gen: 9, Off: 3}, {Gen: 5, Off: 1000}}} {
		want := slices.Clone(base)
		want[len(want)-1].Off += 57
		got, err := ParseCursors(Cursors(one, []Place{base})+".57", one)
		if err != nil || !slices.Equal(got[0], want) {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
}

func TestCursorsOfOtherStreams(t *testing.T) {
	a, b := SealOf("a"), SealOf("b")
	place := Place{{Gen: 5, Off: 1000}}
	cursor := Cursors([]Seal{a}, []Place{place})
	if _, err := ParseCursors(cursor+".7", []Seal{b}); err != ErrOtherStream {
		t.Errorf("of a for b: %v", err)
	}
	if _, err := ParseCursors(cursor, []Seal{a, b}); err == nil || !strings.Contains(err.Error(), "covers 1 streams, and 2 are") {
		t.Errorf("of one for two: %v", err)
	}
	both := Cursors([]Seal{a, b}, []Place{place, nil})
	if _, err := ParseCursors(both, []Seal{b, a}); err != ErrOtherStream {
		t.Errorf("in another order: %v", err)
	}
}

// Whatever one character is changed to, it is seen.
func TestChangedCursors(t *testing.T) {
	cursor := Cursors(one, []Place{{{Gen: 0x0123456789abcdef, Off: 123456}, {Gen: 77, Off: 0}}})
	seen := 0
	for i := range cursor {
		for _, c := range digits + ".~%" {
			changed := cursor[:i] + string(c) + cursor[i+1:]
			if changed == cursor {
				continue
			}
			if _, err := ParseCursors(changed, one); err == nil {
				t.Errorf("%s for %s", changed, cursor)
			}
			seen++
		}
		for _, changed := range []string{cursor[:i], cursor[i:], cursor[:i] + cursor[i+1:]} {
			if _, err := ParseCursors(changed, one); err == nil && changed != "" && changed != cursor {
				t.Errorf("%s for %s", changed, cursor)
			}
		}
	}
	if seen < 2000 {
		t.Errorf("%d changes", seen)
	}
	// One of four billion others passes, by the size of the check.
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		made := []byte(cursor)
		for i := range checkLen {
			made[i] = digits[random.IntN(64)]
		}
		if _, err := ParseCursors(string(made), one); err == nil && string(made) != cursor {
			t.Fatalf("%s", made)
		}
	}
}

func BenchmarkAppendCursor(b *testing.B) {
	b.ReportAllocs()
	place := Place{{Gen: 0x0123456789abcdef, Off: 1 << 40}}
	var dst []byte
	for b.Loop() {
		dst = AppendCursor(dst[:0], one[0], place)
	}
}

func FuzzParseCursors(f *testing.F) {
	of := []Seal{SealOf("a"), SealOf("b"), SealOf("c")}
	p := Place{{Gen: 5, Off: 7}}
	f.Add(Cursors(of[:1], []Place{p})+".12", 1)
	f.Add(Cursors(of, []Place{p, nil, {{Gen: 5, Off: 0}, {Gen: 6, Off: 1 << 40}}}), 3)
	f.Add("AAAAAAAAAAAAAAAAAAAAAA.-5", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		n = min(max(n, 1), len(of))
		places, err := ParseCursors(s, of[:n])
		if err != nil {
			return
		}
		for _, place := range places {
			for _, p := range place {
				if p.Off < 0 || p.Gen == 0 {
					t.Fatalf("%q has the position %+v", s, p)
				}
			}
		}
		cursor := Cursors(of, places)
		if cursor == "" {
			return
		}
		again, err := ParseCursors(cursor, of[:n])
		if err != nil || !reflect.DeepEqual(again, places) {
			t.Fatalf("%q becomes %q: %+v, %v", s, cursor, again, err)
		}
	})
}
