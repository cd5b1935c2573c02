package wire

import (
	"reflect"
	"slices"
	"strconv"
	"testing"

	"tailbeam/tailer/line"
)

func TestCursorsComeBackAsPlaces(t *testing.T) {
	places := []Place{
		{{Gen: 1, Off: 0}},
		nil,
		{{Gen: 1<<64 - 1, Off: 1<<63 - 1}},
		{{Gen: 5, Off: 6}, {Gen: 0x0123456789abcdef, Off: 42}},
	}
	cursor := Cursors(places)
	got, err := ParseCursors(cursor, len(places))
	if err != nil {
		t.Fatalf("%s: %v", cursor, err)
	}
	if !reflect.DeepEqual(got, places) {
		t.Errorf("%s becomes %+v, want %+v", cursor, got, places)
	}
	big := line.Position{Gen: 1<<64 - 1, Off: 1 << 50}
	if one := Cursors([]Place{{big, big, big}}); len(one) > 100 {
		t.Errorf("a cursor of %d characters", len(one))
	}
	if none := Cursors(make([]Place, 3)); none != "" {
		t.Errorf("a cursor of nothing: %q", none)
	}
}

func TestACursorIsABaseAndAnOffset(t *testing.T) {
	for _, base := range []Place{{{Gen: 5, Off: 1000}}, {{Gen: 9, Off: 3}, {Gen: 5, Off: 1000}}} {
		want := slices.Clone(base)
		want[len(want)-1].Off += 57
		got, err := ParseCursors(Cursors([]Place{base})+".57", 1)
		if err != nil || !slices.Equal(got[0], want) {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
}

func FuzzParseCursors(f *testing.F) {
	f.Add("AAAAAAAAAAE.5", 1)
	f.Add("AAAAAAAAAAE.5.7~~AAAAAAAAAAE.0.AAAAAAAAAAI.9.4", 3)
	f.Add("AAAAAAAAAAE.-5", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		places, err := ParseCursors(s, n)
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
		cursor := Cursors(places)
		if cursor == "" {
			return
		}
		again, err := ParseCursors(cursor, n)
		if err != nil || !reflect.DeepEqual(again, places) {
			t.Fatalf("%q becomes %q: %+v, %v", s, cursor, again, err)
		}
	})
}

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte(`{"subscribe":{"id":1,"stream":["a","b"],"n":"all"}}`))
	f.Add([]byte(`{"subscribe":{"id":1,"stream":"a","from":"x"}}`))
	f.Add([]byte(`{"pause":1}`))
	f.Fuzz(func(t *testing.T, p []byte) {
		r, id, err := ParseRequest(p, 10)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without a word")
			}
			return
		}
		if id < 0 || id > maxSubscription {
			t.Fatalf("id %s", strconv.Itoa(id))
		}
		if s := r.Subscribe; s != nil && (len(s.Streams) == 0 || s.Backlog < AllLines) {
			t.Fatalf("%+v", s)
		}
	})
}
