package wire

import (
	"strconv"
	"testing"

	"tailbeam/tailer/line"
)

func TestCursorsComeBackAsPositions(t *testing.T) {
	positions := []line.Position{{Gen: 1, Off: 0}, {}, {Gen: 1<<64 - 1, Off: 1<<63 - 1}, {Gen: 0x0123456789abcdef, Off: 42}}
	cursor := Cursors(positions)
	got, err := ParseCursors(cursor, len(positions))
	if err != nil {
		t.Fatalf("%s: %v", cursor, err)
	}
	for i := range positions {
		if got[i] != positions[i] {
			t.Errorf("position %d is %+v, want %+v", i, got[i], positions[i])
		}
	}
	if one := Cursors(positions[2:3]); len(one) > 100 {
		t.Errorf("a cursor of %d characters", len(one))
	}
	if none := Cursors(make([]line.Position, 3)); none != "" {
		t.Errorf("a cursor of nothing: %q", none)
	}
}

func TestACursorIsABaseAndAnOffset(t *testing.T) {
	base := Cursors([]line.Position{{Gen: 5, Off: 1000}})
	got, err := ParseCursors(base+".57", 1)
	if err != nil || got[0] != (line.Position{Gen: 5, Off: 1057}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzParseCursors(f *testing.F) {
	f.Add("AAAAAAAAAAE.5", 1)
	f.Add("AAAAAAAAAAE.5.7~~AAAAAAAAAAE.0", 3)
	f.Add("AAAAAAAAAAE.-5", 1)
	f.Fuzz(func(t *testing.T, s string, n int) {
		positions, err := ParseCursors(s, n)
		if err != nil {
			return
		}
		for _, p := range positions {
			if p.Off < 0 || p.Gen == 0 && p.Off != 0 {
				t.Fatalf("%q has the position %+v", s, p)
			}
		}
		again, err := ParseCursors(Cursors(positions), n)
		if err != nil && Cursors(positions) != "" {
			t.Fatalf("%q becomes %q: %v", s, Cursors(positions), err)
		}
		for i := range again {
			if again[i] != positions[i] {
				t.Fatalf("%q: position %d differs", s, i)
			}
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
