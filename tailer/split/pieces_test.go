package split

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tailbeam/tailer/line"
)

// feed gives text to a Splitter in blocks of the given sizes, over and over,
// and returns each entry with the flags that concern it.
func feed(t *testing.T, text []byte, maxLine int, sizes ...int) []string {
	t.Helper()
	s := Splitter{MaxLine: maxLine}
	var got []string
	var held []byte
	take := func(data []byte, cut func([]byte, []uint32) (int, []uint32, line.Flags)) int {
		done := 0
		for done < len(data) {
			n, ends, flags := cut(data[done:], nil)
			if n == 0 {
				break
			}
			if int(ends[len(ends)-1]) != n {
				t.Fatalf("entries end at %v, the run at %d", ends, n)
			}
			start := uint32(0)
			for i, end := range ends {
				entry := fmt.Sprintf("%q", data[done+int(start):done+int(end)])
				if i == 0 && flags&line.Continues != 0 {
					entry = "..." + entry
				}
				if i == len(ends)-1 && flags&line.Unfinished != 0 {
					entry += "..."
				}
				got = append(got, entry)
				start = end
			}
			done += n
		}
		return done
	}
	for i := 0; len(text) > 0; i++ {
		n := min(max(1, sizes[i%len(sizes)]), len(text))
		held = append(held, text[:n]...)
		text = text[n:]
		held = held[take(held, s.Next):]
		if len(held) >= maxLine+Ahead {
			t.Fatalf("%d bytes are held with a limit of %d", len(held), maxLine)
		}
	}
	if n := take(held, s.Rest); n != len(held) {
		t.Fatalf("Rest left %d bytes", len(held)-n)
	}
	return got
}

// naive is the same with all of the text at hand, a line at a time.
func naive(text []byte, maxLine int) []string {
	var got []string
	for _, l := range bytes.SplitAfter(text, []byte("\n")) {
		before := ""
		for len(l) > 0 {
			full := bytes.TrimSuffix(l, []byte("\n"))
			if len(full) < len(l) {
				full = bytes.TrimSuffix(full, []byte("\r"))
			}
			if len(full) <= maxLine {
				got = append(got, before+fmt.Sprintf("%q", l))
				break
			}
			n := 0
			for n < len(l) {
				_, size := utf8.DecodeRune(l[n:])
				if n+size > maxLine {
					break
				}
				n += size
			}
			got = append(got, before+fmt.Sprintf("%q", l[:n])+"...")
			before, l = "...", l[n:]
		}
	}
	return got
}

func TestLongLinesInPieces(t *testing.T) {
	for text, want := range map[string][]string{
		"12345678\n":            {`"12345678\n"`},
		"12345678\r\n":          {`"12345678\r\n"`},
		"12345678\r9\n":         {`"12345678"...`, `..."\r9\n"`},
		"123456789\nx\n":        {`"12345678"...`, `..."9\n"`, `"x\n"`},
		"x\n123456789":          {`"x\n"`, `"12345678"...`, `..."9"`},
		"1234567äb\n":           {`"1234567"...`, `..."äb\n"`},
		"12345€67\n":            {`"12345€"...`, `..."67\n"`},
		"123456€7\n":            {`"123456"...`, `..."€7\n"`},
		"12345678\xff\xff\n":    {`"12345678"...`, `..."\xff\xff\n"`},
		"1234567\xe2\x82\n":     {`"1234567\xe2"...`, `..."\x82\n"`},
		"\n\r\n\n":              {`"\n"`, `"\r\n"`, `"\n"`},
		"no end":                {`"no end"`},
		"12345678" + "12345678": {`"12345678"...`, `..."12345678"`},
	} {
		for _, size := range []int{1, 3, 100} {
			if got := feed(t, []byte(text), 8, size); !slices.Equal(got, want) {
				t.Errorf("%q in blocks of %d: got %s, want %s", text, size, got, want)
			}
		}
	}
}

func TestBlocksDoNotMatter(t *testing.T) {
	text := []byte(strings.Repeat("short\nein längerer Text mit Umläuten: äöü€\r\n\n"+strings.Repeat("𝄞x", 40)+"\n", 20))
	want := naive(text, 16)
	for size := range 60 {
		if got := feed(t, text, 16, size+1, 7); !slices.Equal(got, want) {
			t.Fatalf("blocks of %d give other entries than the whole:\n%s\n%s", size+1, got, want)
		}
	}
}

func FuzzSplitter(f *testing.F) {
	f.Add([]byte("one\ntwo\r\n\nlonger than the limit of it\nend"), uint8(8), uint8(3), uint8(5))
	f.Add([]byte("äöü€𝄞\xff\xfe\n\xe2\x82\xac\xe2\x82"), uint8(4), uint8(1), uint8(2))
	f.Fuzz(func(t *testing.T, text []byte, limit, a, b uint8) {
		maxLine := MinLine + int(limit)%60
		got := feed(t, text, maxLine, int(a)%40+1, int(b)%40+1)
		if want := naive(text, maxLine); !slices.Equal(got, want) {
			t.Errorf("%q with a limit of %d in blocks of %d and %d:\ngot  %s\nwant %s", text, maxLine, a, b, got, want)
		}
	})
}
