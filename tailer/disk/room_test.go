package disk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRoom(t *testing.T) {
	for _, c := range []struct {
		data string
		off  int64
		unit int
		want int
	}{
		{"", 0, 1, 0},
		{"one\n", 0, 1, 0},
		{"one\n\x00\x00", 0, 1, 2},
		{"\x00\x00", 7, 1, 2},
		{"a\x00\n\x00", 0, 2, 0},
		{"a\x00\n\x00\x00\x00", 0, 2, 2},
		{"\x00a\x00\n\x00", 1, 2, 0},         // the last NUL is half of a unit that has begun
		{"\x00a\x00\n\x00\x00\x00", 1, 2, 2}, // whereof the first is the other half
		{"\x00\x00\x00", 0, 2, 3},
	} {
		if got := Room([]byte(c.data), c.off, c.unit); got != c.want {
			t.Errorf("Room(%q, %d, %d) = %d, want %d", c.data, c.off, c.unit, got, c.want)
		}
	}
}

func TestEnd(t *testing.T) {
	for _, c := range []struct {
		text string
		room int64
	}{
		{"", 0}, {"", 1}, {"", 5 << 20}, {"one\n", 0}, {"one\n", 1}, {"one\n", piece - 4}, {"one\n", piece}, {"one\n", 3*piece + 7},
		{strings.Repeat("line\n", 50_000), 100_000}, {"a\x00b", 9},
	} {
		path := filepath.Join(t.TempDir(), "app.log")
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		size := int64(len(c.text)) + c.room
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		f, err := System{}.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if end, err := End(f, size, 1); err != nil || end != int64(len(c.text)) {
			t.Errorf("%d bytes with room for %d more: End = %d, %v", len(c.text), c.room, end, err)
		}
		f.Close()
	}
}
