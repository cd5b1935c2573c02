package charset

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tailbeam/tailer/line"
	"tailbeam/tailer/split"
)

func TestNames(t *testing.T) {
	for e := range names {
		for _, name := range names[e] {
			if got, err := Parse(strings.ToUpper(name)); err != nil || got != Encoding(e) {
				t.Errorf("Parse(%s) = %v, %v", name, got, err)
			}
		}
	}
	if _, err := Parse("ebcdic"); err == nil || !strings.Contains(err.Error(), "latin1") {
		t.Errorf("Parse(ebcdic): %v, want the names that there are", err)
	}
}

func TestMarksTellTheEncoding(t *testing.T) {
	for head, want := range map[string]Encoding{
		"\xFF\xFEa\x00":   UTF16LE,
		"\xFE\xFF\x00a":   UTF16BE,
		"\xEF\xBB\xBFabc": UTF8,
		"\xEF\xBBabc":     Latin1,
		"":                Latin1,
		"\xFF":            Latin1,
	} {
		if got, _ := Latin1.Of([]byte(head)); got != want {
			t.Errorf("%q is %v, want %v", head, got, want)
		}
	}
}

// A newline in UTF-16 is two bytes at an even place: others that look like one
// are parts of two characters.
func TestNewlinesAreAligned(t *testing.T) {
	for _, e := range []Encoding{Latin1, UTF16LE, UTF16BE} {
		text := encode(e, "ab\u0A0A\u0A00\u000A\u000Bcd\u000Ax")
		if e == Latin1 {
			text = []byte("ab\ncd\nx")
		}
		first, last := 3, 6
		if e != Latin1 {
			first, last = 10, 18
		}
		if got := e.AfterNewline(text); got != first {
			t.Errorf("%v: first newline ends at %d, want %d", e, got, first)
		}
		if got := e.AfterLastNewline(text); got != last {
			t.Errorf("%v: last newline ends at %d, want %d", e, got, last)
		}
		if e.AfterNewline(text[last:]) != -1 || e.AfterLastNewline(text[:first-1]) != -1 {
			t.Errorf("%v: found a newline where none is", e)
		}
	}
}

func TestUTF8StaysAsItIs(t *testing.T) {
	c := Cutter{MaxLine: 8, Mark: 3}
	file := []byte("\xEF\xBB\xBFa\xFF\n123456789\nrest")
	got := cutAll(t, &c, file, 5)
	want := []piece{
		{"\xEF\xBB\xBFa\xFF\n", 0, 6, 0},
		{"12345678", 6, 14, line.Unfinished},
		{"9\n", 14, 16, line.Continues},
		{"rest", 16, 20, 0},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || c.Mark != 0 {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestMarkWithoutText(t *testing.T) {
	c := Cutter{Encoding: UTF16LE, MaxLine: 100, Mark: 2}
	if got := cutAll(t, &c, []byte("\xFF\xFE"), 1); len(got) != 0 {
		t.Errorf("got %+v, want nothing", got)
	}
}

func BenchmarkCutter(b *testing.B) {
	text := strings.Repeat("2026-11-21T14:30:05Z info service[812]: the quick brown fox jumps over the lazy dog\n", 3000)
	for _, e := range []Encoding{UTF8, Latin1, Windows1252, UTF16LE, UTF16BE} {
		b.Run("encoding="+e.String(), func(b *testing.B) {
			raw := encode(e, text)
			c := Cutter{Encoding: e, MaxLine: 1 << 20}
			var buf Buffer
			var batch line.Batch
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				for rest := raw; len(rest) > 0; {
					rest = rest[c.Next(rest, &buf, &batch):]
				}
			}
			if !bytes.HasSuffix(batch.Data, []byte("dog\n")) || c.Begun != split.AtStart {
				b.Fatal("not all was cut")
			}
		})
	}
}
