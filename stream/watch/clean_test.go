package watch

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

func TestWhatReachesATerminal(t *testing.T) {
	for _, test := range []struct{ name, text, colours, bare string }{
		{"text", "a\tb ü 漢", "a\tb ü 漢", "a\tb ü 漢"},
		{"colours", "\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m", "red"},
		{"true colour", "\x1b[38:2::1:2:3mx\x1b[m", "\x1b[38:2::1:2:3mx\x1b[m", "x"},
		{"cursor and screen", "a\x1b[2Jb\x1b[1;1Hc\x1b[?25ld", "abcd", "abcd"},
		{"keyboard modes that end as colours do", "a\x1b[>4;2mb", "ab", "ab"},
		{"title", "a\x1b]0;owned\x07b\x1b]2;again\x1b\\c", "abc", "abc"},
		{"link", "\x1b]8;;http://a/\x1b\\text\x1b]8;;\x1b\\", "text", "text"},
		{"reports", "a\x1bP+q544e\x1b\\b\x1b_x\x1b\\c", "abc", "abc"},
		{"escape and one character", "a\x1bcb\x1b(0c\x1b#8d", "abcd", "abcd"},
		{"control characters", "a\x00\b\x07\x0b\r\x7fb", "ab", "ab"},
		{"eight bits", "a\u009b2Jb\u009d0;x\u009cc\u0085d", "abcd", "abcd"},
		{"direction", "a\u202eb\u2066c", "abc", "abc"},
		{"broken off", "a\x1b[1;3", "a", "a"},
		{"broken off by another", "a\x1b[1\x1b[31mb", "a\x1b[31mb", "ab"},
		{"an escape alone", "a\x1b", "a", "a"},
		{"a title without an end", "a\x1b]0;x", "a", "a"},
		{"not UTF-8", "a\xffb", "a\ufffdb", "a\ufffdb"},
	} {
		if got := string(clean(nil, []byte(test.text), keepColours)); got != test.colours {
			t.Errorf("%s: %q becomes %q, want %q", test.name, test.text, got, test.colours)
		}
		if got := string(clean(nil, []byte(test.text), noColours)); got != test.bare {
			t.Errorf("%s: %q becomes %q without colours, want %q", test.name, test.text, got, test.bare)
		}
	}
}

// What a server says of itself steers no terminal either.
func TestARefusalIsText(t *testing.T) {
	if got := (&Refused{"http://x/: no\x1b[2J\x1b]0;x\x07 way\u009b1J"}).Error(); got != "http://x/: no way" {
		t.Errorf("%q", got)
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"plain", "\x1b[1;31mred\x1b[0m", "\x1b]0;t\x07x", "\u009b2J\x1bP1\x1b\\", "\x1b[\x1b[m", "\xff\x9b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		bare := clean(nil, text, noColours)
		for i := 0; i < len(bare); {
			r, n := utf8.DecodeRune(bare[i:])
			if r < 0x20 && r != '\t' || r >= 0x7f && r < 0xa0 {
				t.Fatalf("%q becomes %q, with %q", text, bare, r)
			}
			i += n
		}
		kept := clean(nil, text, keepColours)
		if again := clean(nil, kept, noColours); !bytes.Equal(again, bare) {
			t.Errorf("%q: with colours %q, which is %q without, and not %q", text, kept, again, bare)
		}
	})
}
